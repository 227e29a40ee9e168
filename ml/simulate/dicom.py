"""Write a simulated film as DICOM: Digital X-Ray Image Storage, For Presentation (PS3.3 A.26).

Every file says SIMULATED in the pixels, in ImageType (DERIVED), in its descriptions and in a private tag.
"""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian

from ml.simulate.draw import draw_patient
from ml.simulate.identity import invent_identity, seeded_uid
from ml.simulate.parameters import Device, PatientParameters
from ml.simulate.render import DEFAULT_SIZE_PX, Film, render

PRIVATE_CREATOR = "PNEUMOSCOPE SIMULATOR"
IMPLEMENTATION_UID = UID("2.25.261354119384736012358473010248375912347")
DEFAULT_STUDY_DATE = "20250115"


@dataclass(frozen=True)
class SimulatedFilm:
    """A DICOM file with its truth: bytes, canonical ILO reading, and the parameters that replay it."""

    dicom: bytes
    reading: dict[str, Any]
    parameters: PatientParameters


def simulate_film(
    *,
    seed: int,
    center_device: str | Device = "alpha",
    size_px: int = DEFAULT_SIZE_PX,
    study_date: str = DEFAULT_STUDY_DATE,
    **wishes: Any,
) -> SimulatedFilm:
    """Draw, render and write one film; the same arguments give the same bytes.

    wishes: as in `draw_patient` (profusion, primary, secondary, tier, pattern, large).
    """
    parameters = draw_patient(seed, device=center_device, **wishes)
    film = render(parameters, size_px=size_px)
    return SimulatedFilm(
        film_to_dicom(film=film, parameters=parameters, study_date=study_date), film.reading, parameters
    )


def film_to_dicom(*, film: Film, parameters: PatientParameters, study_date: str = DEFAULT_STUDY_DATE) -> bytes:
    """DICOM file of a rendered film; study_date as YYYYMMDD."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    meta.MediaStorageSOPInstanceUID = seeded_uid(seed=parameters.seed, level=3)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    _add_identity(dataset, parameters.seed, study_date)
    _add_acquisition(dataset, parameters.device)
    _add_marks(dataset)
    _add_pixels(dataset, film, parameters.device)
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def _add_identity(dataset: Dataset, seed: int, study_date: str) -> None:
    person = invent_identity(seed=seed)
    dataset.SOPClassUID = DigitalXRayImageStorageForPresentation
    dataset.SOPInstanceUID = seeded_uid(seed=seed, level=3)
    dataset.StudyInstanceUID = seeded_uid(seed=seed, level=1)
    dataset.SeriesInstanceUID = seeded_uid(seed=seed, level=2)
    dataset.PatientName, dataset.PatientID = person.name, person.patient_id
    dataset.PatientBirthDate, dataset.PatientSex = person.birth_date, person.sex
    dataset.AccessionNumber, dataset.StudyID = person.accession_number, "1"
    dataset.ReferringPhysicianName = "Invented^Referrer"
    dataset.InstitutionName = "Invented Hospital of the Simulator"
    dataset.InstitutionAddress = "1 Nowhere Street"
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = study_date
    dataset.StudyTime = dataset.SeriesTime = dataset.AcquisitionTime = dataset.ContentTime = "090000"
    dataset.SeriesNumber = dataset.InstanceNumber = "1"


def _add_acquisition(dataset: Dataset, device: Device) -> None:
    dataset.Modality = "DX"
    dataset.Manufacturer = "Pneumoscope simulator"
    dataset.ManufacturerModelName = f"simulated detector {device.name}"
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.BodyPartExamined, dataset.ViewPosition = "CHEST", "PA"
    dataset.PatientOrientation = ["L", "F"]
    dataset.ImageLaterality = "U"
    dataset.KVP = "120"
    dataset.DetectorType = "DIRECT"
    dataset.AnatomicRegionSequence = Sequence([_code("51185008", "Thorax")])
    dataset.ViewCodeSequence = Sequence([_code("272479007", "Postero-anterior projection")])
    dataset.AcquisitionContextSequence = Sequence([])


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "SCT", meaning
    return item


def _add_marks(dataset: Dataset) -> None:
    dataset.ImageType = ["DERIVED", "PRIMARY", ""]
    dataset.StudyDescription = "SIMULATED chest radiograph"
    dataset.SeriesDescription = "SIMULATED PA chest"
    dataset.DerivationDescription = "SIMULATED by software; no patient, no X-ray"
    dataset.BurnedInAnnotation = "NO"
    block = dataset.private_block(0x0009, PRIVATE_CREATOR, create=True)
    block.add_new(0x01, "CS", "SIMULATED")


def _add_pixels(dataset: Dataset, film: Film, device: Device) -> None:
    top = 2**device.bits - 1
    stored = np.round(film.pixels * top).astype(np.uint16)
    if device.monochrome1:
        stored = (top - stored).astype(np.uint16)
    dataset.Rows, dataset.Columns = stored.shape
    dataset.SamplesPerPixel, dataset.PixelRepresentation = 1, 0
    dataset.PhotometricInterpretation = "MONOCHROME1" if device.monochrome1 else "MONOCHROME2"
    dataset.PresentationLUTShape = "INVERSE" if device.monochrome1 else "IDENTITY"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, device.bits, device.bits - 1
    dataset.PixelIntensityRelationship = "LOG"
    dataset.PixelIntensityRelationshipSign = 1 if device.monochrome1 else -1
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "0", "1", "US"
    dataset.WindowCenter, dataset.WindowWidth = str((top + 1) // 2), str(top + 1)
    dataset.LossyImageCompression = "00"
    spacing = f"{film.pitch_mm:.6g}"
    dataset.ImagerPixelSpacing = [spacing, spacing]
    dataset.PixelData = stored.astype("<u2").tobytes()
    dataset["PixelData"].VR = "OW"
