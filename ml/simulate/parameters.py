"""What is drawn before anything is rendered; every class survives a JSON round trip."""

import json
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

from ml.simulate.scale import PROFUSION_LEVELS, SIZES, ZONES

TIERS = MappingProxyType({"subtle": 2.0, "moderate": 4.0, "marked": 7.0})
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Device:
    """How a center's detector turns exposure into grey.

    gain: grey per neper; offset: log exposure (neper) shown as black;
    blur_fwhm_mm: detector and focus; sharpening: unsharp amount; noise_sd: grey.
    """

    name: str
    gain: float = 0.33
    offset: float = 1.15
    blur_fwhm_mm: float = 0.30
    sharpening: float = 0.0
    noise_sd: float = 0.004
    bits: int = 12
    monochrome1: bool = False


DEVICES = MappingProxyType(
    {
        "alpha": Device("alpha"),
        "beta": Device("beta", gain=0.29, offset=0.95, blur_fwhm_mm=0.45, sharpening=0.5, noise_sd=0.006),
        "gamma": Device("gamma", gain=0.37, offset=1.30, blur_fwhm_mm=0.60, noise_sd=0.008, bits=10),
        "delta": Device("delta", gain=0.31, offset=1.05, sharpening=0.3, noise_sd=0.003, monochrome1=True),
    }
)


@dataclass(frozen=True)
class Anatomy:
    """Schematic chest in mm; x from the midline (patient's left positive), y from the film's top edge."""

    apex_y_mm: float
    lung_height_mm: float
    half_width_mm: float
    midline_x_mm: float
    heart_left_mm: float
    heart_right_mm: float
    left_dome_drop_mm: float
    body_depth_mm: float
    rib_pitch_mm: float
    rib_slope: float
    vessel_seed: int
    noise_seed: int
    nipples: bool


@dataclass(frozen=True)
class OpacityField:
    """A Poisson number of small opacities of one shape in one zone; positions follow from the seed."""

    shape: str
    zone: str
    count: int
    seed: int


@dataclass(frozen=True)
class LargeOpacity:
    """An ellipsoid: center and semi-axes in mm, tilt in radians, depth semi-axis in mm."""

    x_mm: float
    y_mm: float
    semi_major_mm: float
    semi_minor_mm: float
    semi_depth_mm: float
    tilt: float


@dataclass(frozen=True)
class Disease:
    """Parenchymal truth: shapes, profusion level 0..11 overall and by zone, large opacities O, A, B, C."""

    profusion: int
    primary: str
    secondary: str
    kappa: float
    zone_levels: dict[str, int]
    small_opacities: tuple[OpacityField, ...] = ()
    large: str = "O"
    large_opacities: tuple[LargeOpacity, ...] = ()


class ParametersError(ValueError):
    """Raised when a parameter file does not describe a simulated patient."""


@dataclass(frozen=True)
class PatientParameters:
    """All that `render` needs; `to_json` and `from_json` are inverse to each other."""

    seed: int
    anatomy: Anatomy
    device: Device
    disease: Disease
    schema_version: int = field(default=SCHEMA_VERSION)

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "PatientParameters":
        try:
            data = json.loads(text)
            return _from_dict(data)
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ParametersError(
                f"These are not simulator parameters ({error}); pass the text that PatientParameters.to_json wrote."
            ) from error


def _from_dict(data: dict[str, Any]) -> PatientParameters:
    if data["schema_version"] != SCHEMA_VERSION:
        raise ParametersError(
            f"Parameter schema {data['schema_version']} came, {SCHEMA_VERSION} was expected; draw the patient again."
        )
    disease = dict(data["disease"])
    disease["small_opacities"] = tuple(OpacityField(**item) for item in disease["small_opacities"])
    disease["large_opacities"] = tuple(LargeOpacity(**item) for item in disease["large_opacities"])
    parameters = PatientParameters(
        data["seed"], Anatomy(**data["anatomy"]), Device(**data["device"]), Disease(**disease)
    )
    _check_disease(parameters.disease)
    return parameters


def _check_disease(disease: Disease) -> None:
    shapes = {disease.primary, disease.secondary, *(item.shape for item in disease.small_opacities)}
    zones = {*disease.zone_levels, *(item.zone for item in disease.small_opacities)}
    if shapes - set(SIZES) or zones - set(ZONES) or not 0 <= disease.profusion < len(PROFUSION_LEVELS):
        raise ParametersError(
            f"Shapes {sorted(shapes)}, zones {sorted(zones)}, profusion {disease.profusion} came; "
            f"expected shapes from {sorted(SIZES)}, zones from {ZONES}, profusion 0..11."
        )
    if disease.large not in ("O", "A", "B", "C"):
        raise ParametersError(f"Large opacity {disease.large!r} came; expected O, A, B or C.")
