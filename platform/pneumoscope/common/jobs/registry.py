"""Which function does which kind of job, and on which queue."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .worker import Worker

Work = Callable[["Worker", dict[str, Any]], dict[str, Any]]


class UnknownJobKind(LookupError):
    """No handler is registered under this kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"No handler for job kind {kind!r}: expected one of {', '.join(sorted(_HANDLERS)) or 'none'}.")


@dataclass(frozen=True)
class JobHandler:
    """A kind of work. `function(worker, arguments)` returns a small JSON result."""

    kind: str
    function: Work
    queue: str
    max_attempts: int


_HANDLERS: dict[str, JobHandler] = {}


def handler(kind: str, *, queue: str = "io", max_attempts: int = 3) -> Callable[[Work], Work]:
    """Register the decorated function as the work of `kind`; called from an app's tasks.py."""

    def register(function: Work) -> Work:
        _HANDLERS[kind] = JobHandler(kind, function, queue, max_attempts)
        return function

    return register


def handler_of(kind: str) -> JobHandler:
    if kind not in _HANDLERS:
        raise UnknownJobKind(kind)
    return _HANDLERS[kind]
