"""Folders of DICOM files and tables of PNG/JPEG radiographs, through the same intake as every other door."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from ..dicom.images import radiograph_to_dicom
from ..dicom.reasons import Reason, Rejected
from ..models import Upload, UploadItem
from .intake import receive_file, refuse_file

REQUIRED_COLUMNS = frozenset({"file", "patient_id", "study_date"})
SPACING_COLUMNS = ("px_mm_y", "px_mm_x")
DESCRIBING_COLUMNS = REQUIRED_COLUMNS | {"spacing_mm", *SPACING_COLUMNS, "sex", "age"}


class TableUnusable(ValueError):
    """The table lacks columns without which no row can be imported."""

    def __init__(self, found: list[str], missing: list[str]) -> None:
        super().__init__(
            f"The table has the columns {found}; missing: {missing}. Name them in its first line, separated by commas."
        )


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV (UTF-8, with or without BOM), values stripped. Raises TableUnusable."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        columns = list(reader.fieldnames or [])
        missing = sorted(REQUIRED_COLUMNS - set(columns))
        if "spacing_mm" not in columns and not set(SPACING_COLUMNS) <= set(columns):
            missing.append("spacing_mm (or px_mm_x and px_mm_y)")
        if missing:
            raise TableUnusable(columns, missing)
        return [{name: (row[name] or "").strip() for name in columns} for row in reader]


def import_radiograph(*, upload: Upload, row: dict[str, str], images: Path, now: datetime) -> list[UploadItem]:
    """One row of the table as DICOM DX; columns that do not describe the image are kept as truth, as given."""
    truth = {name: value for name, value in row.items() if name not in DESCRIBING_COLUMNS and value}
    try:
        film = _as_dicom(row, images)
    except Rejected as refusal:
        return [refuse_file(upload=upload, name=row["file"], refusal=refusal)]
    return receive_file(upload=upload, stream=io.BytesIO(film), name=row["file"], now=now, truth=truth or None)


def import_folder(*, upload: Upload, folder: Path, now: datetime) -> Iterator[tuple[Path, UploadItem]]:
    """Every file below `folder` in the order of its path; symbolic links are not followed."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        with path.open("rb") as stream:
            for item in receive_file(upload=upload, stream=stream, name=path.name, now=now):
                yield path, item


def _as_dicom(row: dict[str, str], images: Path) -> bytes:
    return radiograph_to_dicom(
        image=_image_path(row["file"], images),
        spacing_mm=_spacing(row),
        patient_id=row["patient_id"],
        study_date=_study_date(row["study_date"]),
        sex=row.get("sex", "").upper(),
        age_years=_age(row.get("age", "")),
    )


def _image_path(name: str, images: Path) -> Path:
    path = (images / name).resolve()
    if not name or not path.is_relative_to(images.resolve()) or not path.is_file():
        raise Rejected(Reason.NOT_AN_IMAGE, "No such file below the folder of images. Correct the column 'file'.")
    return path


def _spacing(row: dict[str, str]) -> tuple[float, float]:
    """(between rows, between columns) in mm: px_mm_y is the height of a pixel, px_mm_x its width."""
    one = row.get("spacing_mm", "")
    try:
        return (float(one), float(one)) if one else (float(row["px_mm_y"]), float(row["px_mm_x"]))
    except (KeyError, ValueError):
        raise Rejected(
            Reason.INVALID_SPACING, "The spacing is no number. Give spacing_mm, or px_mm_x and px_mm_y, such as 0.139."
        ) from None


def _study_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Rejected(Reason.INVALID_LABEL, "The study date is no date. Write it as 2026-01-31.") from None


def _age(text: str) -> int | None:
    if text and not text.isdecimal():
        raise Rejected(Reason.INVALID_LABEL, "The age is no whole number of years. Correct it or leave it empty.")
    return int(text) if text else None
