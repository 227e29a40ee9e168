"""Turn drawn parameters into a film: the same parameters give the same pixels."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.simulate.anatomy import make_grid, zone_masks
from ml.simulate.label import burn_label
from ml.simulate.large import large_thickness_mm
from ml.simulate.opacities import small_opacity_thickness_mm
from ml.simulate.parameters import PatientParameters
from ml.simulate.physics import (
    WATER_PER_MM,
    body_attenuation,
    detect,
    log_exposure,
    lung_fraction,
    opacity_attenuation,
)
from ml.simulate.skeleton import skeleton_attenuation
from ml.simulate.truth import reading_of
from ml.simulate.vessels import vessel_thickness_mm

DEFAULT_SIZE_PX = 1024
FIELD_MM = 368.64
VESSEL_CONTRAST = 2.8


@dataclass(frozen=True)
class Film:
    """A rendered film.

    pixels: (h, w) float32 0..1, MONOCHROME2, word SIMULATED burned in; lung_mask: (h, w) bool;
    thickness_mm: (h, w) float32 path through opacities; reading: canonical ILO reading (truth).
    """

    pixels: np.ndarray
    pitch_mm: float
    lung_mask: np.ndarray
    thickness_mm: np.ndarray
    reading: dict[str, Any]


def render(
    parameters: PatientParameters,
    *,
    size_px: int = DEFAULT_SIZE_PX,
    pitch_mm: float | None = None,
    opacities: bool = True,
) -> Film:
    """Render a square film; pitch defaults to a field of 368.64 mm. `opacities=False` gives the healthy twin."""
    pitch = FIELD_MM / size_px if pitch_mm is None else float(pitch_mm)
    if size_px < 32 or pitch <= 0:
        raise ValueError(f"size_px={size_px}, pitch_mm={pitch} came; expected at least 32 pixels and a positive pitch.")
    anatomy, device, disease = parameters.anatomy, parameters.device, parameters.disease
    grid = make_grid(height_px=size_px, width_px=size_px, pitch_mm=pitch)
    air = lung_fraction(anatomy=anatomy, grid=grid)
    attenuation = body_attenuation(anatomy=anatomy, grid=grid, air=air)
    attenuation += skeleton_attenuation(anatomy=anatomy, grid=grid)
    in_lung = np.clip(air * 2.5, 0, 1)
    attenuation += (
        np.float32(WATER_PER_MM * VESSEL_CONTRAST) * vessel_thickness_mm(anatomy=anatomy, grid=grid) * in_lung
    )
    exposure = log_exposure(attenuation=attenuation)
    thickness = np.zeros(grid.shape, np.float32)
    if opacities:
        thickness = small_opacity_thickness_mm(fields=disease.small_opacities, anatomy=anatomy, grid=grid)
        thickness += large_thickness_mm(large_opacities=disease.large_opacities, grid=grid)
        thickness *= in_lung
    exposure += opacity_attenuation(thickness_mm=thickness, kappa=disease.kappa)
    grey = detect(exposure=exposure, device=device, pitch_mm=pitch, noise_seed=anatomy.noise_seed)
    lungs = np.logical_or.reduce(list(zone_masks(anatomy=anatomy, grid=grid).values()))
    return Film(burn_label(pixels=grey), pitch, lungs, thickness, reading_of(disease=disease))
