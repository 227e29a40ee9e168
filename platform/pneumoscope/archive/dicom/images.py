"""A PNG or JPEG radiograph as DICOM: Digital X-Ray Image Storage, For Presentation (PS3.3 A.26), derived from a file.

The result goes through the same intake as any foreign file. The same image of the same patient and day gets the same
UIDs, so importing a folder twice makes duplicates that the intake recognizes.
"""

import hashlib
import io
import math
import re
import warnings
from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from .deidentify import write_part10
from .emit import code_item
from .reasons import Reason, Rejected
from .spacing import plausible

MAXIMUM_SIDE_PX = 20_000
MAXIMUM_PIXELS = 120_000_000
MAXIMUM_AGE_YEARS = 130
SEXES = frozenset({"M", "F", "O", ""})
SOP_CLASS = "1.2.840.10008.5.1.4.1.1.1.1"
MANUFACTURER = "Pneumoscope import"
PATIENT_ID_PATTERN = re.compile(r"[^\\\x00-\x1f]{1,64}")


def radiograph_to_dicom(
    *,
    image: bytes | Path | str | np.ndarray,
    spacing_mm: float | tuple[float, float],
    patient_id: str,
    study_date: date,
    sex: str = "",
    age_years: int | None = None,
) -> bytes:
    """DICOM bytes of one postero-anterior radiograph, MONOCHROME2, without burned-in text.

    image: PNG or JPEG (path or bytes), or gray values (rows, columns) u1 or u2, 0 = black. spacing_mm: pixel size, or
    (between rows, between columns) when the pixels are not square. Raises Rejected, which says how to repair.
    """
    pixels = _gray(image) if not isinstance(image, np.ndarray) else _checked_array(image)
    spacing = _checked_spacing(spacing_mm)
    _check_labels(patient_id, sex, age_years)
    dataset = Dataset()
    _add_identity(dataset, pixels, patient_id, study_date)
    dataset.PatientSex = sex
    if age_years is not None:
        dataset.PatientAge = f"{age_years:03d}Y"
    dataset.Manufacturer = MANUFACTURER
    _add_acquisition(dataset, spacing)
    _add_pixels(dataset, pixels)
    return write_part10(dataset)


def _gray(image: bytes | Path | str) -> np.ndarray:
    """Gray values (rows, columns) u1 or u2 of an image file; a color file is accepted when its channels are equal."""
    stream = io.BytesIO(image) if isinstance(image, bytes) else image
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(stream, formats=("PNG", "JPEG")) as opened:
                _check_size(opened.height, opened.width)
                opened.load()
                return _channel(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except UnidentifiedImageError:
        raise Rejected(
            Reason.NOT_AN_IMAGE, "The file is neither PNG nor JPEG. Convert it to 16-bit or 8-bit grayscale PNG."
        ) from None
    except FileNotFoundError:
        raise
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, Rejected):
            raise
        raise Rejected(Reason.TRUNCATED, "The image file is damaged or cut. Export it again.") from None


def _too_large() -> Rejected:
    return Rejected(Reason.TOO_LARGE, f"The image has more than {MAXIMUM_PIXELS} pixels. Reduce it.")


def _check_size(rows: int, columns: int) -> None:
    if not 0 < rows <= MAXIMUM_SIDE_PX or not 0 < columns <= MAXIMUM_SIDE_PX or rows * columns > MAXIMUM_PIXELS:
        raise _too_large()


def _channel(opened: Image.Image) -> np.ndarray:
    if opened.mode in ("L", "I;16", "I;16B"):
        return np.asarray(opened).astype(np.uint8 if opened.mode == "L" else np.uint16)
    if opened.mode == "I":
        return _checked_array(np.asarray(opened))
    if opened.mode in ("1", "LA"):
        return np.asarray(opened.convert("L"))
    colors = np.asarray(opened.convert("RGB"))
    if (colors != colors[..., :1]).any():
        raise Rejected(
            Reason.COLOR_IMAGE, "A color image came, a grayscale radiograph was expected. Send the original."
        )
    return colors[..., 0]


def _checked_array(pixels: np.ndarray) -> np.ndarray:
    if pixels.ndim != 2 or pixels.dtype.kind not in "ui" or not pixels.size:
        raise Rejected(
            Reason.INVALID_PIXEL_DESCRIPTION,
            f"An array of shape {pixels.shape} and type {pixels.dtype} came, (rows, columns) of u1 or u2 was expected.",
        )
    _check_size(*pixels.shape)
    if pixels.min() < 0 or pixels.max() > 65535:
        raise Rejected(Reason.INVALID_PIXEL_DESCRIPTION, "Gray values outside 0..65535 came. Scale them to 16 bits.")
    return pixels.astype(np.uint8 if pixels.dtype == np.uint8 else np.uint16)


def _checked_spacing(spacing_mm: float | tuple[float, float]) -> tuple[float, float]:
    pair = spacing_mm if isinstance(spacing_mm, tuple) else (spacing_mm, spacing_mm)
    if len(pair) != 2 or not all(math.isfinite(value) for value in pair) or not plausible(pair):
        raise Rejected(
            Reason.INVALID_SPACING, f"Pixel spacing {pair} mm came, 0.01 to 10 mm was expected. Correct the table."
        )
    return float(pair[0]), float(pair[1])


def _check_labels(patient_id: str, sex: str, age_years: int | None) -> None:
    if not PATIENT_ID_PATTERN.fullmatch(patient_id.strip()):
        raise Rejected(
            Reason.INVALID_LABEL,
            "The patient identifier is empty, longer than 64 or holds a backslash. Correct the table.",
        )
    if sex not in SEXES:
        raise Rejected(Reason.INVALID_LABEL, f"Sex must be one of {sorted(SEXES)}. Correct the table.")
    if age_years is not None and not 0 <= age_years <= MAXIMUM_AGE_YEARS:
        raise Rejected(
            Reason.INVALID_LABEL,
            f"Age {age_years} came, 0 to {MAXIMUM_AGE_YEARS} years was expected. Correct the table.",
        )


def _add_identity(dataset: Dataset, pixels: np.ndarray, patient_id: str, study_date: date) -> None:
    def derived_uid(*parts: str) -> str:
        digest = hashlib.sha256("\0".join(("radiograph", *parts)).encode()).digest()
        return f"2.25.{int.from_bytes(digest[:16], 'big')}"

    day = f"{study_date:%Y%m%d}"
    content = hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = SOP_CLASS
    dataset.StudyInstanceUID = derived_uid(patient_id, day)
    dataset.SeriesInstanceUID = derived_uid(patient_id, day, "series")
    dataset.SOPInstanceUID = derived_uid(patient_id, day, content)
    dataset.PatientID, dataset.PatientName, dataset.PatientBirthDate = patient_id.strip(), "", ""
    dataset.StudyDate = dataset.ContentDate = dataset.AcquisitionDate = day
    dataset.StudyTime = dataset.ContentTime = dataset.AccessionNumber = dataset.ReferringPhysicianName = ""
    dataset.StudyID, dataset.SeriesNumber, dataset.InstanceNumber = "", 1, 1


def _add_acquisition(dataset: Dataset, spacing: tuple[float, float]) -> None:
    dataset.Modality, dataset.PresentationIntentType = "DX", "FOR PRESENTATION"
    dataset.ImageType, dataset.ConversionType = ["DERIVED", "PRIMARY", ""], "WSD"
    dataset.BodyPartExamined, dataset.ViewPosition = "CHEST", "PA"
    dataset.PatientOrientation, dataset.ImageLaterality = ["L", "F"], "U"
    dataset.ImagerPixelSpacing = [f"{value:.10g}" for value in spacing]
    dataset.BurnedInAnnotation, dataset.PositionerType, dataset.DetectorType = "NO", "NONE", "DIRECT"
    dataset.AnatomicRegionSequence = Sequence([code_item("SCT", "51185008", "Chest")])
    dataset.ViewCodeSequence = Sequence([code_item("SCT", "272479007", "postero-anterior")])
    dataset.AcquisitionContextSequence = Sequence([])


def _add_pixels(dataset: Dataset, pixels: np.ndarray) -> None:
    bits = pixels.dtype.itemsize * 8
    top = (1 << bits) - 1
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.PixelRepresentation = 1, "MONOCHROME2", 0
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelIntensityRelationship, dataset.PixelIntensityRelationshipSign = "LOG", -1
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "0", "1", "US"
    dataset.WindowCenter, dataset.WindowWidth = str((top + 1) // 2), str(top + 1)
    dataset.PresentationLUTShape, dataset.LossyImageCompression = "IDENTITY", "00"
    raw = pixels.astype(f"<u{bits // 8}").tobytes()
    dataset.add_new(0x7FE00010, "OW" if bits == 16 else "OB", raw + b"\0" * (len(raw) % 2))
