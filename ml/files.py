"""Files that are whole or absent: temporary name, fsync, rename, fsync of the folder."""

import os
from pathlib import Path


def write_atomically(*, path: Path, content: bytes) -> None:
    """Replace `path` in one step; a process killed at any moment leaves the old or the new file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
