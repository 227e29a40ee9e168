"""Background work: the Job table is the truth, Celery rings the bell.

Public names: `handler` registers work, `enqueue` asks for it, `Worker` is what a handler gets.
"""

from .queue import cancel, enqueue
from .registry import JobHandler, UnknownJobKind, handler, handler_of
from .worker import JobCancelled, LeaseLost, PermanentJobError, Worker, run

__all__ = [
    "JobCancelled",
    "JobHandler",
    "LeaseLost",
    "PermanentJobError",
    "UnknownJobKind",
    "Worker",
    "cancel",
    "enqueue",
    "handler",
    "handler_of",
    "run",
]
