"""Draw a patient: all chance happens here (and in the seeds recorded here)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.simulate.anatomy import make_grid, zone_masks
from ml.simulate.large import draw_large
from ml.simulate.parameters import (
    DEVICES,
    TIERS,
    Anatomy,
    Device,
    Disease,
    OpacityField,
    PatientParameters,
)
from ml.simulate.scale import PROFUSION_LEVELS, SIZES, ZONES, density_per_mm2

PRIMARY_SHARE = 0.75
ZONE_PATTERNS = {
    "upper": ("RU", "RM", "LU", "LM"),
    "lower": ("RM", "RL", "LM", "LL"),
    "diffuse": ZONES,
}
GEOMETRY_PITCH_MM = 1.0


@dataclass(frozen=True)
class DiseaseRequest:
    """What the caller wants to see; None lets chance decide."""

    profusion: int | None = None
    primary: str | None = None
    secondary: str | None = None
    tier: str = "marked"
    pattern: str | None = None
    large: str = "O"


def draw_patient(
    rng: np.random.Generator | int,
    *,
    device: str | Device = "alpha",
    request: DiseaseRequest | None = None,
    **wishes: Any,
) -> PatientParameters:
    """Parameters of one invented patient.

    rng: a generator or an integer seed. device: a name from DEVICES or a Device.
    wishes: fields of DiseaseRequest (profusion 0..11 or '2/1', primary, secondary,
    tier 'subtle'|'moderate'|'marked', pattern 'upper'|'lower'|'diffuse', large 'O'|'A'|'B'|'C').
    """
    seed = int(rng) if isinstance(rng, (int, np.integer)) else int(rng.integers(2**31))
    generator = np.random.default_rng(seed)
    wanted = _checked(request or DiseaseRequest(**_level_as_index(wishes)))
    anatomy = _draw_anatomy(generator)
    return PatientParameters(
        seed=seed,
        anatomy=anatomy,
        device=DEVICES[device] if isinstance(device, str) else device,
        disease=_draw_disease(generator, anatomy, wanted),
    )


def _level_as_index(wishes: dict[str, Any]) -> dict[str, Any]:
    level = wishes.get("profusion")
    return {**wishes, "profusion": PROFUSION_LEVELS.index(level)} if isinstance(level, str) else wishes


def _checked(wanted: DiseaseRequest) -> DiseaseRequest:
    shapes = {wanted.primary, wanted.secondary} - {None}
    if wanted.tier not in TIERS or shapes - set(SIZES) or wanted.pattern not in (None, *ZONE_PATTERNS):
        raise ValueError(
            f"{wanted} cannot be drawn: tier must be one of {sorted(TIERS)}, shapes of {sorted(SIZES)}, "
            f"pattern of {sorted(ZONE_PATTERNS)}."
        )
    return wanted


def _draw_anatomy(rng: np.random.Generator) -> Anatomy:
    size = rng.normal(1.0, 0.035)
    return Anatomy(
        apex_y_mm=round(float(rng.uniform(44, 58)), 2),
        lung_height_mm=round(float(np.clip(214 * size + rng.normal(0, 7), 185, 240)), 2),
        half_width_mm=round(float(np.clip(132 * size + rng.normal(0, 3), 118, 145)), 2),
        midline_x_mm=round(float(rng.normal(0, 2.5)), 2),
        heart_left_mm=round(float(rng.uniform(74, 92)), 2),
        heart_right_mm=round(float(rng.uniform(38, 48)), 2),
        left_dome_drop_mm=round(float(rng.uniform(6, 16)), 2),
        body_depth_mm=round(float(rng.uniform(205, 225)), 2),
        rib_pitch_mm=round(float(rng.uniform(25, 29)), 2),
        rib_slope=round(float(rng.uniform(0.16, 0.34)), 3),
        vessel_seed=int(rng.integers(2**31)),
        noise_seed=int(rng.integers(2**31)),
        nipples=bool(rng.random() < 0.12),
    )


def _draw_disease(rng: np.random.Generator, anatomy: Anatomy, wanted: DiseaseRequest) -> Disease:
    level = int(rng.integers(0, 12)) if wanted.profusion is None else int(wanted.profusion)
    primary = wanted.primary or str(rng.choice(list(SIZES)))
    secondary = wanted.secondary or (primary if rng.random() < 0.5 else str(rng.choice(list(SIZES))))
    pattern = wanted.pattern or _usual_pattern(rng, primary)
    levels = _draw_zone_levels(rng, level, ZONE_PATTERNS[pattern])
    return Disease(
        profusion=level,
        primary=primary,
        secondary=secondary,
        kappa=TIERS[wanted.tier],
        zone_levels=levels,
        small_opacities=_draw_fields(rng, anatomy, levels, primary, secondary),
        large=wanted.large,
        large_opacities=draw_large(rng=rng, anatomy=anatomy, size=wanted.large),
    )


def _usual_pattern(rng: np.random.Generator, primary: str) -> str:
    """Rounded opacities favor the upper zones (silica, coal), irregular ones the lower (asbestos)."""
    usual = "upper" if primary in ("p", "q", "r") else "lower"
    return usual if rng.random() < 0.7 else "diffuse"


def _draw_zone_levels(rng: np.random.Generator, level: int, affected: tuple[str, ...]) -> dict[str, int]:
    """Affected zones differ by at most one step and average to `level`; the others lie four steps below.

    ILO 2022: zones three or more minor categories below the principal ones are ignored.
    """
    if level <= 1:
        return dict.fromkeys(ZONES, level)
    levels = dict.fromkeys(ZONES, max(0, level - 4))
    levels.update(dict.fromkeys(affected, level))
    if 3 <= level <= 10:
        up, down = rng.choice(len(affected), size=2, replace=False)
        levels[affected[up]] += 1
        levels[affected[down]] -= 1
    return levels


def _draw_fields(
    rng: np.random.Generator, anatomy: Anatomy, levels: dict[str, int], primary: str, secondary: str
) -> tuple[OpacityField, ...]:
    grid = make_grid(height_px=420, width_px=420, pitch_mm=GEOMETRY_PITCH_MM)
    areas = {
        zone: float(mask.sum()) * GEOMETRY_PITCH_MM**2 for zone, mask in zone_masks(anatomy=anatomy, grid=grid).items()
    }
    shares = {primary: 1.0} if primary == secondary else {primary: PRIMARY_SHARE, secondary: 1 - PRIMARY_SHARE}
    drawn = []
    for zone in ZONES:
        for shape, share in shares.items():
            expected = density_per_mm2(shape=shape, level=levels[zone]) * share * areas[zone]
            count = int(rng.poisson(expected))
            seed = int(rng.integers(2**31))
            if count:
                drawn.append(OpacityField(shape, zone, count, seed))
    return tuple(drawn)
