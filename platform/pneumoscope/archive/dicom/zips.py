"""Safe reading of zip archives: nothing is unpacked to disk, every member is bounded before and while it is read."""

import io
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from .limits import GIB, LIMITS, MIB
from .reasons import Reason, Rejected

ARCHIVE_SUFFIXES = frozenset({".zip", ".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".iso", ".jar"})
ARCHIVE_MAGIC = (b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENCRYPTED_FLAG = 0x1


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """How much one archive may hold: members, bytes unpacked, and how many times it may grow."""

    members: int = 10_000
    total_bytes: int = 4 * GIB
    ratio: int = 200
    ratio_free_bytes: int = 16 * MIB


ZIP_LIMITS = ZipLimits()


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive: its name (may identify: never store it), a stream or the reason why not."""

    name: str
    stream: IO[bytes] | None
    rejected: Rejected | None = None


class _Bounded(io.RawIOBase):
    """A member's stream that stops where the directory's promised size or the archive's budget is exceeded."""

    def __init__(self, stream: IO[bytes], budget: "_Budget", promised: int) -> None:
        self._stream, self._budget, self._left = stream, budget, promised

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read(len(buffer))
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
            raise _damaged(type(error).__name__) from None
        except Exception as error:  # zlib.error and its kin name no common base class
            raise _damaged(type(error).__name__) from None
        self._left -= len(data)
        self._budget.spend(len(data))
        if self._left < 0:
            raise Rejected(
                Reason.ZIP_UNSAFE, "A member is longer than the archive's directory says. Pack the files again."
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Budget:
    """Bytes unpacked so far, against the archive's limits."""

    def __init__(self, packed_bytes: int, limits: ZipLimits) -> None:
        self._left = min(limits.total_bytes, max(limits.ratio_free_bytes, limits.ratio * packed_bytes))

    def spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise Rejected(Reason.ZIP_TOO_LARGE, "The archive unpacks to more than allowed. Send it in parts.")


def iterate_zip(archive: Path | str | IO[bytes], *, limits: ZipLimits = ZIP_LIMITS) -> Iterator[Member]:
    """The files of an archive one after the other, each stream valid until the next is asked for.

    Raises Rejected before the first member when the archive as a whole is hostile (paths that leave it, symbolic links,
    encryption, too many or too large members); a single nested archive or DICOMDIR is yielded with its reason.
    """
    try:
        opened = zipfile.ZipFile(archive)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise _damaged(type(error).__name__) from None
    with opened:
        members = _checked(opened, limits)
        budget = _Budget(sum(info.compress_size for info in members), limits)
        for info in members:
            yield from _member(opened, info, budget)


def _damaged(kind: str) -> Rejected:
    return Rejected(Reason.ZIP_DAMAGED, f"The archive cannot be read ({kind}). Pack the files again as a plain zip.")


def _checked(opened: zipfile.ZipFile, limits: ZipLimits) -> list[zipfile.ZipInfo]:
    members = [info for info in opened.infolist() if not info.is_dir()]
    if len(opened.infolist()) > limits.members:
        raise Rejected(
            Reason.ZIP_TOO_LARGE,
            f"The archive holds {len(opened.infolist())} members, at most {limits.members} are "
            "accepted. Send it in parts.",
        )
    for info in members:
        _check_member(info)
    total, packed = sum(info.file_size for info in members), sum(info.compress_size for info in members)
    if total > limits.total_bytes or (total > limits.ratio_free_bytes and total > limits.ratio * max(packed, 1)):
        raise Rejected(
            Reason.ZIP_TOO_LARGE, f"{packed} packed bytes promise {total} bytes, more than allowed. Send it in parts."
        )
    return members


def _check_member(info: zipfile.ZipInfo) -> None:
    name = info.filename.replace("\\", "/")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or ":" in name.split("/")[0] or "\0" in name:
        raise Rejected(
            Reason.ZIP_UNSAFE, "A member's path leaves the archive. Pack the files again with relative paths."
        )
    mode = info.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise Rejected(Reason.ZIP_UNSAFE, "The archive holds a symbolic link or device. Pack plain files only.")
    if info.flag_bits & ENCRYPTED_FLAG:
        raise Rejected(
            Reason.ZIP_ENCRYPTED, "The archive is encrypted. Send it without a password; the connection is encrypted."
        )
    if info.compress_type not in METHODS:
        raise Rejected(
            Reason.ZIP_DAMAGED, "The archive is packed by an unusual method. Pack the files again as a plain zip."
        )


def _member(opened: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> Iterator[Member]:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.name.startswith(".") or "__MACOSX" in path.parts:
        return
    if path.name.upper() == "DICOMDIR":
        yield Member(info.filename, None, Rejected(Reason.DICOMDIR, "A DICOMDIR lists files and is not needed."))
        return
    if info.file_size > LIMITS.file_bytes:
        detail = f"A member of {info.file_size} bytes came, {LIMITS.file_bytes} are the most. Send single series."
        yield Member(info.filename, None, Rejected(Reason.TOO_LARGE, detail))
        return
    try:
        raw = opened.open(info)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        yield Member(info.filename, None, _damaged(type(error).__name__))
        return
    with io.BufferedReader(_Bounded(raw, budget, info.file_size)) as stream:
        if path.suffix.lower() in ARCHIVE_SUFFIXES or stream.peek(8).startswith(ARCHIVE_MAGIC):
            yield Member(
                info.filename,
                None,
                Rejected(Reason.NESTED_ARCHIVE, "An archive in the archive. Unpack it and send its files."),
            )
        else:
            yield Member(info.filename, stream)
