"""What the import commands share: a delivery by the command's door and one JSON line for each file."""

import json
from argparse import ArgumentParser
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandError

from pneumoscope.accounts.models import Center

from ..models import Upload, UploadItem
from .intake import open_upload


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--center", required=True, metavar="CODE")
    parser.add_argument("--report", type=Path, help="file of JSON lines; without it they go to standard output")


def delivery(code: str, now: datetime) -> Upload:
    """A new delivery to the center of this code. Raises CommandError that names the known codes."""
    center = Center.objects.filter(code=code).first()
    if center is None:
        known = ", ".join(Center.objects.values_list("code", flat=True)) or "none"
        raise CommandError(f"--center {code!r}: there is no such center; known codes: {known}.")
    return open_upload(center=center, actor=None, door=Upload.Door.COMMAND, now=now)


def report_stream(path: Path | None, default: Any) -> AbstractContextManager[IO[str]]:
    return path.open("w", encoding="utf-8") if path else nullcontext(default)


def write_line(stream: IO[str], item: UploadItem, **where: Any) -> None:
    line = where | {"state": item.state, "reason": item.reason, "detail": item.detail, "instance": item.instance_id}
    stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def totals(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "no file"
