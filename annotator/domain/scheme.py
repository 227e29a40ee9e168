"""Reading schemes: published, immutable data. `load_scheme` is the one door to them.

A scheme lies in schemes/<folder>/<version>/ as scheme.yaml, one file for each section and rules.yaml.
schemes/published.yaml pins the SHA-256 of each published version; altered data are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from annotator.domain.canonical import canonical_json, freeze, sha256_of, thaw
from annotator.domain.errors import SchemeAlteredError, SchemeError, UnknownSchemeError
from annotator.domain.expansion import expand_scheme
from annotator.domain.scheme_check import check_scheme

SCHEMES = Path(__file__).parent / "schemes"


@dataclass(frozen=True)
class Scheme:
    """One version of a reading scheme. `data` is read-only; `canonical_json` and `sha256` belong to it."""

    id: str
    version: str
    data: Mapping[str, Any]
    canonical_json: str
    sha256: str

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> "Scheme":
        """Checks the data (`SchemeError` names the first fault) and freezes a copy."""
        check_scheme(data)
        text = canonical_json(data)
        return cls(data["id"], data["version"], freeze(data), text, sha256_of(text))

    @property
    def sections(self) -> tuple[Mapping[str, Any], ...]:
        return self.data["sections"]

    @property
    def rules(self) -> tuple[Mapping[str, Any], ...]:
        return self.data["rules"]

    @cached_property
    def fields(self) -> Mapping[str, Mapping[str, Any]]:
        """Path -> field, in the order of the form."""
        return {field["path"]: field for section in self.sections for field in section["fields"]}

    @cached_property
    def section_of(self) -> Mapping[str, Mapping[str, Any]]:
        """Path -> the section that holds it."""
        return {field["path"]: section for section in self.sections for field in section["fields"]}

    def codes(self, path: str) -> tuple[Any, ...]:
        """The option codes of a field, in the order of the form."""
        return tuple(option["code"] for option in self.fields[path]["options"])

    def without_rule(self, rule_id: str) -> "Scheme":
        """The same scheme less one rule; for tests that prove the rule is needed."""
        data = thaw(self.data)
        data["rules"] = [rule for rule in data["rules"] if rule["id"] != rule_id]
        return Scheme.from_mapping(data)


def load_scheme(*, scheme_id: str, version: str | None = None) -> Scheme:
    """A published scheme by id or short name (`ilo`, `ilo@1.0.0`); without a version the newest one.

    Raises UnknownSchemeError for a name or version never published, SchemeAlteredError when the data on disk are
    not what schemes/published.yaml says was published.
    """
    name, _, named_version = scheme_id.partition("@")
    return _load(name, version or named_version or None)


def published() -> list[dict[str, str]]:
    """The rows of schemes/published.yaml, oldest first: id, folder, version, sha256."""
    return yaml.safe_load((SCHEMES / "published.yaml").read_text(encoding="utf-8"))["published"]


def read_folder(folder: Path) -> Scheme:
    """A scheme from its folder, published or not. Raises SchemeError for data that do not hold together."""
    data = _read(folder / "scheme.yaml")
    data["sections"] = [_read(folder / f"{name}.yaml") for name in data["sections"]]
    data["rules"] = _read(folder / "rules.yaml")["rules"]
    return Scheme.from_mapping(expand_scheme(data))


@lru_cache(maxsize=32)
def _load(name: str, version: str | None) -> Scheme:
    rows = [row for row in published() if name in (row["id"], row["folder"])]
    if not rows:
        known = sorted({row["folder"] for row in published()} | {row["id"] for row in published()})
        raise UnknownSchemeError(f"Scheme {name!r} came, but published are {known}. Use one of these.")
    matching = [row for row in rows if version in (None, row["version"])]
    if not matching:
        known = [row["version"] for row in rows]
        raise UnknownSchemeError(f"Version {version!r} of {name} came, but published are {known}. Use one of these.")
    return _verified(matching[-1])


def _verified(row: Mapping[str, str]) -> Scheme:
    scheme = read_folder(SCHEMES / row["folder"] / row["version"])
    if (scheme.id, scheme.version, scheme.sha256) != (row["id"], row["version"], row["sha256"]):
        raise SchemeAlteredError(
            f"{scheme.id} {scheme.version} has the SHA-256 {scheme.sha256}, but published.yaml says {row['id']} "
            f"{row['version']} {row['sha256']}. Published data never change: undo the edit or add a version."
        )
    return scheme


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SchemeError(f"{path.name} is missing in {path.parent}. Add the file.") from error
    except yaml.YAMLError as error:
        raise SchemeError(f"{path} is not YAML: {error}") from error
    if not isinstance(data, dict):
        raise SchemeError(f"{path} must hold a mapping, but holds {type(data).__name__}.")
    return data
