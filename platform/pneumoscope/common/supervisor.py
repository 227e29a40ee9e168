"""Runs the site's processes as children of one command, and restarts what dies.

Meant for a single machine without a process manager; docker-compose.yml is the way for servers.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

logger = logging.getLogger(__name__)

RESTART_PAUSE_S = 2.0


@dataclass
class Child:
    """One process of the site; its group dies with it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    started_at: float = field(default=0.0)

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, env=dict(self.environment), start_new_session=True)
        self.starts += 1
        self.started_at = time.monotonic()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        if self.process is not None and self.is_alive():
            os.killpg(self.process.pid, number)


class Supervisor:
    """Starts children, watches them, and stops them all on SIGINT or SIGTERM."""

    def __init__(self, children: Sequence[Child], *, report: Callable[[str], None]) -> None:
        self.children = children
        self.report = report
        self._stopping = False

    def start(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        for child in self.children:
            child.start()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def watch(self) -> None:
        """Restart dead children until a signal comes."""
        while not self._stopping:
            self.restart_dead()
            time.sleep(0.3)

    def restart_dead(self) -> None:
        for child in self.children:
            if not child.is_alive() and time.monotonic() - child.started_at > RESTART_PAUSE_S:
                self.report(f"{child.name} stopped and is started again")
                child.start()

    @property
    def is_stopping(self) -> bool:
        return self._stopping

    def stop(self, *, patience_s: float = 10.0) -> None:
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + patience_s
        while any(child.is_alive() for child in self.children) and time.monotonic() < deadline:
            time.sleep(0.1)
        for child in self.children:
            child.signal(signal.SIGKILL)


def site_children(*, address: str, environment: Mapping[str, str]) -> list[Child]:
    """Web, one worker for each queue, and beat."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "pneumoscope"]
    commands = {
        "web": [
            python,
            "-m",
            "gunicorn",
            "pneumoscope.wsgi",
            "-b",
            address,
            "-w",
            "2",
            "--threads",
            "4",
            "--timeout",
            "120",
        ],
        "worker-io": [
            *celery,
            "worker",
            "-Q",
            "io",
            "-c",
            "1",
            "-n",
            "io@%h",
            "-l",
            "WARNING",
            "--without-mingle",
            "--without-gossip",
        ],
        "worker-ml": [
            *celery,
            "worker",
            "-Q",
            "ml",
            "-c",
            "1",
            "-n",
            "ml@%h",
            "-l",
            "WARNING",
            "--without-mingle",
            "--without-gossip",
            "--max-tasks-per-child",
            "1",
        ],
        "beat": [*celery, "beat", "-l", "WARNING", "--pidfile="],
    }
    return [Child(name, command, environment) for name, command in commands.items()]
