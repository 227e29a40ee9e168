"""Outlines of the schematic chest: lung walls, mediastinum, diaphragm domes, six zones.

All curves are functions of mm in the patient's frame, so any pixel pitch gives the same chest.
"""

from dataclasses import dataclass

import numpy as np

from ml.simulate.parameters import Anatomy
from ml.simulate.scale import ZONES


@dataclass(frozen=True)
class Grid:
    """Pixel centers in mm: x (1, w) from the film's middle, y (h, 1) from its top edge, float32."""

    x_mm: np.ndarray
    y_mm: np.ndarray
    pitch_mm: float

    @property
    def shape(self) -> tuple[int, int]:
        return self.y_mm.shape[0], self.x_mm.shape[1]


def make_grid(*, height_px: int, width_px: int, pitch_mm: float) -> Grid:
    x_mm = (np.arange(width_px, dtype=np.float32) + 0.5 - width_px / 2) * np.float32(pitch_mm)
    y_mm = (np.arange(height_px, dtype=np.float32) + 0.5) * np.float32(pitch_mm)
    return Grid(x_mm[None, :], y_mm[:, None], pitch_mm)


def relative_height(*, anatomy: Anatomy, y_mm: np.ndarray) -> np.ndarray:
    """0 at the lung apex, 1 at the right dome."""
    return (y_mm - anatomy.apex_y_mm) / anatomy.lung_height_mm


def lateral_wall_mm(*, anatomy: Anatomy, v: np.ndarray) -> np.ndarray:
    """Distance of the inner chest wall from the midline at relative height v."""
    arc = np.sqrt(np.clip(1.0 - (1.0 - np.clip(v, 0.0, 1.0) * 0.98) ** 2, 0.0, 1.0))
    spread = anatomy.half_width_mm - 40.0
    return np.where(v < 0, 40.0 + 60.0 * v, 40.0 + spread * arc**0.9 + 2.0 * np.clip(v - 1.0, 0.0, 1.0))


def _bump(v: np.ndarray, center: float, width: float) -> np.ndarray:
    return np.exp(-(((v - center) / width) ** 2))


def medial_wall_mm(*, anatomy: Anatomy, v: np.ndarray, left: bool) -> np.ndarray:
    """Distance of the mediastinal border from the midline: aortic knob, hilum, heart."""
    apex = 19.0 * np.clip(1.0 - v / 0.24, 0.0, 1.3) ** 1.7
    if left:
        knob = 13.0 * _bump(v, 0.26, 0.07)
        pulmonary_trunk = 7.0 * _bump(v, 0.43, 0.08)
        ventricle = (anatomy.heart_left_mm - 24.0) / (1.0 + np.exp(-(v - 0.66) / 0.075))
        heart = ventricle * (1.0 - 0.5 * np.clip((v - 0.84) / 0.3, 0.0, 1.0) ** 2)
        return 23.0 + apex + knob + pulmonary_trunk + heart
    heart = (anatomy.heart_right_mm - 24.0) * _bump(v, 0.80, 0.22)
    return 23.0 + apex + 3.0 * _bump(v, 0.42, 0.1) + heart


def dome_y_mm(*, anatomy: Anatomy, u_mm: np.ndarray, left: bool) -> np.ndarray:
    """Height of the hemidiaphragm in mm from the film's top at distance u from the midline."""
    top = anatomy.apex_y_mm + anatomy.lung_height_mm + (anatomy.left_dome_drop_mm if left else 0.0)
    crest = 0.47 * anatomy.half_width_mm
    lateral = np.clip((u_mm - crest) / (anatomy.half_width_mm - crest), 0.0, None)
    medial = np.clip((crest - u_mm) / crest, 0.0, None)
    return top + 34.0 * lateral**2.6 + 9.0 * medial**2


def wall_distances_mm(*, anatomy: Anatomy, grid: Grid, left: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Signed distances (h, w) in mm to chest wall, mediastinum and diaphragm; positive inside the lung."""
    u = (grid.x_mm - anatomy.midline_x_mm) * (1 if left else -1)
    v = relative_height(anatomy=anatomy, y_mm=grid.y_mm)
    lateral = lateral_wall_mm(anatomy=anatomy, v=v) - u
    medial = u - medial_wall_mm(anatomy=anatomy, v=v, left=left)
    diaphragm = dome_y_mm(anatomy=anatomy, u_mm=u, left=left) - grid.y_mm
    return lateral.astype(np.float32), medial.astype(np.float32), diaphragm.astype(np.float32)


def zone_masks(*, anatomy: Anatomy, grid: Grid) -> dict[str, np.ndarray]:
    """Six boolean masks (h, w): thirds of the height from apex to dome, right and left (ILO 2022, section 2B)."""
    masks: dict[str, np.ndarray] = {}
    for side, left in (("R", False), ("L", True)):
        lung = np.minimum.reduce(np.broadcast_arrays(*wall_distances_mm(anatomy=anatomy, grid=grid, left=left))) > 0
        dome = anatomy.apex_y_mm + anatomy.lung_height_mm + (anatomy.left_dome_drop_mm if left else 0.0)
        third = (grid.y_mm - anatomy.apex_y_mm) / (dome - anatomy.apex_y_mm) * 3
        lung &= third >= 0
        for name, band in (("U", third < 1), ("M", (third >= 1) & (third < 2)), ("L", third >= 2)):
            masks[side + name] = lung & band
    return {zone: masks[zone] for zone in ZONES}
