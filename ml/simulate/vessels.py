"""Pulmonary vessels (branching strokes from the hila), end-on vessels, and nipple shadows."""

from dataclasses import dataclass

import numpy as np

from ml.simulate.anatomy import Grid
from ml.simulate.parameters import Anatomy
from ml.simulate.strokes import Strokes, paint

STEP_MM = 0.8
MAIN_BRANCHES = 11
GENERATIONS = 4


def vessel_thickness_mm(*, anatomy: Anatomy, grid: Grid) -> np.ndarray:
    """Path length (h, w) float32 in mm through the vessel trees of both lungs."""
    rng = np.random.default_rng(anatomy.vessel_seed)
    points: list[np.ndarray] = []
    for side in (-1, 1):
        hilum_x = anatomy.midline_x_mm + side * 33.0
        hilum_y = anatomy.apex_y_mm + (0.47 if side < 0 else 0.43) * anatomy.lung_height_mm
        for angle in np.linspace(-1.35, 1.30, MAIN_BRANCHES) + rng.normal(0, 0.07, MAIN_BRANCHES):
            width = rng.uniform(3.2, 6.0)
            _grow(rng, points, Branch(hilum_x, hilum_y + 13 * angle, angle, side, width))
    _end_on_vessels(rng, points, anatomy)
    if anatomy.nipples:
        _nipples(points, anatomy)
    x, y, width, thickness = np.concatenate(points, axis=1)
    return paint(strokes=Strokes(x, y, width, thickness, STEP_MM), grid=grid)


@dataclass(frozen=True)
class Branch:
    """Where a vessel starts: mm, heading in radians from the horizontal, side -1 right or 1 left, width in mm."""

    x_mm: float
    y_mm: float
    heading: float
    side: int
    width_mm: float
    generation: int = 0


def _grow(rng: np.random.Generator, points: list[np.ndarray], branch: Branch) -> None:
    """One branch, then two thinner ones from its end."""
    steps = int(rng.uniform(17, 30) * 0.88**branch.generation / STEP_MM)
    headings = branch.heading + np.cumsum(rng.normal(0, 0.05, steps))
    x = branch.x_mm + np.cumsum(branch.side * np.cos(headings)) * STEP_MM
    y = branch.y_mm + np.cumsum(np.sin(headings)) * STEP_MM
    widths = np.linspace(branch.width_mm, branch.width_mm * 0.8, steps)
    points.append(np.stack([x, y, widths, 0.95 * widths]))
    if branch.generation >= GENERATIONS or branch.width_mm <= 0.9:
        return
    spread = rng.uniform(0.18, 0.5, 2)
    for turn in (-spread[0], spread[1]):
        width = branch.width_mm * rng.uniform(0.58, 0.76)
        heading = float(headings[-1] + turn)
        _grow(rng, points, Branch(float(x[-1]), float(y[-1]), heading, branch.side, width, branch.generation + 1))


def _end_on_vessels(rng: np.random.Generator, points: list[np.ndarray], anatomy: Anatomy) -> None:
    """Vessels seen end-on near the hila: round densities that are not disease."""
    count = int(rng.poisson(6))
    side = rng.choice((-1, 1), count)
    x = anatomy.midline_x_mm + side * rng.uniform(32, 62, count)
    y = anatomy.apex_y_mm + anatomy.lung_height_mm * rng.uniform(0.32, 0.62, count)
    width = rng.uniform(2.0, 4.2, count)
    _dots(points, x, y, width, thickness=4.5 * width)


def _nipples(points: list[np.ndarray], anatomy: Anatomy) -> None:
    x = anatomy.midline_x_mm + np.array([-88.0, 88.0])
    y = np.full(2, anatomy.apex_y_mm + 0.80 * anatomy.lung_height_mm)
    width = np.full(2, 9.0)
    _dots(points, x, y, width, thickness=np.full(2, 6.0))


def _dots(points: list[np.ndarray], x: np.ndarray, y: np.ndarray, width: np.ndarray, *, thickness: np.ndarray) -> None:
    """Single stroke points; the factor turns a line's mass per step into a spot of the wished peak."""
    sigma = width / 2.3548
    points.append(np.stack([x, y, width, thickness * np.sqrt(2 * np.pi) * sigma / STEP_MM]))
