"""Derived values of an ILO reading. Where 2A is NO the profusion counts as 0/0 and is flagged, because the form
cannot tell 0/- from 0/0 (product decision). The twin is frontend/src/scheme/derived.ts.
"""

from collections.abc import Callable, Mapping
from typing import Any

from annotator.domain.scheme import Scheme

IMPUTED_PROFUSION = "0/0"
FIRST_POSITIVE = "1/0"


def derive(*, scheme: Scheme, reading: Mapping[str, Any]) -> dict[str, Any]:
    """The derived values of a complete reading; a value that does not follow from the answers is None."""
    derivation = _DERIVATIONS.get(scheme.id)
    return {} if derivation is None else derivation(scheme, reading)


def _derive_ilo(scheme: Scheme, reading: Mapping[str, Any]) -> dict[str, Any]:
    scale = scheme.codes("parenchymal.profusion")
    parenchymal = {} if reading["image_quality"]["grade"] == "UR" else reading["parenchymal"]
    negative = parenchymal.get("any") is False
    positive = parenchymal.get("any") is True
    profusion = IMPUTED_PROFUSION if negative else parenchymal.get("profusion") if positive else None
    large = "O" if negative else parenchymal.get("large") if positive else None
    index = None if profusion is None else scale.index(profusion)
    complicated = None if large is None else large != "O"
    return {
        "profusion_index": index,
        "profusion_effective": profusion,
        "profusion_imputed": negative,
        "major_category": None if index is None else index // 3,
        "positive_1_0": _is_positive(index, complicated, scale.index(FIRST_POSITIVE)),
        "complicated": complicated,
        "short_notation": _short_notation(reading, profusion, large),
    }


def _is_positive(index: int | None, complicated: bool | None, first: int) -> bool | None:
    if complicated or (index is not None and index >= first):
        return True
    return None if index is None or complicated is None else False


def _short_notation(reading: Mapping[str, Any], profusion: str | None, large: str | None) -> str | None:
    if reading["image_quality"]["grade"] == "UR":
        return "UR"
    parenchymal = reading["parenchymal"]
    if parenchymal["any"] is False:
        return "NO"
    if profusion is None:
        return None
    shapes = [parenchymal["primary"], parenchymal["secondary"]]
    small = f"{profusion} {'/'.join(shapes)}" if all(shapes) else profusion
    return small if large in (None, "O") else f"{small}, {large}"


_DERIVATIONS: dict[str, Callable[[Scheme, Mapping[str, Any]], dict[str, Any]]] = {
    "ilo-2022-niosh-2.8": _derive_ilo,
}
