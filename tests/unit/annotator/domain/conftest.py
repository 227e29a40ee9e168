"""The published scheme and the shared vectors."""

from pathlib import Path

import pytest

from annotator.domain.scheme import Scheme, load_scheme
from annotator.domain.vector_files import expanded_reading, row_settings, rows

VECTORS = Path(__file__).parents[3] / "vectors"


@pytest.fixture(scope="session")
def scheme() -> Scheme:
    return load_scheme(scheme_id="ilo", version="1.0.0")


@pytest.fixture(scope="session")
def vector_folder() -> Path:
    return VECTORS


@pytest.fixture(scope="session")
def vectors(scheme: Scheme) -> list[dict]:
    """Each vector with its reading written out and its settings."""
    return [
        {
            **row,
            "reading": expanded_reading(scheme, row)[0],
            "settings": row_settings(scheme, row),
            "errors": row.get("errors", []),
            "warnings": row.get("warnings", []),
        }
        for name in ("ilo_readings.yaml", "ilo_rules.yaml")
        for row in rows(VECTORS / name, "vectors", "reading")
    ]
