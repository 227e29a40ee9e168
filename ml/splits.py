"""The split that is fixed for ever: a keyed hash of center and patient decides the part.

Each center is split by itself, with the same fractions: a patient's part depends on
nothing but the key, the center and the patient, so adding patients or centers never
moves anybody, and every center is in every part in expectation.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Literal

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")
DEFAULT_FRACTIONS: Mapping[str, float] = MappingProxyType({"train": 0.6, "validation": 0.2, "test": 0.2})


class SplitError(ValueError):
    """Raised for a key, patient or fractions that cannot define a split."""


def part_of(*, key: bytes, center: str, patient: str, fractions: Mapping[str, float] = DEFAULT_FRACTIONS) -> Part:
    """Part of a patient by HMAC-SHA256 (RFC 2104); `fractions` over train, validation, test sum to 1."""
    _check(key, center, patient, fractions)
    message = f"{len(center)}:{center}|{patient}".encode()
    position = int.from_bytes(hmac.new(key, message, sha256).digest()[:8], "big") / 2**64
    if position < fractions["train"]:
        return "train"
    return "validation" if position < fractions["train"] + fractions["validation"] else "test"


def _check(key: bytes, center: str, patient: str, fractions: Mapping[str, float]) -> None:
    if len(key) < 16:
        raise SplitError(f"The split key has {len(key)} bytes; pass at least 16 random bytes and keep them for ever.")
    if not center or not patient:
        raise SplitError(f"Center {center!r} and patient {patient!r} came; both must be non-empty pseudonyms.")
    if set(fractions) != set(PARTS) or min(fractions.values()) < 0 or abs(sum(fractions.values()) - 1) > 1e-9:
        raise SplitError(f"Fractions {dict(fractions)} came; expected {PARTS}, each at least 0, summing to 1.")
