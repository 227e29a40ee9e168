"""Invented identities: nobody's name, but something for the de-identification to remove."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from pydicom.uid import UID

FAMILY = ("Testoyama", "Phantomsen", "Simulova", "Mockley", "Dummont", "Probanski", "Exemplar", "Kasoumi", "Fiktiv")
GIVEN = ("Ada", "Botan", "Cyra", "Doran", "Emiko", "Falk", "Gina", "Haru", "Ines", "Jun", "Kaya", "Lior")


@dataclass(frozen=True)
class Identity:
    name: str
    patient_id: str
    birth_date: str
    sex: str
    accession_number: str


def invent_identity(*, seed: int) -> Identity:
    """A made-up person, the same for the same seed; ids start with SIM."""
    rng = np.random.default_rng([seed, 1])
    family, given = FAMILY[rng.integers(len(FAMILY))], GIVEN[rng.integers(len(GIVEN))]
    birth_date = f"{rng.integers(1938, 1981):04d}{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}"
    return Identity(
        name=f"{family}^{given}",
        patient_id=f"SIM-{seed:010d}",
        birth_date=birth_date,
        sex=str(rng.choice(("F", "M"))),
        accession_number=f"SIM{rng.integers(10**8):08d}",
    )


def seeded_uid(*, seed: int, level: int) -> UID:
    """UUID-derived UID (DICOM PS3.5 B.2, root 2.25); level tells study, series and instance apart."""
    words = np.random.default_rng([seed, level, 225]).bytes(16)
    return UID(f"2.25.{UUID(bytes=words, version=4).int}")
