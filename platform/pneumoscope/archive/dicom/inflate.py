"""Bounded inflating of the deflated transfer syntax (PS3.5 A.5)."""

import zlib

from .limits import LIMITS
from .reasons import Reason, Rejected
from .source import Source

CHUNK_BYTES = 1024 * 1024


def inflate(source: Source, *, offset: int) -> Source:
    """The data set behind `offset`, inflated in memory; refused when it grows like a bomb."""
    packed = source.read(offset, source.size - offset)
    allowed = min(LIMITS.inflated_bytes, max(LIMITS.inflate_free_bytes, LIMITS.inflate_ratio * len(packed)))
    inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    parts, total = [], 0
    try:
        while packed and not inflater.eof:
            part = inflater.decompress(packed, CHUNK_BYTES)
            total += len(part)
            if total > allowed:
                raise Rejected(
                    Reason.INFLATE_BOMB,
                    f"{source.size - offset} deflated bytes grow beyond {allowed}. Export without deflation.",
                )
            parts.append(part)
            packed = inflater.unconsumed_tail
            if not part and not packed:
                break
    except zlib.error:
        raise Rejected(
            Reason.MALFORMED, "The deflated data set cannot be inflated. Export without deflation."
        ) from None
    if not inflater.eof:
        raise Rejected(Reason.TRUNCATED, "The deflated data set ends early. Send the complete file.")
    data = b"".join(parts)
    return Source(data, len(data), None)
