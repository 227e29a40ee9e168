"""Large opacities A, B, C: ellipsoids in the upper zones with an edge roll-off."""

import numpy as np

from ml.simulate.anatomy import Grid, make_grid, zone_masks
from ml.simulate.parameters import Anatomy, LargeOpacity

EDGE_MM = 3.0


def draw_large(*, rng: np.random.Generator, anatomy: Anatomy, size: str) -> tuple[LargeOpacity, ...]:
    """Ellipsoids of one ILO size.

    A: one, longest dimension 15-45 mm. B: two, together over 50 mm but smaller than the right upper zone.
    C: two whose areas together exceed the area of the right upper zone (ILO 2022, section 2C).
    """
    if size == "O":
        return ()
    if size == "A":
        return (
            _ellipsoid(rng, anatomy, side=int(rng.choice((-1, 1))), length_mm=float(rng.uniform(20, 45)), ratio=0.5),
        )
    if size == "B":
        return tuple(
            _ellipsoid(rng, anatomy, side=side, length_mm=float(rng.uniform(34, 48)), ratio=0.45) for side in (-1, 1)
        )
    if size == "C":
        length = 2 * np.sqrt(0.62 * _right_upper_zone_mm2(anatomy) / (np.pi * 0.62))
        return tuple(_ellipsoid(rng, anatomy, side=side, length_mm=float(length), ratio=0.62) for side in (-1, 1))
    raise ValueError(f"Large opacity {size!r} came; expected O, A, B or C.")


def _right_upper_zone_mm2(anatomy: Anatomy) -> float:
    grid = make_grid(height_px=420, width_px=420, pitch_mm=1.0)
    return float(zone_masks(anatomy=anatomy, grid=grid)["RU"].sum())


def _ellipsoid(
    rng: np.random.Generator, anatomy: Anatomy, *, side: int, length_mm: float, ratio: float
) -> LargeOpacity:
    semi = length_mm / 2
    return LargeOpacity(
        x_mm=round(anatomy.midline_x_mm + side * (58.0 + float(rng.uniform(0, 14))), 2),
        y_mm=round(anatomy.apex_y_mm + max(0.24 * anatomy.lung_height_mm, semi * 1.05) + float(rng.uniform(0, 12)), 2),
        semi_major_mm=round(semi, 2),
        semi_minor_mm=round(semi * ratio, 2),
        semi_depth_mm=round(min(semi * ratio, 16.0), 2),
        tilt=round(side * float(rng.uniform(0.0, 0.35)), 3),
    )


def large_thickness_mm(*, large_opacities: tuple[LargeOpacity, ...], grid: Grid) -> np.ndarray:
    """Chord length (h, w) float32 in mm through all ellipsoids, edges rolled off over 3 mm."""
    total = np.zeros(grid.shape, np.float32)
    for item in large_opacities:
        dx, dy = grid.x_mm - item.x_mm, grid.y_mm - item.y_mm
        cos, sin = np.float32(np.cos(item.tilt)), np.float32(np.sin(item.tilt))
        along, across = (dy * cos + dx * sin) / item.semi_major_mm, (dx * cos - dy * sin) / item.semi_minor_mm
        radius = np.sqrt(along**2 + across**2)
        chord = 2 * item.semi_depth_mm * np.clip(1 - radius**2, 0, None) ** 0.8
        edge = np.clip((1 - radius) * item.semi_minor_mm / EDGE_MM, 0, 1)
        total += (chord * edge * edge * (3 - 2 * edge)).astype(np.float32)
    return total
