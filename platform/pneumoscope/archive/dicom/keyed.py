"""Keyed replacements: UIDs, pseudonyms and day shifts by HMAC-SHA256 with the center's secret key.

The same key gives the same replacement in every process and after every restart; without the key neither the original
nor the link between two centers can be found. Nothing is stored to do this.
"""

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

MINIMUM_KEY_BYTES = 16
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
PSEUDONYM_LENGTH = 10
SHIFT_MINIMUM_DAYS = 28
SHIFT_MAXIMUM_DAYS = 365


class KeyTooShortError(ValueError):
    """A key that could be guessed."""


@dataclass(frozen=True, slots=True, repr=False)
class Keyed:
    """Replacements under one center's key (bytes, at least 16)."""

    key: bytes

    def __post_init__(self) -> None:
        if len(self.key) < MINIMUM_KEY_BYTES:
            raise KeyTooShortError(
                f"A key of {len(self.key)} bytes came, at least {MINIMUM_KEY_BYTES} random bytes are needed."
            )

    def _digest(self, purpose: str, value: str) -> int:
        return int.from_bytes(hmac.digest(self.key, f"{purpose}\0{value}".encode(), hashlib.sha256), "big")

    def uid(self, original: str) -> str:
        """A UID under 2.25 (PS3.5 B.2) with 128 keyed bits."""
        return f"2.25.{self._digest('uid', original) >> 128}"

    def pseudonym(self, identity: str) -> str:
        """Ten characters that stand for one patient of one center."""
        digest = self._digest("patient", identity)
        return "".join(ALPHABET[digest >> 5 * position & 31] for position in range(PSEUDONYM_LENGTH))

    def shifted(self, day: date, *, identity: str) -> date:
        """The day moved back by the patient's 28 to 365 days; intervals between two days of a patient stay exact."""
        span = SHIFT_MAXIMUM_DAYS - SHIFT_MINIMUM_DAYS + 1
        return day - timedelta(days=SHIFT_MINIMUM_DAYS + self._digest("shift", identity) % span)


def normalized_identity(patient_id: str) -> str:
    """A PatientID as it identifies: compatibility forms unified (full-width digits), white space trimmed."""
    return " ".join(unicodedata.normalize("NFKC", patient_id).split())
