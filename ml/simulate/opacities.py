"""Small opacities as path length through extra tissue, in mm.

Rounded p, q, r are spheres (chord 2 sqrt(r^2 - rho^2)); irregular s, t, u are
curved tapered strokes. Path lengths add, so the exponential is taken only once.
"""

import numpy as np

from ml.simulate.anatomy import Grid, make_grid, zone_masks
from ml.simulate.parameters import Anatomy, OpacityField
from ml.simulate.scale import LENGTH_LOG_SD, LENGTH_PER_WIDTH, ROUNDED, SIZES
from ml.simulate.strokes import STEP_MM, Strokes, paint

GEOMETRY_PITCH_MM = 0.5
HEADING_SD = 0.10
CHUNK_SAMPLES = 4_000_000


def small_opacity_thickness_mm(*, fields: tuple[OpacityField, ...], anatomy: Anatomy, grid: Grid) -> np.ndarray:
    """Path length (h, w) float32 in mm through all small opacities."""
    total = np.zeros(grid.shape, np.float32)
    if not fields:
        return total
    half_mm = max(grid.shape[1] * grid.pitch_mm, 420.0)
    pixels = int(half_mm / GEOMETRY_PITCH_MM)
    zones_grid = make_grid(height_px=pixels, width_px=pixels, pitch_mm=GEOMETRY_PITCH_MM)
    masks = zone_masks(anatomy=anatomy, grid=zones_grid)
    flat = np.zeros(grid.shape[0] * grid.shape[1], np.float64)
    strokes = []
    for item in fields:
        rng = np.random.default_rng(item.seed)
        x_mm, y_mm = _positions(rng, masks[item.zone], zones_grid, item.count)
        size_mm = SIZES[item.shape].quantile(probability=rng.random(item.count))
        if item.shape in ROUNDED:
            add_spheres(flat=flat, grid=grid, x_mm=x_mm, y_mm=y_mm, diameter_mm=size_mm)
        else:
            strokes.append(_curves(rng, x_mm, y_mm, size_mm))
    total += flat.reshape(grid.shape).astype(np.float32)
    for part in strokes:
        total += paint(strokes=part, grid=grid)
    return total


def _positions(rng: np.random.Generator, mask: np.ndarray, grid: Grid, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Uniform positions in mm inside a zone, any real number, not tied to pixel centers."""
    rows, columns = np.nonzero(mask)
    chosen = rng.integers(rows.size, size=count)
    jitter = rng.random((2, count)) - 0.5
    x_mm = grid.x_mm[0, columns[chosen]] + jitter[0] * grid.pitch_mm
    y_mm = grid.y_mm[rows[chosen], 0] + jitter[1] * grid.pitch_mm
    return x_mm.astype(np.float64), y_mm.astype(np.float64)


def add_spheres(*, flat: np.ndarray, grid: Grid, x_mm: np.ndarray, y_mm: np.ndarray, diameter_mm: np.ndarray) -> None:
    """Add sphere chords in mm to the flattened image, integrated over sub-pixels.

    Small spheres span few pixels, so each pixel averages up to 4 x 4 sub-pixels;
    without that a 1 mm opacity would change by a quarter with its position.
    """
    radius_px = diameter_mm / 2 / grid.pitch_mm
    reach = np.ceil(radius_px + 0.5).astype(int)
    for size in np.unique(reach):
        members = np.flatnonzero(reach == size)
        sub = int(np.clip(np.ceil(12 / size), 1, 4))
        chunk = max(1, CHUNK_SAMPLES // ((2 * int(size) + 1) ** 2 * sub * sub))
        for start in range(0, members.size, chunk):
            chosen = members[start : start + chunk]
            spheres = np.stack([x_mm[chosen], y_mm[chosen], diameter_mm[chosen] / 2])
            _stamp(flat, grid, spheres, int(size), sub)


def _stamp(flat: np.ndarray, grid: Grid, spheres: np.ndarray, reach: int, sub: int) -> None:
    """Add spheres, rows x, y, radius in mm, each on (2 reach + 1) squared pixels of sub squared samples."""
    x_mm, y_mm, radius_mm = spheres
    height, width = grid.shape
    column = x_mm / grid.pitch_mm + width / 2 - 0.5
    row = y_mm / grid.pitch_mm - 0.5
    nearest_column, nearest_row = np.round(column).astype(np.int64), np.round(row).astype(np.int64)
    offsets = np.arange(-reach, reach + 1)
    inner = (np.arange(sub) + 0.5) / sub - 0.5
    fine = (offsets[:, None] + inner[None, :]).ravel()
    dx2 = ((fine[None, :] + (nearest_column - column)[:, None]) * grid.pitch_mm) ** 2
    dy2 = ((fine[None, :] + (nearest_row - row)[:, None]) * grid.pitch_mm) ** 2
    square = (radius_mm**2)[:, None, None] - dy2[:, :, None] - dx2[:, None, :]
    chord = 2 * np.sqrt(np.clip(square, 0, None, out=square), out=square)
    side = offsets.size
    stamp = chord.reshape(-1, side, sub, side, sub).mean(axis=(2, 4))
    rows = nearest_row[:, None, None] + offsets[None, :, None]
    columns = nearest_column[:, None, None] + offsets[None, None, :]
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    index = (rows * width + columns)[inside]
    flat += np.bincount(index, stamp[inside], minlength=flat.size)


def _curves(rng: np.random.Generator, x_mm: np.ndarray, y_mm: np.ndarray, width_mm: np.ndarray) -> Strokes:
    """Random-walk strokes: length about nine widths, depth one to three widths (a septum seen edge-on is deep)."""
    count = x_mm.size
    length = width_mm * np.exp(rng.normal(np.log(LENGTH_PER_WIDTH), LENGTH_LOG_SD, count))
    depth = width_mm * rng.uniform(1, 3, count)
    steps = max(2, int(np.ceil(length.max() / STEP_MM)))
    turns = rng.normal(0, HEADING_SD, (count, steps))
    heading = rng.uniform(0, 2 * np.pi, count)[:, None] + np.cumsum(turns, axis=1)
    along = (np.arange(steps) + 0.5)[None, :] * STEP_MM / length[:, None]
    alive = along < 1
    taper = np.sqrt(np.sin(np.pi * np.clip(along, 0, 1)))
    px = x_mm[:, None] + np.cumsum(np.cos(heading) * STEP_MM, axis=1) - np.cos(heading[:, :1]) * length[:, None] / 2
    py = y_mm[:, None] + np.cumsum(np.sin(heading) * STEP_MM, axis=1) - np.sin(heading[:, :1]) * length[:, None] / 2
    widths = np.broadcast_to(width_mm[:, None], alive.shape)
    return Strokes(px[alive], py[alive], widths[alive], (depth[:, None] * taper)[alive])
