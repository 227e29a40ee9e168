"""The decoding child: a small server that forks one bounded process for each image it is asked to decode.

Run as a file, never imported by the site: it needs numpy and the decoders alone, so that it starts fast and holds no
secret. A job comes as one JSON line on stdin; the exit status of the process that did it goes back as one JSON line.
A crash, an abort or a limit kills that process, neither this server nor its parent.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any

import gdcm
import jpeg_ls
import numpy as np
import openjpeg

EXIT_REFUSED = 3
Frame = np.ndarray


def _by_gdcm(data: bytes, job: dict[str, Any]) -> Frame:
    """RLE and the JPEG family of ISO/IEC 10918-1, 12-bit lossy included, through a synthetic one-frame image."""
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((job["columns"], job["rows"], 1))
    image.SetPhotometricInterpretation(
        gdcm.PhotometricInterpretation(gdcm.PhotometricInterpretation.GetPIType("MONOCHROME2"))
    )
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(job["transfer_syntax"])))
    bits = job["bits_stored"]
    image.SetPixelFormat(gdcm.PixelFormat(1, job["bits_allocated"], bits, bits - 1, job["pixel_representation"]))
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(data)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image.SetDataElement(element)
    buffer = image.GetBuffer()
    raw = buffer.encode("utf-8", errors="surrogateescape") if isinstance(buffer, str) else bytes(buffer)
    size = image.GetPixelFormat().GetPixelSize()
    return np.frombuffer(raw, dtype=f"<{'iu'[image.GetPixelFormat().GetPixelRepresentation() == 0]}{size}")


def _by_charls(data: bytes, job: dict[str, Any]) -> Frame:
    return np.asarray(jpeg_ls.decode(np.frombuffer(data, dtype=np.uint8)))


def _by_openjpeg(data: bytes, job: dict[str, Any]) -> Frame:
    return np.asarray(openjpeg.decode(data))


DECODERS: dict[str, Callable[[bytes, dict[str, Any]], Frame]] = {
    "rle": _by_gdcm,
    "jpeg": _by_gdcm,
    "jpeg_ls": _by_charls,
    "jpeg_2000": _by_openjpeg,
}


def as_declared(frame: Frame, job: dict[str, Any]) -> Frame:
    """Samples as the header declares them: (rows, columns) of the allocated width, sign taken from PixelRepresentation.

    A codestream may call signed samples unsigned or the reverse; both are the same bits modulo 2**bits_stored.
    """
    if frame.size != job["rows"] * job["columns"]:
        raise ValueError(f"{frame.size} samples were decoded, {job['rows']} x {job['columns']} were declared")
    bits, signed = job["bits_stored"], job["pixel_representation"] == 1
    values = frame.reshape(job["rows"], job["columns"]).astype(np.int32)
    if values.min() < -(1 << bits - 1) or values.max() >= 1 << bits:
        raise ValueError(f"a sample exceeds the declared {bits} bits")
    values &= (1 << bits) - 1
    if signed:
        values -= (values >> bits - 1) << bits
    return values.astype(f"<{'ui'[signed]}{job['bits_allocated'] // 8}")


def decode(job: dict[str, Any]) -> None:
    """Decode every frame of one job into its output file, in C order."""
    decoder = DECODERS[job["codec"]]
    with open(job["input"], "rb") as source, open(job["output"], "wb") as target:
        for spans in job["frames"]:
            parts = []
            for offset, length in spans:
                source.seek(offset)
                parts.append(source.read(length))
            target.write(as_declared(decoder(b"".join(parts), job), job).tobytes())


def bounded(job: dict[str, Any]) -> None:
    """In the forked process: set the limits, decode, leave; the reason of a refusal goes to the error file."""
    signal.setitimer(signal.ITIMER_REAL, job["wall_s"])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (job["memory_bytes"], job["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["cpu_s"], job["cpu_s"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (job["output_bytes"], job["output_bytes"]))
    try:
        decode(job)
    except Exception as error:  # decoders raise anything; all of it means the same: these pixels cannot be read
        with open(job["error"], "w", encoding="utf-8") as stream:
            stream.write(f"{type(error).__name__}: {error}"[:300])
        os._exit(EXIT_REFUSED)
    os._exit(0)


def main() -> None:
    """Serve jobs until stdin closes."""
    for line in sys.stdin.buffer:
        job = json.loads(line)
        process = os.fork()
        if process == 0:
            bounded(job)
        _, status = os.waitpid(process, 0)
        sys.stdout.write(json.dumps({"exit": os.waitstatus_to_exitcode(status)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
