"""Classical lung fields on a frontal film: thresholds around Otsu, morphology, two components, quality gates."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from skimage.filters import threshold_otsu

ZONES = ("RU", "RM", "RL", "LU", "LM", "LL")
WORKING_PITCH_MM = 2.0
AREA_RANGE_CM2 = (60.0, 700.0)
AREA_RATIO = (0.4, 2.5)
CLOSING_MM = 12.0
LOCAL_MM = 45.0
LOCAL_SHARES = tuple(np.round(np.arange(0.5, 1.0, 0.05), 2))
# Otsu also counts the air beside the body; a thin chest wall is kept only by a lower level.
LEVEL_SHARES = tuple(np.round(np.arange(0.5, 1.21, 0.05), 2))


@dataclass(frozen=True)
class LungField:
    """mask: (h, w) bool, both lungs; right, left: (h, w) bool, patient's sides; problems: failed gates in words."""

    right: np.ndarray
    left: np.ndarray
    problems: tuple[str, ...]

    @property
    def mask(self) -> np.ndarray:
        return self.right | self.left


def find_lungs(*, pixels: np.ndarray, pitch_mm: float) -> LungField:
    """Lungs of (h, w) float32 0..1 MONOCHROME2 pixels with square pitch in mm.

    The patient's right lung is expected at the image's left. Failed gates are
    reported in `problems`; the masks are then empty or doubtful.
    """
    factor = min(1.0, pitch_mm / WORKING_PITCH_MM)
    small = ndimage.zoom(ndimage.gaussian_filter(pixels, 0.5 / factor), factor, order=1) if factor < 1 else pixels
    pitch = pitch_mm * pixels.shape[0] / small.shape[0]
    smooth = ndimage.gaussian_filter(small, 3.0 / pitch)
    otsu = float(threshold_otsu(smooth))
    relative = smooth / (ndimage.gaussian_filter(smooth, LOCAL_MM / pitch) + 0.05)
    tries = [_halves(_dark_inside(smooth, otsu * share, pitch)) for share in LEVEL_SHARES]
    tries += [_halves(_dark_inside(relative, share, pitch)) for share in LOCAL_SHARES]
    largest = AREA_RANGE_CM2[1] * 100 / pitch**2
    right, left = (_closed(_largest([pair[side] for pair in tries], largest), pitch) for side in (0, 1))
    left &= ~right
    return LungField(_resize(right, pixels.shape), _resize(left, pixels.shape), _problems(right, left, pitch))


def _largest(masks: list[np.ndarray], limit_px: float) -> np.ndarray:
    """The largest candidate over all levels that is not larger than a lung can be."""
    return max(masks, key=lambda mask: float(mask.sum()) if mask.sum() <= limit_px else 0.0)


def _dark_inside(smooth: np.ndarray, level: float, pitch: float) -> np.ndarray:
    """Dark regions that do not touch the border: air outside the body is dark as well."""
    dark = ndimage.binary_opening(smooth < level, _disk(4.0 / pitch))
    labels, count = ndimage.label(dark)
    if not count:
        return dark
    border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    return dark & ~np.isin(labels, border[border > 0])


def _disk(radius: float) -> np.ndarray:
    reach = max(1, round(radius))
    offset = np.arange(-reach, reach + 1)
    return offset[:, None] ** 2 + offset[None, :] ** 2 <= reach**2


def _halves(inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The largest component of each half of the image, patient's right first."""
    labels, count = ndimage.label(inside)
    found = [np.zeros_like(inside), np.zeros_like(inside)]
    if count:
        index = np.arange(1, count + 1)
        sizes = ndimage.sum_labels(inside, labels, index)
        centers = np.array(ndimage.center_of_mass(inside, labels, index))[:, 1]
        for side, members in enumerate((centers <= inside.shape[1] / 2, centers > inside.shape[1] / 2)):
            if members.any():
                found[side] = labels == index[members][np.argmax(sizes[members])]
    return found[0], found[1]


def _closed(mask: np.ndarray, pitch: float) -> np.ndarray:
    """Vessels and ribs closed over."""
    pad = int(CLOSING_MM / pitch) + 1
    closed = ndimage.binary_closing(np.pad(mask, pad), _disk(CLOSING_MM / pitch))[pad:-pad, pad:-pad]
    return ndimage.binary_fill_holes(closed)


def _resize(mask: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if mask.shape == shape:
        return mask
    rows = np.minimum((np.arange(shape[0]) + 0.5) * mask.shape[0] / shape[0], mask.shape[0] - 1)
    columns = np.minimum((np.arange(shape[1]) + 0.5) * mask.shape[1] / shape[1], mask.shape[1] - 1)
    grid = np.meshgrid(rows - 0.5, columns - 0.5, indexing="ij")
    return ndimage.map_coordinates(mask.astype(np.float32), grid, order=1, mode="nearest") > 0.5


def _problems(right: np.ndarray, left: np.ndarray, pitch: float) -> tuple[str, ...]:
    areas = [float(mask.sum()) * pitch**2 / 100 for mask in (right, left)]
    problems = [
        f"{side} lung area {area:.0f} cm2 outside {AREA_RANGE_CM2[0]:.0f}-{AREA_RANGE_CM2[1]:.0f} cm2"
        for side, area in zip(("right", "left"), areas, strict=True)
        if not AREA_RANGE_CM2[0] <= area <= AREA_RANGE_CM2[1]
    ]
    if min(areas) > 0 and not AREA_RATIO[0] <= areas[0] / areas[1] <= AREA_RATIO[1]:
        problems.append(f"right to left area ratio {areas[0] / areas[1]:.2f} outside {AREA_RATIO[0]}-{AREA_RATIO[1]}")
    return tuple(problems)


def six_zones(*, lungs: LungField) -> dict[str, np.ndarray]:
    """Thirds of each lung's height as boolean masks (h, w) (ILO 2022, section 2B)."""
    zones: dict[str, np.ndarray] = {}
    for side, mask in (("R", lungs.right), ("L", lungs.left)):
        rows = np.flatnonzero(mask.any(axis=1))
        edges = np.linspace(rows[0], rows[-1] + 1, 4) if rows.size else np.zeros(4)
        row = np.arange(mask.shape[0])[:, None]
        for name, top, bottom in zip("UML", edges[:-1], edges[1:], strict=True):
            zones[side + name] = mask & (row >= top) & (row < bottom)
    return {zone: zones[zone] for zone in ZONES}


def soft_mask(*, mask: np.ndarray, pitch_mm: float, dilation_mm: float = 3.0, feather_mm: float = 3.0) -> np.ndarray:
    """Mask (h, w) float32 0..1, dilated and feathered: a hard mask adds edges in every wavelet band."""
    outside = ndimage.distance_transform_edt(~mask).astype(np.float32) * np.float32(pitch_mm)
    return np.clip(1 - (outside - dilation_mm) / feather_mm, 0, 1).astype(np.float32)
