"""Invented identifiers planted wherever a file can hold bytes: none may come out again."""

import base64
import io
import struct
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pydicom
import pytest
from openjpeg.utils import encode_array
from PIL import Image
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from pneumoscope.archive.dicom.deidentify import deidentify, write_part10
from pneumoscope.archive.dicom.display import thumbnail_png
from pneumoscope.archive.dicom.images import radiograph_to_dicom
from pneumoscope.archive.dicom.metadata import dicomweb_metadata
from pneumoscope.archive.dicom.reasons import Rejected
from pneumoscope.archive.dicom.rules import Rule, rules_for
from pneumoscope.archive.dicom.syntaxes import SopKind

KEY = b"key of a center in the tests...."
TOKEN = b"LEAKYNAME77"
JAPANESE = "山田太郎漏洩"

FREE_TEXT = Path(__file__).with_name("leak_keywords.txt").read_text(encoding="utf-8").split()
DATES = [
    "PatientBirthDate",
    "DateOfLastCalibration",
    "LastMenstrualDate",
    "ScheduledProcedureStepStartDate",
    "PerformedProcedureStepStartDate",
    "AdmittingDate",
    "DateOfSecondaryCapture",
    "InstanceCreationDate",
    "StudyDate",
    "SeriesDate",
    "AcquisitionDate",
    "ContentDate",
]

UIDS = [
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "SOPInstanceUID",
    "FrameOfReferenceUID",
    "InstanceCreatorUID",
    "DeviceUID",
    "SynchronizationFrameOfReferenceUID",
    "ConcatenationUID",
    "IrradiationEventUID",
]


def base_file() -> bytes:
    pixels = np.linspace(0, 4095, 48 * 40).reshape(48, 40).astype(np.uint16)
    return radiograph_to_dicom(
        image=pixels, spacing_mm=0.2, patient_id="MRN-1", study_date=date(2019, 3, 4), sex="F", age_years=61
    )


def raw(dataset: Dataset, tag: int, vr: str, value: bytes) -> None:
    value += b" " * (len(value) % 2)
    dataset[Tag(tag)] = RawDataElement(Tag(tag), vr, len(value), value, 0, False, True)


def tag_of(keyword: str) -> int:
    tag = pydicom.datadict.tag_for_keyword(keyword)
    assert tag is not None, keyword
    return tag


def vr_of(keyword: str) -> str:
    return pydicom.datadict.dictionary_VR(tag_of(keyword))[:2]


def forms(token: str) -> set[bytes]:
    """A text in every encoding in which it might survive."""
    encodings = ("utf-8", "utf-16-le", "utf-16-be", "shift_jis", "iso2022_jp", "euc_jp")
    encoded = {token.encode(encoding) for encoding in encodings}
    return encoded | {base64.b64encode(token.encode())[:-4]} | {token.lower().encode(), token.encode()[::-1]}


def leaks(data: bytes, tokens: set[str]) -> set[bytes]:
    """Which forms of the tokens are in what a file becomes: the stored file, its metadata and its thumbnail."""
    result = deidentify(data=data, key=KEY)
    metadata = repr(dicomweb_metadata(result.dataset_bytes, bulk_data_uri="frames/1")).encode()
    remembered = repr([value for name, value in vars_of(result) if name != "dataset_bytes"]).encode()
    everything = result.dataset_bytes + metadata + remembered + thumbnail_png(result.dataset_bytes)
    return {form for token in tokens for form in forms(token) if form in everything}


def vars_of(result) -> list[tuple[str, object]]:
    return [(name, getattr(result, name)) for name in result.__dataclass_fields__]


Planter = Callable[[Dataset], None]


def text_site(keyword: str) -> Planter:
    return lambda dataset: raw(dataset, tag_of(keyword), vr_of(keyword), TOKEN)


def nested_site(outer: str, inner: str, depth: int) -> Planter:
    def change(dataset: Dataset) -> None:
        item = Dataset()
        raw(item, tag_of(inner), vr_of(inner), TOKEN)
        for _ in range(depth - 1):
            holder = Dataset()
            setattr(holder, outer, Sequence([item]))
            item = holder
        existing = list(dataset.get(outer) or [])
        if existing:
            existing[0].update({element.tag: element for element in item})
        else:
            setattr(dataset, outer, Sequence([item]))

    return change


def private_sites() -> dict[str, Planter]:
    def sequence(dataset: Dataset) -> None:
        item = Dataset()
        raw(item, 0x00100010, "PN", TOKEN)
        dataset.add_new(0x00291003, "SQ", Sequence([item]))

    def in_standard_sequence(dataset: Dataset) -> None:
        raw(dataset.ViewCodeSequence[0], 0x00291001, "LO", TOKEN)

    return {
        "private creator": lambda dataset: raw(dataset, 0x00290010, "LO", TOKEN),
        "private text": lambda dataset: raw(dataset, 0x00291001, "LT", TOKEN),
        "private bytes": lambda dataset: raw(dataset, 0x00291002, "OB", TOKEN),
        "private unknown": lambda dataset: raw(dataset, 0x00291002, "UN", TOKEN),
        "private orphan": lambda dataset: raw(dataset, 0x0033AA01, "LO", TOKEN),
        "private sequence": sequence,
        "private in standard sequence": in_standard_sequence,
        "unknown even group": lambda dataset: raw(dataset, 0x00881998, "LO", TOKEN),
    }


def bulk_sites() -> dict[str, Planter]:
    def lut(dataset: Dataset) -> None:
        item = Dataset()
        item.LUTExplanation = TOKEN.decode()
        item.add_new(0x00283002, "US", [16, 0, 16])
        raw(item, 0x00283006, "OW", (TOKEN * 4)[:32])
        dataset.VOILUTSequence = Sequence([item])

    def lut_tail(dataset: Dataset) -> None:
        item = Dataset()
        item.add_new(0x00283002, "US", [16, 0, 16])
        raw(item, 0x00283006, "OW", np.arange(16, dtype="<u2").tobytes() + TOKEN)
        dataset.VOILUTSequence = Sequence([item])

    def icon(dataset: Dataset) -> None:
        item = Dataset()
        raw(item, 0x7FE00010, "OB", TOKEN)
        dataset.IconImageSequence = Sequence([item])

    return {
        "overlay data": lambda dataset: raw(dataset, 0x60003000, "OW", TOKEN),
        "overlay description": lambda dataset: raw(dataset, 0x60000022, "LO", TOKEN),
        "overlay label": lambda dataset: raw(dataset, 0x60021500, "LO", TOKEN),
        "curve data": lambda dataset: raw(dataset, 0x50003000, "OW", TOKEN),
        "curve label": lambda dataset: raw(dataset, 0x50002500, "LO", TOKEN),
        "audio data": lambda dataset: raw(dataset, 0x5000200C, "OW", TOKEN),
        "trailing padding": lambda dataset: raw(dataset, 0xFFFCFFFC, "OB", TOKEN),
        "encapsulated document": lambda dataset: raw(dataset, 0x00420011, "OB", TOKEN),
        "color profile": lambda dataset: raw(dataset, 0x00282000, "OB", TOKEN),
        "palette": lambda dataset: raw(dataset, 0x00281201, "OW", TOKEN),
        "digital signature": lambda dataset: raw(dataset, 0x04000120, "OB", TOKEN),
        "encrypted content": lambda dataset: raw(dataset, 0x04000520, "OB", TOKEN),
        "text in a lookup table": lut,
        "text behind a lookup table": lut_tail,
        "icon": icon,
    }


def nested_sites() -> dict[str, Planter]:
    outers = (
        "AnatomicRegionSequence",
        "ViewCodeSequence",
        "VOILUTSequence",
        "RequestAttributesSequence",
        "OtherPatientIDsSequence",
        "AcquisitionContextSequence",
        "SharedFunctionalGroupsSequence",
        "ContentSequence",
        "OriginalAttributesSequence",
        "DeidentificationMethodCodeSequence",
    )
    inners = ("PatientName", "CodeMeaning", "InstitutionName")
    return {
        f"{inner} {depth} deep in {outer}": nested_site(outer, inner, depth)
        for outer in outers
        for inner in inners
        for depth in (1, 3)
    }


def unknown_vr_sites() -> dict[str, Planter]:
    names = (
        "PatientName",
        "ViewPosition",
        "Manufacturer",
        "WindowCenter",
        "RescaleType",
        "BodyPartExamined",
        "ImageType",
    )
    return {
        f"{name} sent as UN": (lambda dataset, name=name: raw(dataset, tag_of(name), "UN", TOKEN)) for name in names
    }


def allowed_sites() -> dict[str, Planter]:
    """The token in every attribute that the allow-list lets through, under its own VR."""
    # These decide whether the file is an image at all; a text in them is refused at the gate, tested elsewhere.
    required = {"SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"}

    def site(rule: Rule) -> Planter:
        return lambda dataset: raw(dataset, rule.tag, "UN" if rule.vr == "SQ" else rule.vr[:2], TOKEN)

    return {f"allowed {rule.keyword}": site(rule) for rule in rules_for(SopKind.DX) if rule.keyword not in required}


SITES: dict[str, Planter] = (
    {keyword: text_site(keyword) for keyword in FREE_TEXT}
    | nested_sites()
    | private_sites()
    | bulk_sites()
    | unknown_vr_sites()
    | allowed_sites()
)


def planted(change: Planter) -> bytes:
    dataset = pydicom.dcmread(io.BytesIO(base_file()))
    change(dataset)
    return write_part10(dataset)


def test_the_battery_has_at_least_a_hundred_and_fifty_sites():
    assert len(SITES) >= 150


@pytest.mark.parametrize("site", SITES)
def test_a_name_planted_in_one_site_does_not_come_out(site):
    data = planted(SITES[site])
    assert TOKEN in data
    assert not leaks(data, {TOKEN.decode()})


@pytest.mark.parametrize("encoding", ["utf-8", "iso2022_jp", "shift_jis", "utf-16-le"])
def test_a_japanese_name_does_not_come_out_in_any_encoding(encoding):
    encoded = JAPANESE.encode(encoding)

    def change(dataset: Dataset) -> None:
        for keyword in (
            "PatientName",
            "PatientID",
            "StudyDescription",
            "Manufacturer",
            "ViewPosition",
            "ImageComments",
        ):
            raw(dataset, tag_of(keyword), vr_of(keyword), encoded)

    data = planted(change)
    assert encoded in data
    assert not leaks(data, {JAPANESE})


@pytest.mark.parametrize("keyword", DATES)
def test_no_original_date_comes_out(keyword):
    data = planted(lambda dataset: setattr(dataset, keyword, "19770313"))
    assert not leaks(data, {"19770313"})


@pytest.mark.parametrize("keyword", UIDS)
def test_no_original_uid_comes_out(keyword):
    data = planted(lambda dataset: setattr(dataset, keyword, "1.2.392.200036.4711.77"))
    assert not leaks(data, {"1.2.392.200036.4711.77"})


@pytest.mark.parametrize(
    "keyword", ["SeriesNumber", "InstanceNumber", "AcquisitionNumber", "KVP", "WindowWidth", "FocalSpots"]
)
def test_a_number_that_is_an_identifier_does_not_come_out(keyword):
    data = planted(lambda dataset: raw(dataset, tag_of(keyword), vr_of(keyword), b"4801277810"))
    assert not leaks(data, {"4801277810"})


def test_nothing_of_preamble_file_meta_or_trailing_bytes_comes_out():
    dataset = pydicom.dcmread(io.BytesIO(base_file()))
    data = bytearray(write_part10(dataset))
    data[:11] = TOKEN
    meta = b"\x02\x00\x16\x00AE\x0c\x00" + TOKEN + b" " + b"\x02\x00\x02\x01OB\0\0\x0c\0\0\0" + TOKEN + b" "
    start = data.index(b"\x08\x00\x05\x00CS")
    data[start:start] = meta
    data += b"\x00\x00" + TOKEN
    with pytest.raises(Rejected):
        deidentify(data=bytes(data[:start]), key=KEY)
    assert not leaks(bytes(data), {TOKEN.decode()})


def test_a_name_in_place_of_the_character_set_does_not_come_out():
    data = base_file().replace(b"ISO_IR 192", b"LEAKYNAME7", 1)
    assert b"LEAKYNAME7" in data
    assert not leaks(data, {"LEAKYNAME7"})


def encapsulated(dataset: Dataset, frame: bytes, syntax: bytes) -> bytes:
    plain = write_part10(dataset)
    position = plain.rindex(b"\xe0\x7f\x10\x00O")
    old = b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0"
    new = b"\x02\x00\x10\x00UI" + struct.pack("<H", len(syntax)) + syntax
    packed = (
        plain[:position]
        + b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff"
        + encapsulate([frame])
        + b"\xfe\xff\xdd\xe0\0\0\0\0"
    )
    return packed.replace(old, new, 1)


def test_a_comment_in_a_jpeg_does_not_come_out():
    pixels = np.tile(np.arange(40, dtype=np.uint8), (48, 1))
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", comment=TOKEN)
    dataset = pydicom.dcmread(io.BytesIO(base_file()))
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    data = encapsulated(dataset, stream.getvalue(), b"1.2.840.10008.1.2.4.50")
    assert TOKEN in data
    assert not leaks(data, {TOKEN.decode()})


def test_a_comment_in_a_jpeg_2000_codestream_does_not_come_out():
    dataset = pydicom.dcmread(io.BytesIO(base_file()))
    codestream = bytes(encode_array(dataset.pixel_array))
    end_of_size = 4 + int.from_bytes(codestream[4:6], "big")
    comment = b"\xff\x64" + struct.pack(">HH", 4 + len(TOKEN), 1) + TOKEN
    data = encapsulated(
        dataset, codestream[:end_of_size] + comment + codestream[end_of_size:], b"1.2.840.10008.1.2.4.90"
    )
    assert TOKEN in data
    assert not leaks(data, {TOKEN.decode()})


def test_overlay_bits_above_the_samples_do_not_come_out():
    dataset = pydicom.dcmread(io.BytesIO(base_file()))
    dataset.BitsStored, dataset.HighBit = 12, 11
    hidden = np.frombuffer(TOKEN * 200, dtype=np.uint8)[: 48 * 40].reshape(48, 40).astype(np.uint16) << 12
    dataset.PixelData = (dataset.pixel_array | hidden).astype("<u2").tobytes()
    result = deidentify(data=write_part10(dataset), key=KEY)
    stored = np.frombuffer(pydicom.dcmread(io.BytesIO(result.dataset_bytes)).PixelData, dtype="<u2")
    assert stored.max() < 4096


def test_a_refusal_quotes_nothing_of_the_file():
    for keyword in (
        "StudyInstanceUID",
        "PhotometricInterpretation",
        "Rows",
        "NumberOfFrames",
        "SeriesInstanceUID",
        "BitsStored",
    ):
        data = planted(lambda dataset, keyword=keyword: raw(dataset, tag_of(keyword), vr_of(keyword), TOKEN))
        with pytest.raises(Rejected) as caught:
            deidentify(data=data, key=KEY)
        assert TOKEN.decode() not in str(caught.value)


def test_the_shared_headers_full_of_names_come_out_clean(shared_data):
    folder = shared_data / "dicom" / "deid"
    phrases = set((folder / "phi_strings.txt").read_text(encoding="utf-8").split("\n")) - {""}
    assert len(phrases) >= 20
    data = (folder / "headers_full_of_phi.dcm").read_bytes()
    assert sum(phrase.encode() in data for phrase in phrases) >= 20
    result = deidentify(data=data, key=KEY)
    for phrase in phrases:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "iso2022_jp_2", "latin-1"):
            assert phrase.encode(encoding, "ignore") not in result.dataset_bytes or not phrase.encode(
                encoding, "ignore"
            )


def test_the_stored_file_cannot_hide_text_in_a_deflated_form():
    data = planted(lambda dataset: raw(dataset, 0x00204000, "LT", zlib.compress(TOKEN * 10)))
    assert zlib.compress(TOKEN * 10) not in deidentify(data=data, key=KEY).dataset_bytes
