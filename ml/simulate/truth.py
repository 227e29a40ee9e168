"""What a perfect reader would write on the ILO form for a simulated patient."""

from typing import Any

from ml.simulate.parameters import Disease
from ml.simulate.scale import PROFUSION_LEVELS, ZONES


def reading_of(*, disease: Disease) -> dict[str, Any]:
    """Canonical reading of the ILO form (sections 1-4), ready for JSON.

    Levels 0 and 1 carry no opacities at all, so section 2A is NO unless there is a large one;
    zones three or more minor categories below the principal ones are not listed (ILO 2022, 2B).
    """
    return {
        "image_quality": {"grade": "1"},
        "parenchymal": _parenchymal(disease),
        "pleural": {"any": False},
        "other": {"any": False},
    }


def _parenchymal(disease: Disease) -> dict[str, Any]:
    small = disease.profusion >= 2
    if not small and disease.large == "O":
        return {"any": False}
    if not small:
        return {"any": True, "profusion": PROFUSION_LEVELS[0], "large": disease.large}
    return {
        "any": True,
        "primary": disease.primary,
        "secondary": disease.secondary,
        "zones": affected_zones(disease=disease),
        "profusion": PROFUSION_LEVELS[disease.profusion],
        "large": disease.large,
    }


def affected_zones(*, disease: Disease) -> list[str]:
    top = max(disease.zone_levels.values())
    return [zone for zone in ZONES if disease.zone_levels[zone] >= 2 and disease.zone_levels[zone] > top - 3]
