"""One face for a file on disk and bytes in memory: a bounded head and reads by offset."""

from dataclasses import dataclass
from pathlib import Path

from .limits import LIMITS
from .reasons import Reason, Rejected

HEAD_SLACK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A readable file of `size` bytes; `head` holds its first bytes, enough for the largest allowed header."""

    head: bytes
    size: int
    path: Path | None

    def read(self, offset: int, length: int) -> bytes:
        """Bytes [offset, offset + length); fewer at the end of the file."""
        if self.path is None or offset + length <= len(self.head):
            return self.head[offset : offset + length]
        with self.path.open("rb") as stream:
            stream.seek(offset)
            return stream.read(length)


def open_source(data: bytes | Path | str) -> Source:
    """A source for a path or for bytes; refuses empty and oversized files."""
    if isinstance(data, (bytes, bytearray, memoryview)):
        source = Source(bytes(data), len(data), None)
    else:
        path = Path(data)
        with path.open("rb") as stream:
            head = stream.read(LIMITS.header_bytes + HEAD_SLACK_BYTES)
        source = Source(head, path.stat().st_size, path)
    if source.size == 0:
        raise Rejected(Reason.EMPTY_FILE, "The file has 0 bytes. Export it again from its origin.")
    if source.size > LIMITS.file_bytes:
        raise Rejected(
            Reason.TOO_LARGE,
            f"The file has {source.size} bytes, at most {LIMITS.file_bytes} are accepted. Send "
            "single series, not bundles.",
        )
    return source
