"""De-identification: a foreign file in, a new file out that holds only what the allow-list lets through.

Profile: PS3.15 Annex E Basic Application Level Confidentiality with the options Retain Longitudinal Temporal
Information Modified Dates and Retain Patient Characteristics, tightened to default deny. See docs/deidentification.md.
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import UID

from .charsets import decoded
from .decode import decode_opened
from .elements import Tree
from .emit import Context, code_item, emit, parsed_date
from .flags import Flag
from .gate import Header, Opened, open_image
from .keyed import Keyed, normalized_identity
from .reasons import Reason, Rejected
from .remarks import remarks
from .rules import rules_for
from .syntaxes import DEFAULT_MODALITY, EXPLICIT_LE, MODALITIES, SopKind
from .values import text

IMPLEMENTATION_CLASS_UID = "2.25.204119436172018379215604937411830592611"
IMPLEMENTATION_VERSION_NAME = "PNEUMOSCOPE_1"
METHOD = "Pneumoscope default-deny re-emission, PS3.15 Annex E"
PROFILE_CODES = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    ("113108", "Retain Patient Characteristics Option"),
)
PATIENT_ID, BIRTH_DATE, STUDY_DATE, CHARACTER_SET = 0x00100020, 0x00100030, 0x00080020, 0x00080005
ALWAYS_LOSSY = frozenset({"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81"})


@dataclass(frozen=True, slots=True)
class Deidentified:
    """The new file and what the archive stores about it; every value here is free of the patient's identity.

    `original_sha256` is of the file as it came, `pixel_sha256` of the decoded samples (little-endian, C order).
    Spacings in mm, None when unknown; `study_date` is shifted; `age_years` is capped at 90.
    """

    dataset_bytes: bytes
    original_sha256: str
    pixel_sha256: str
    pseudonym: str
    study_uid: str
    series_uid: str
    sop_uid: str
    sop_class_uid: str
    kind: SopKind
    modality: str
    rows: int
    columns: int
    frames: int
    bits_stored: int
    photometric_interpretation: str
    row_spacing_mm: float | None
    column_spacing_mm: float | None
    spacing_source: str
    slice_thickness_mm: float | None
    study_date: date | None
    sex: str
    age_years: int | None
    view_position: str
    manufacturer: str
    flags: tuple[Flag, ...]

    @property
    def needs_pixel_review(self) -> bool:
        """True if a person must look at the pixels before anyone else may."""
        return Flag.NEEDS_PIXEL_REVIEW in self.flags

    @property
    def simulated(self) -> bool:
        """True if our own simulator made the image."""
        return Flag.SIMULATED in self.flags


def deidentify(*, data: bytes | Path | str, key: bytes) -> Deidentified:
    """De-identify one file under the center's key (at least 16 random bytes); raises Rejected with a reason."""
    opened = open_image(data)
    samples = decode_opened(opened)
    context = _context(opened, Keyed(key))
    dataset = emit(rules_for(opened.header.kind), opened.tree, context)
    _complete(dataset, opened, context)
    _check_gray_values(dataset, opened)
    _add_pixels(dataset, opened.header, samples)
    _add_marks(dataset)
    context.flags |= remarks(dataset, opened)
    return _result(dataset, opened, context, samples, _sha256(data))


def _sha256(data: bytes | Path | str) -> str:
    if isinstance(data, (str, Path)):
        with Path(data).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    return hashlib.sha256(data).hexdigest()


def _context(opened: Opened, keyed: Keyed) -> Context:
    element = opened.tree.get(PATIENT_ID)
    raw = element.value.rstrip(b" \0") if element is not None else b""
    patient_id = normalized_identity(decoded(raw, opened.tree.get(CHARACTER_SET)))
    flags = set() if patient_id else {Flag.MISSING_PATIENT_ID}
    # Without a PatientID two studies cannot be known to be of one person: each study stands for itself.
    identity = f"id:{patient_id}" if patient_id else f"study:{opened.header.study_instance_uid}"
    signed = opened.header.pixels.pixel_representation == 1
    return Context(keyed, identity, signed, opened.syntax.little_endian, flags)


def _complete(dataset: Dataset, opened: Opened, context: Context) -> None:
    """Attributes that the standard demands and that follow from others."""
    header = opened.header
    dataset.Modality = header.modality
    if header.modality not in MODALITIES[header.kind]:
        dataset.Modality = DEFAULT_MODALITY[header.kind]
        context.flags.add(Flag.MODALITY_CORRECTED)
    image_type = [str(value) for value in dataset.get("ImageType") or []]
    first = image_type[0] if image_type[:1] in (["ORIGINAL"], ["DERIVED"]) else "DERIVED"
    second = image_type[1] if image_type[1:2] in (["PRIMARY"], ["SECONDARY"]) else "PRIMARY"
    dataset.ImageType = [first, second, *image_type[2:]]
    if header.kind is SopKind.DX and "PresentationIntentType" not in dataset:
        dataset.PresentationIntentType = (
            "FOR PRESENTATION" if header.sop_class_uid.endswith(".1.1.1") else "FOR PROCESSING"
        )
    if header.kind is SopKind.SECONDARY and "ConversionType" not in dataset:
        dataset.ConversionType = "WSD"
    if not dataset.get("PatientAge"):
        _add_age(dataset, opened.tree)
    _add_compression(dataset, opened)


def _add_age(dataset: Dataset, tree: Tree) -> None:
    """The age in whole years at the study, when the file gives the birth date only."""
    born, studied = (parsed_date(text(tree.get(tag))) for tag in (BIRTH_DATE, STUDY_DATE))
    if born is None or studied is None or not born <= studied:
        return
    years = studied.year - born.year - ((studied.month, studied.day) < (born.month, born.day))
    dataset.PatientAge = f"{min(years, 90):03d}Y"


def _add_compression(dataset: Dataset, opened: Opened) -> None:
    """Lossy compression is remembered although the samples are stored plainly (PS3.3 C.7.6.1.1.5)."""
    method = opened.syntax.lossy_method
    declared = dataset.get("LossyImageCompression")
    if method and (opened.header.transfer_syntax_uid in ALWAYS_LOSSY or declared != "00"):
        packed = opened.source.size - opened.header.location.offset
        dataset.LossyImageCompression = "01"
        dataset.LossyImageCompressionRatio = f"{min(max(opened.header.pixels.size_bytes / packed, 1), 1000):.4g}"
        dataset.LossyImageCompressionMethod = method


def _check_gray_values(dataset: Dataset, opened: Opened) -> None:
    """Refuse what would change gray values without a word."""
    if dataset.get("RescaleSlope") == 0:
        raise Rejected(Reason.INVALID_PIXEL_DESCRIPTION, "RescaleSlope is 0, every pixel would be equal. Export again.")
    source = opened.tree.get(0x00283000)
    if source is not None and source.items and "ModalityLUTSequence" not in dataset:
        raise Rejected(
            Reason.INVALID_PIXEL_DESCRIPTION,
            "The modality lookup table is no monotone table of numbers. Export the image with its values applied.",
        )
    frames = opened.tree.get(0x52009230)
    if frames is not None and frames.items and len(frames.items) != opened.header.pixels.frames:
        raise Rejected(
            Reason.INVALID_PIXEL_DESCRIPTION,
            f"{len(frames.items)} per-frame items came for {opened.header.pixels.frames} frames. Export again.",
        )


def _add_pixels(dataset: Dataset, header: Header, samples: np.ndarray) -> None:
    pixels = header.pixels
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = pixels.photometric_interpretation
    dataset.Rows, dataset.Columns = pixels.rows, pixels.columns
    if pixels.frames > 1 or header.kind is SopKind.ENHANCED_CT:
        dataset.NumberOfFrames = pixels.frames
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = (
        pixels.bits_allocated,
        pixels.bits_stored,
        pixels.bits_stored - 1,
    )
    dataset.PixelRepresentation = pixels.pixel_representation
    raw = samples.tobytes()
    dataset.add_new(0x7FE00010, "OW" if pixels.bits_allocated == 16 else "OB", raw + b"\0" * (len(raw) % 2))


def _add_marks(dataset: Dataset) -> None:
    """How this file was de-identified (PS3.15 E.1.1, PS3.3 C.7.1.1 and C.12.1)."""
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = METHOD
    dataset.DeidentificationMethodCodeSequence = Sequence([code_item("DCM", *code) for code in PROFILE_CODES])
    dataset.LongitudinalTemporalInformationModified = "MODIFIED"


def write_part10(dataset: Dataset) -> bytes:
    """The data set as a DICOM file: zero preamble, file meta of our own, Explicit VR Little Endian (PS3.10 7.1)."""
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = UID(EXPLICIT_LE)
    meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
    dataset.file_meta = meta
    dataset.preamble = b"\0" * 128
    stream = io.BytesIO()
    dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()


def _result(dataset: Dataset, opened: Opened, context: Context, samples: np.ndarray, original: str) -> Deidentified:
    header = opened.header
    shifted = parsed_date(str(dataset.get("StudyDate") or ""))
    age = str(dataset.get("PatientAge") or "")
    thickness = dataset.get("SliceThickness")
    return Deidentified(
        dataset_bytes=write_part10(dataset),
        original_sha256=original,
        pixel_sha256=hashlib.sha256(samples.tobytes()).hexdigest(),
        pseudonym=context.keyed.pseudonym(context.identity),
        study_uid=str(dataset.StudyInstanceUID),
        series_uid=str(dataset.SeriesInstanceUID),
        sop_uid=str(dataset.SOPInstanceUID),
        sop_class_uid=header.sop_class_uid,
        kind=header.kind,
        modality=dataset.Modality,
        rows=header.pixels.rows,
        columns=header.pixels.columns,
        frames=header.pixels.frames,
        bits_stored=header.pixels.bits_stored,
        photometric_interpretation=header.pixels.photometric_interpretation,
        row_spacing_mm=header.spacing.row_mm,
        column_spacing_mm=header.spacing.column_mm,
        spacing_source=header.spacing.source,
        slice_thickness_mm=float(thickness) if thickness is not None else None,
        study_date=shifted,
        sex=str(dataset.get("PatientSex") or ""),
        age_years=int(age[:3]) if age.endswith("Y") else 0 if age else None,
        view_position=str(dataset.get("ViewPosition") or ""),
        manufacturer=str(dataset.get("Manufacturer") or ""),
        flags=tuple(sorted(context.flags)),
    )
