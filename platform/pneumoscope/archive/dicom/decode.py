"""Decoded samples of a foreign file: native data here, every codec in a bounded child process.

Measured on hostile files: JPEG-LS decoders abort, others reserve gigabytes. So the parent only compares lengths and
reads the size out of the codestream; see `decode_child` for the process that decodes.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import numpy as np

from .fragments import Span, check_codestream, frame_spans
from .gate import Opened, PixelDescription, open_image
from .limits import LIMITS, MIB
from .reasons import Reason, Rejected
from .syntaxes import Codec

CHILD = Path(__file__).with_name("decode_child.py")
INHERITED_ENVIRONMENT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TMPDIR")
EXIT_REFUSED = 3
GRACE_S = 10


class DecodeServer:
    """The warm child of this process; started when first needed, replaced after a fork or when it died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def run(self, job: dict[str, Any]) -> int:
        """Exit status of the process that did the job; negative = killed by that signal."""
        with self._lock:
            process = self._alive()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(json.dumps(job).encode() + b"\n")
                process.stdin.flush()
                ready, _, _ = select.select([process.stdout], [], [], job["wall_s"] + GRACE_S)
                answer = process.stdout.readline() if ready else b""
            except BrokenPipeError:
                answer = b""
            if not answer:
                self._stop()
                return -signal.SIGKILL
            return int(json.loads(answer)["exit"])

    def _alive(self) -> subprocess.Popen[bytes]:
        if self._process is not None and (self._owner != os.getpid() or self._process.poll() is not None):
            self._stop()
        if self._process is None:
            environment = {name: os.environ[name] for name in INHERITED_ENVIRONMENT if name in os.environ}
            environment["OPENBLAS_NUM_THREADS"] = "1"
            self._owner = os.getpid()
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        if self._owner != os.getpid():
            process.returncode = 0  # the child of the process that forked us: not ours to end or to wait for
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def after_fork(self) -> None:
        """In a forked process: another thread of the parent may have held the lock for ever."""
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the child, if it is ours."""
        with self._lock:
            self._stop()


SERVER = DecodeServer()
atexit.register(SERVER.close)
os.register_at_fork(after_in_child=SERVER.after_fork)


def decode(data: bytes | Path | str) -> np.ndarray:
    """Samples of a foreign file as (frames, rows, columns), u1/i1/u2/i2 as its header declares; or Rejected."""
    return decode_opened(open_image(data))


def decode_opened(opened: Opened) -> np.ndarray:
    """Samples of a file that passed the gate, (frames, rows, columns), stored values bit-exact; or Rejected."""
    length = opened.header.location.length
    if opened.syntax.codec is Codec.NATIVE:
        if length is None:
            raise Rejected(
                Reason.TRANSFER_SYNTAX_MISMATCH,
                "Compressed pixel data under an uncompressed transfer syntax. Correct it and export again.",
            )
        return _decode_native(opened, length)
    if length is not None:
        raise Rejected(
            Reason.TRANSFER_SYNTAX_MISMATCH,
            "Uncompressed pixel data under a compressed transfer syntax. Correct it and export again.",
        )
    return _decode_in_child(opened)


def _decode_native(opened: Opened, length: int) -> np.ndarray:
    pixels = opened.header.pixels
    if length not in (pixels.size_bytes, pixels.size_bytes + pixels.size_bytes % 2):
        raise Rejected(
            Reason.PIXEL_LENGTH_MISMATCH,
            f"{length} bytes of pixel data came, {pixels.size_bytes} were expected. Correct rows, "
            "columns, frames or bits.",
        )
    raw = opened.source.read(opened.header.location.offset, length)
    if not opened.syntax.little_endian and pixels.bits_allocated == 8 and opened.header.location.vr == "OW":
        raw = np.frombuffer(raw, dtype=">u2").astype("<u2").tobytes()
    order = "<" if opened.syntax.little_endian else ">"
    samples = np.frombuffer(raw[: pixels.size_bytes], dtype=f"{order}u{pixels.bits_allocated // 8}")
    return _clean(samples, pixels).reshape(pixels.frames, pixels.rows, pixels.columns)


def _clean(samples: np.ndarray, pixels: PixelDescription) -> np.ndarray:
    """Little-endian samples; bits beyond BitsStored are the sign or 0 (PS3.5 8.1.1: they may have held overlays)."""
    kind = "i" if pixels.pixel_representation else "u"
    target = np.dtype(f"<{kind}{pixels.bits_allocated // 8}")
    unused = pixels.bits_allocated - pixels.bits_stored
    little = samples.astype(f"<u{pixels.bits_allocated // 8}", copy=False)
    if not unused:
        return little.view(target)
    return (little << unused).view(target) >> unused


def _decode_in_child(opened: Opened) -> np.ndarray:
    pixels, location, codec = opened.header.pixels, opened.header.location, opened.syntax.codec
    spans = frame_spans(opened.source, offset=location.offset, frames=pixels.frames, codec=codec)
    for frame in spans:
        joined = b"".join(opened.source.read(*span) for span in frame)
        check_codestream(joined, codec=codec, rows=pixels.rows, columns=pixels.columns)
    with tempfile.TemporaryDirectory(prefix="decode-") as folder:
        path = opened.source.path
        if path is None:
            path = Path(folder, "input")
            path.write_bytes(opened.source.head)
        job = _job(opened, spans, path, Path(folder))
        _judge(SERVER.run(job), Path(job["error"]))
        samples = np.fromfile(job["output"], dtype=f"<{'ui'[pixels.pixel_representation]}{pixels.bits_allocated // 8}")
    if samples.nbytes != pixels.size_bytes:
        raise Rejected(
            Reason.UNDECODABLE_PIXELS, f"{samples.nbytes} bytes were decoded, {pixels.size_bytes} were declared."
        )
    return samples.reshape(pixels.frames, pixels.rows, pixels.columns)


def _job(opened: Opened, spans: list[list[Span]], path: Path, folder: Path) -> dict[str, Any]:
    pixels = opened.header.pixels
    return {
        "input": str(path.resolve()),
        "output": str(folder / "samples"),
        "error": str(folder / "error"),
        "frames": spans,
        "codec": opened.syntax.codec,
        "transfer_syntax": opened.header.transfer_syntax_uid,
        "rows": pixels.rows,
        "columns": pixels.columns,
        "bits_allocated": pixels.bits_allocated,
        "bits_stored": pixels.bits_stored,
        "pixel_representation": pixels.pixel_representation,
        "output_bytes": pixels.size_bytes + 1024,
        "memory_bytes": max(LIMITS.decode_memory_bytes, 512 * MIB + 12 * pixels.frame_bytes),
        "cpu_s": LIMITS.decode_cpu_s + pixels.frames // 10,
        "wall_s": LIMITS.decode_wall_s + pixels.frames // 10,
    }


def _judge(status: int, error: Path) -> None:
    """Nothing for exit status 0, else the matching Rejected; the decoder's words stay out, they may quote the file."""
    if status == 0:
        return
    if status in (-signal.SIGXCPU, -signal.SIGALRM, -signal.SIGKILL):
        raise Rejected(
            Reason.DECODER_LIMIT, "Decoding the pixels took longer than allowed and was stopped. Export uncompressed."
        )
    kind = (
        error.read_text(encoding="utf-8").split(":")[0]
        if status == EXIT_REFUSED and error.exists()
        else f"status {status}"
    )
    if kind == "MemoryError":
        raise Rejected(
            Reason.DECODER_LIMIT, "Decoding the pixels needed more memory than allowed. Export uncompressed."
        )
    raise Rejected(
        Reason.UNDECODABLE_PIXELS,
        f"The compressed pixels cannot be decoded ({kind}). Export uncompressed or as JPEG-LS.",
    )
