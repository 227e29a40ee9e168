"""From path lengths to log exposure to grey.

Attenuation: effective 65 keV (120 kVp), water 0.20 per cm; lung density 0.26; scatter
fraction 0.45 in the lung behind a grid (Niklason, Sorenson and Nelson, Med Phys 1981).
"""

import numpy as np
from scipy.ndimage import gaussian_filter

from ml.simulate.anatomy import (
    Grid,
    lateral_wall_mm,
    relative_height,
    wall_distances_mm,
)
from ml.simulate.parameters import Anatomy, Device

WATER_PER_MM = 0.020
LUNG_DENSITY = 0.26
TISSUE_DENSITY = 1.05
SCATTER_FRACTION = 0.45
SCATTER_FLOOR = 0.012
LUNG_PATH_MM = 158.0
LUNG_ROUNDING_MM = 62.0
FWHM_PER_SIGMA = 2.3548


def _edge(distance_mm: np.ndarray, softness_mm: float) -> np.ndarray:
    return 1 / (1 + np.exp(np.clip(-distance_mm / softness_mm, -30, 30)))


def lung_fraction(*, anatomy: Anatomy, grid: Grid) -> np.ndarray:
    """Air-bearing share of the full lung path, (h, w) float32, 0 outside the lung."""
    total = np.zeros(grid.shape, np.float32)
    for left in (False, True):
        lateral, medial, diaphragm = wall_distances_mm(anatomy=anatomy, grid=grid, left=left)
        depth = np.clip(lateral / LUNG_ROUNDING_MM, 0, 1)
        rounded = np.sqrt(1 - (1 - depth) ** 2)
        base = 0.5 + 0.5 * np.clip(diaphragm / 30.0, 0, 1)
        apex = np.clip((grid.y_mm - anatomy.apex_y_mm) / 55.0, 0, 1) ** 0.5
        total += rounded * _edge(medial, 1.1) * _edge(diaphragm, 0.9) * base * (0.3 + 0.7 * apex)
    return total


def body_attenuation(*, anatomy: Anatomy, grid: Grid, air: np.ndarray) -> np.ndarray:
    """Log attenuation (h, w) float32 in neper of the soft tissue around and within the lungs."""
    depth = _body_depth_mm(anatomy, grid)
    airways = _airway_mm(anatomy, grid)
    tissue = np.clip(depth - air * LUNG_PATH_MM * (1 - LUNG_DENSITY) - airways, 0, None)
    return (WATER_PER_MM * tissue).astype(np.float32)


def _body_depth_mm(anatomy: Anatomy, grid: Grid) -> np.ndarray:
    """Anteroposterior depth of neck, shoulders, trunk and upper arms."""
    u = np.abs(grid.x_mm - anatomy.midline_x_mm)
    shoulder_y = anatomy.apex_y_mm - 34 + 0.24 * np.clip(u - 48, 0, None) + 0.0009 * np.clip(u - 100, 0, None) ** 2
    shoulder = np.sqrt(np.clip((grid.y_mm - shoulder_y) / 50.0, 0, 1))
    v = relative_height(anatomy=anatomy, y_mm=grid.y_mm)
    trunk_width = lateral_wall_mm(anatomy=anatomy, v=np.clip(v, 0.55, 1)) + 28.0
    trunk = np.sqrt(np.clip((trunk_width - u) / 70.0, 0, 1)) * shoulder
    neck = 0.62 * np.sqrt(np.clip((52.0 - u) / 34.0, 0, 1)) * np.clip((shoulder_y + 60 - grid.y_mm) / 60, 0, 1)
    axilla_y = anatomy.apex_y_mm + 88.0 + 0.05 * (u - 158.0) ** 2
    girdle = 0.74 * shoulder * np.sqrt(np.clip((axilla_y - grid.y_mm) / 50.0, 0, 1)) * np.clip((215.0 - u) / 60.0, 0, 1)
    arm = 0.50 * np.sqrt(np.clip(1 - ((u - 186) / 34.0) ** 2, 0, 1)) * shoulder
    abdomen = 1.0 + 0.10 * np.clip(v - 1.0, 0, 0.4)
    upper = 0.88 + 0.12 * np.clip(v / 0.45, 0, 1)
    return anatomy.body_depth_mm * _smooth_maximum(trunk * abdomen * upper, girdle, neck, arm)


def _smooth_maximum(*parts: np.ndarray) -> np.ndarray:
    """Near the maximum, without a crease where two parts meet."""
    return sum(np.clip(part, 0, None) ** 6 for part in parts) ** (1 / 6)


def _airway_mm(anatomy: Anatomy, grid: Grid) -> np.ndarray:
    """Trachea and main bronchi, and the stomach bubble under the left dome, as missing tissue."""
    carina_y = anatomy.apex_y_mm + 0.34 * anatomy.lung_height_mm
    x = grid.x_mm - anatomy.midline_x_mm
    below = np.clip(grid.y_mm - carina_y, 0, None)
    trachea = _edge(8.0 - np.abs(x), 1.2) * _edge(carina_y + 6 - grid.y_mm, 4.0)
    tubes = sum(_edge(5.5 - np.abs(x - side * below * 0.85), 1.3) for side in (-1, 1))
    bronchi = tubes * _edge(40 - below, 6.0) * np.clip(below / 8, 0, 1)
    dome_y = anatomy.apex_y_mm + anatomy.lung_height_mm + anatomy.left_dome_drop_mm
    bubble = np.clip(1 - ((x - 62) / 24.0) ** 2 - ((grid.y_mm - dome_y - 22) / 13.0) ** 2, 0, 1)
    return 17.0 * trachea + 9.0 * bronchi + 34.0 * np.sqrt(bubble)


def opacity_attenuation(*, thickness_mm: np.ndarray, kappa: float) -> np.ndarray:
    """Change of log exposure (neper, same shape) by extra paths of tissue in the lung, with scatter.

    dL = -ln((1 - S) exp(-dmu t) + S), dmu = mu_water (kappa 1.05 - 0.26).
    """
    extra_per_mm = np.float32(WATER_PER_MM * (kappa * TISSUE_DENSITY - LUNG_DENSITY))
    primary = np.float32(1 - SCATTER_FRACTION) * np.exp(-extra_per_mm * thickness_mm)
    return -np.log(primary + np.float32(SCATTER_FRACTION))


def log_exposure(*, attenuation: np.ndarray) -> np.ndarray:
    """Effective attenuation (neper) behind dense parts, where scatter fills in."""
    return -np.log(np.exp(-attenuation) * np.float32(1 - SCATTER_FLOOR) + np.float32(SCATTER_FLOOR))


def detect(*, exposure: np.ndarray, device: Device, pitch_mm: float, noise_seed: int) -> np.ndarray:
    """Grey values (h, w) float32 0..1, MONOCHROME2: blur, gain, sharpening, noise, limits of the display range."""
    blurred = gaussian_filter(exposure, device.blur_fwhm_mm / FWHM_PER_SIGMA / pitch_mm, truncate=3.0)
    grey = np.float32(device.gain) * (blurred - np.float32(device.offset))
    if device.sharpening:
        grey += np.float32(device.sharpening) * (grey - gaussian_filter(grey, 1.5 / pitch_mm, truncate=3.0))
    rng = np.random.default_rng(noise_seed)
    noise = rng.standard_normal(grey.shape, dtype=np.float32)
    grey += noise * np.float32(device.noise_sd) * np.exp(0.25 * (np.clip(blurred, 0, 5) - 2))
    return np.clip(grey, 0.0, 1.0, out=grey)
