"""The settings of a scheme: defaults with the values of a study protocol over them."""

from collections.abc import Mapping
from typing import Any

from annotator.domain.errors import UnknownSettingError
from annotator.domain.scheme import Scheme
from annotator.domain.structure import is_date


def resolve_settings(*, scheme: Scheme, settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The defaults of the scheme with the given values over them. Raises UnknownSettingError."""
    known = scheme.data["settings"]
    for name, value in (settings or {}).items():
        if name not in known:
            raise UnknownSettingError(f"The setting {name!r} came, but {scheme.id} has {sorted(known)}.")
        expected = _expected(known[name], value)
        if expected:
            raise UnknownSettingError(f"The setting {name} got {value!r}, but expects {expected}.")
    return {name: spec["default"] for name, spec in known.items()} | dict(settings or {})


def _expected(spec: Mapping[str, Any], value: Any) -> str | None:
    """What was expected, when the value is not it; True is not 1 here, although Python says so."""
    choices = spec.get("choices", ())
    if choices and not any(value == choice and type(value) is type(choice) for choice in choices):
        return f"one of {list(choices)}"
    return "a date YYYY-MM-DD" if spec.get("type") == "date" and value is not None and not is_date(value) else None
