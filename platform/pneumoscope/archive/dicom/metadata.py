"""What WADO-RS answers from: DICOM JSON without the pixels (PS3.18 F.2) and where each stored frame lies."""

import io
from typing import Any

import pydicom
from pydicom.dataset import Dataset

from .elements import Scanner
from .gate import META_START
from .reasons import Reason, Rejected

PIXEL_DATA_KEY = "7FE00010"


def dicomweb_metadata(dataset: Dataset | bytes, *, bulk_data_uri: str) -> dict[str, Any]:
    """DICOM JSON of a stored file; the pixel data are named by `bulk_data_uri`, lookup tables are inline."""
    if isinstance(dataset, bytes):
        dataset = pydicom.dcmread(io.BytesIO(dataset), stop_before_pixels=True)
    bare = Dataset()
    bare.update({element.tag: element for element in dataset if element.tag != 0x7FE00010})
    answer: dict[str, Any] = bare.to_json_dict()
    vr = "OW" if dataset.BitsAllocated == 16 else "OB"
    answer[PIXEL_DATA_KEY] = {"vr": vr, "BulkDataURI": bulk_data_uri}
    return dict(sorted(answer.items()))


def frame_offsets(stored: bytes) -> list[tuple[int, int]]:
    """(offset, length) in bytes of each frame of a file stored by `deidentify`: native, Explicit VR Little Endian."""
    meta = Scanner(stored, META_START, len(stored), False, True, stop_after_group=0x0002)
    meta.scan()
    scanner = Scanner(stored, meta.position, len(stored), False, True)
    tree = scanner.scan()
    if scanner.pixels is None or scanner.pixels.length is None:
        raise Rejected(
            Reason.NO_PIXEL_DATA, "A stored file with native pixel data was expected. Store it through deidentify."
        )
    rows, columns, bits = (int.from_bytes(tree[tag].value, "little") for tag in (0x00280010, 0x00280011, 0x00280100))
    frames = int(tree[0x00280008].value) if 0x00280008 in tree else 1
    length = rows * columns * bits // 8
    return [(scanner.pixels.offset + number * length, length) for number in range(frames)]
