"""Ribs, clavicles, spine and scapulae as log-attenuation (neper) of soft arcs."""

import numpy as np

from ml.simulate.anatomy import Grid, lateral_wall_mm, relative_height
from ml.simulate.parameters import Anatomy

RIBS = 10


def _band(distance_mm: np.ndarray, half_width_mm: float | np.ndarray) -> np.ndarray:
    """Cross profile of a tubular bone: filled middle with brighter cortical edges, 0..about 1.4."""
    t = np.abs(distance_mm) / half_width_mm
    body = 1.0 / (1.0 + np.exp(np.clip((t - 1.0) * 9.0, -30, 30)))
    return body * (0.62 + 0.75 * np.exp(-(((t - 0.86) / 0.16) ** 2)))


def skeleton_attenuation(*, anatomy: Anatomy, grid: Grid) -> np.ndarray:
    """Extra log attenuation (h, w) float32 in neper."""
    total = np.zeros(grid.shape, np.float32)
    for left in (False, True):
        u = (grid.x_mm - anatomy.midline_x_mm) * (1 if left else -1)
        for rib in range(RIBS):
            _add_posterior_rib(total, anatomy, grid, u, rib)
            if rib < RIBS - 3:
                _add_anterior_rib(total, anatomy, grid, u, rib)
        _add_clavicle(total, anatomy, grid, u)
        _add_scapula(total, anatomy, grid, u)
    _add_spine(total, anatomy, grid)
    return total


def _add_curve(
    total: np.ndarray, grid: Grid, center_y: np.ndarray, strength: np.ndarray, half_width_mm: float, slope: np.ndarray
) -> None:
    """Add a band around y = center_y(x), only on the rows it can touch; width measured across the slope."""
    seen = strength[0] > 1e-3
    if not seen.any():
        return
    cosine = 1 / np.sqrt(1 + np.clip(slope, -2.5, 2.5) ** 2)
    reach = 1.8 * half_width_mm / cosine[0, seen].min()
    low = np.searchsorted(grid.y_mm[:, 0], center_y[0, seen].min() - reach)
    high = np.searchsorted(grid.y_mm[:, 0], center_y[0, seen].max() + reach)
    columns = np.flatnonzero(seen)
    span = slice(columns[0], columns[-1] + 1)
    distance = (grid.y_mm[low:high] - center_y[:, span]) * cosine[:, span]
    total[low:high, span] += (strength[:, span] * _band(distance, half_width_mm)).astype(np.float32)


def _fade(u: np.ndarray, start: float, stop: float, width: float = 5.0) -> np.ndarray:
    rise = 1 / (1 + np.exp(np.clip(-(u - start) / width * 4, -40, 40)))
    fall = 1 / (1 + np.exp(np.clip((u - stop) / width * 4, -40, 40)))
    return rise * fall


def _wall_at(anatomy: Anatomy, y_mm: float) -> float:
    v = np.asarray(relative_height(anatomy=anatomy, y_mm=np.asarray(y_mm)))
    return float(lateral_wall_mm(anatomy=anatomy, v=v)) + 4.0


def _add_posterior_rib(total: np.ndarray, anatomy: Anatomy, grid: Grid, u: np.ndarray, rib: int) -> None:
    start_y = anatomy.apex_y_mm - 2 + rib * anatomy.rib_pitch_mm * (0.80 + 0.012 * rib)
    wall = _wall_at(anatomy, start_y + 24)
    steep = anatomy.rib_slope + 0.022 * rib
    t = np.clip(u, 0, None) / wall
    center = start_y - 7 * np.sin(np.clip(t * 2.2, 0, np.pi)) + steep * wall * t**2.3
    slope = np.gradient(center[0], grid.pitch_mm)[None, :]
    _add_curve(total, grid, center, 0.20 * _fade(u, 20, wall - 2, 4), 5.0 + 0.15 * rib, slope)


def _add_anterior_rib(total: np.ndarray, anatomy: Anatomy, grid: Grid, u: np.ndarray, rib: int) -> None:
    """From the wall down to the costochondral junction, where the rib fades into cartilage."""
    start_y = anatomy.apex_y_mm - 2 + rib * anatomy.rib_pitch_mm * (0.80 + 0.012 * rib)
    wall = _wall_at(anatomy, start_y + 24)
    steep = anatomy.rib_slope + 0.022 * rib
    lateral_y = start_y + steep * wall
    t = np.clip((wall - u) / wall, 0, 1)
    center = lateral_y + (0.52 + 0.03 * rib) * wall * t * (1 - 0.42 * t)
    slope = np.gradient(center[0], grid.pitch_mm)[None, :]
    _add_curve(total, grid, center, 0.12 * _fade(u, 52 + 3 * rib, wall - 1, 16), 6.2, slope)


def _add_clavicle(total: np.ndarray, anatomy: Anatomy, grid: Grid, u: np.ndarray) -> None:
    t = np.clip((u - 16) / 130, 0, 1)
    center = anatomy.apex_y_mm + 26 - 33 * t**0.85 + 7 * np.sin(2 * np.pi * t)
    slope = np.gradient(center[0], grid.pitch_mm)[None, :]
    _add_curve(total, grid, center, 0.30 * _fade(u, 17, 145, 5), 6.0, slope)


def _add_scapula(total: np.ndarray, anatomy: Anatomy, grid: Grid, u: np.ndarray) -> None:
    """Medial border of the shoulder blade beside the upper lung, and the humeral head."""
    top, height = anatomy.apex_y_mm + 10, 120.0
    border = anatomy.half_width_mm - 4 + 0.0016 * (grid.y_mm - top - 0.7 * height) ** 2
    rows = np.clip((grid.y_mm - top) / 12, 0, 1) * np.clip((top + height - grid.y_mm) / 25, 0, 1)
    blade = rows / (1 + np.exp(np.clip(-(u - border) / 1.6, -40, 40))) * np.exp(-np.clip(u - border, 0, None) / 22)
    head = np.sqrt((u - 168) ** 2 + (grid.y_mm - anatomy.apex_y_mm - 28) ** 2)
    total += (0.20 * blade + 0.45 * _band(head, 24.0)).astype(np.float32)


def _add_spine(total: np.ndarray, anatomy: Anatomy, grid: Grid) -> None:
    x = np.abs(grid.x_mm - anatomy.midline_x_mm)
    column = 1 / (1 + np.exp(np.clip((x - 19) / 1.8, -40, 40)))
    phase = (grid.y_mm % 24.0) / 24.0
    plates = 0.72 + 0.28 * (1 / (1 + np.exp(-(np.abs(phase - 0.5) * 2 - 0.16) * 22)))
    pedicles = np.exp(-(((x - 13) / 3.0) ** 2)) * np.exp(-(((phase - 0.72) / 0.13) ** 2))
    total += (0.34 * column * plates + 0.16 * pedicles).astype(np.float32)
