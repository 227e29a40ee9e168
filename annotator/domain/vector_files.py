"""Files of readings and of consensus cases, in the shape of tests/vectors/*.yaml."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from annotator.domain.compact import expand_compact
from annotator.domain.consensus import ReadingSummary, parse_short_notation
from annotator.domain.errors import InvalidSummaryError, MisshapenFileError
from annotator.domain.foreign import Repair, read_foreign
from annotator.domain.scheme import Scheme

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises MisshapenFileError when it is missing or not YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader, in C if there
    except OSError as error:
        raise MisshapenFileError(f"{path} cannot be read ({error.strerror}). Give the path of a YAML file.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise MisshapenFileError(f"{path} is not YAML in UTF-8: {_one_line(error)}. Correct the file.") from error


def rows(path: Path, section: str, body: str) -> list[Mapping[str, Any]]:
    """The list under `section`, each row a mapping with `id` and `body`. Raises MisshapenFileError."""
    content = read_yaml(path)
    if not isinstance(content, dict) or not isinstance(content.get(section), list):
        raise MisshapenFileError(f"{path} must hold a mapping with a list {section!r}, but {_kind(content)} came.")
    for number, row in enumerate(content[section], start=1):
        if not isinstance(row, dict) or row.get("id") is None or body not in row:
            raise MisshapenFileError(
                f"{path}: entry {number} of {section!r} needs 'id' and {body!r}, but {_kind(row)} came."
            )
    return content[section]


def expanded_reading(scheme: Scheme, row: Mapping[str, Any]) -> tuple[Any, tuple[Repair, ...]]:
    """The full reading of a row and what had to be repaired; a reading that is no mapping is left to S1."""
    compact = row["reading"]
    if not isinstance(compact, dict):
        return compact, ()
    foreign = read_foreign(scheme=scheme, reading=compact)
    return expand_compact(scheme=scheme, compact=foreign.reading), foreign.repairs


def row_settings(scheme: Scheme, row: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the scheme that a row gives beside its reading."""
    chosen = {name: row[name] for name in scheme.data["settings"] if name in row}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in chosen.items()}


def summaries(path: Path, row: Mapping[str, Any]) -> list[ReadingSummary]:
    """The readings of a consensus case from their short notation. Raises MisshapenFileError."""
    return list(_summaries(path, row))


def _summaries(path: Path, row: Mapping[str, Any]) -> Iterator[ReadingSummary]:
    if not isinstance(row["readings"], list) or not all(isinstance(text, str) for text in row["readings"]):
        raise MisshapenFileError(f"{path}: case {row['id']} needs a list of texts like '1/1 A', NO or UR (in quotes).")
    for number, text in enumerate(row["readings"], start=1):
        try:
            yield parse_short_notation(text=text, reading_id=f"{row['id']}#{number}")
        except InvalidSummaryError as error:
            raise MisshapenFileError(f"{path}: {error}") from error


def _kind(value: Any) -> str:
    return f"a mapping with {sorted(map(str, value))}" if isinstance(value, dict) else f"a {type(value).__name__}"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
