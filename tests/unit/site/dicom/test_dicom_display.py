"""Gray values on the screen follow the standard's order; frames and metadata are found without parsing."""

import io

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.sequence import Sequence

from pneumoscope.archive.dicom.deidentify import deidentify
from pneumoscope.archive.dicom.display import display_rendition, thumbnail_png, windowed
from pneumoscope.archive.dicom.metadata import dicomweb_metadata, frame_offsets
from pneumoscope.archive.dicom.reasons import Reason, Rejected

KEY = b"key of a center in the tests...."


def stored(data) -> pydicom.Dataset:
    return pydicom.dcmread(io.BytesIO(deidentify(data=data, key=KEY).dataset_bytes))


def test_linear_window_matches_the_formula_of_the_standard():
    # PS3.3 C.11.2.1.2.1, its own example: center 2048, width 4096, output 0 to 255.
    values = np.array([-1, 0, 1, 2047, 2048, 4094, 4095, 4096], np.float32)
    expected = np.clip(((values - 2047.5) / 4095 + 0.5) * 255, 0, 255)
    assert np.allclose(windowed(values, 2048, 4096, "LINEAR") * 255, expected, atol=1e-3)


def test_width_one_is_a_threshold():
    assert windowed(np.array([99.0, 99.6, 101.0]), 100, 1, "LINEAR").tolist() == [0, 1, 1]


def test_sigmoid_is_half_at_its_center():
    assert windowed(np.array([-1e9, 40.0, 1e9]), 40, 400, "SIGMOID").tolist() == pytest.approx([0, 0.5, 1])


def test_monochrome1_is_inverted_once(edited):
    plain = display_rendition(stored(edited()))
    for shape in ("INVERSE", "IDENTITY"):
        inverted = display_rendition(
            stored(edited(PhotometricInterpretation="MONOCHROME1", PresentationLUTShape=shape))
        )
        assert (inverted == 255 - plain).all()


def test_rescale_comes_before_the_window(edited):
    plain = display_rendition(stored(edited(WindowCenter="1000", WindowWidth="2000")))
    shifted = display_rendition(
        stored(edited(WindowCenter="0", WindowWidth="2000", RescaleIntercept="-1000", RescaleSlope="1"))
    )
    assert (plain == shifted).all()


def test_without_a_window_the_full_range_is_shown(edited):
    rendition = display_rendition(stored(edited(WindowCenter=None, WindowWidth=None)), bits=16)
    assert (rendition.min(), rendition.max(), rendition.dtype) == (0, 65535, np.uint16)


def test_a_constant_image_does_not_divide_by_zero(edited, radiograph):
    constant = edited(WindowCenter=None, WindowWidth=None, PixelData=np.zeros_like(radiograph).tobytes())
    assert display_rendition(stored(constant)).max() == 0


def test_a_lookup_table_wins_over_a_window(edited):
    item = pydicom.Dataset()
    item.add_new(0x00283002, "US", [2, 30000, 8])
    item.add_new(0x00283006, "OW", np.array([0, 255], "<u2").tobytes())
    dataset = stored(edited(VOILUTSequence=Sequence([item])))
    assert set(np.unique(display_rendition(dataset))) == {0, 255}


@pytest.mark.parametrize(
    "name", ["native_explicit_le_12in16_mono2", "voi_lut_sequence_sigmoid", "multi_window", "bitsstored10_highbit9"]
)
def test_renditions_agree_with_pydicom(shared_data, name):
    path = shared_data / "dicom" / "conformance" / f"{name}.dcm"
    source = pydicom.dcmread(path)
    modality = apply_modality_lut(source.pixel_array, source).astype(source.pixel_array.dtype)
    theirs = apply_voi_lut(modality, source).astype(float)
    top = (1 << source.BitsStored) - 1
    if "VOILUTSequence" in source:
        bits = source.VOILUTSequence[0].LUTDescriptor[2]
        top = (1 << bits) - 1
    ours = display_rendition(stored(path), bits=16)[0] / 65535
    assert np.abs(ours - theirs / top).max() <= 1.5 / top


def test_a_thumbnail_has_square_pixels(edited):
    data = thumbnail_png(deidentify(data=edited(ImagerPixelSpacing=[0.4, 0.2]), key=KEY).dataset_bytes, 64)
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "L"
        assert image.size == (round(64 * 40 / 96), 64)


def test_frames_lie_where_their_offsets_say(edited, radiograph):
    frames = [radiograph, radiograph[::-1]]
    data = edited(NumberOfFrames=2, PixelData=b"".join(frame.tobytes() for frame in frames))
    result = deidentify(data=data, key=KEY)
    for (offset, length), frame in zip(frame_offsets(result.dataset_bytes), frames, strict=True):
        assert result.dataset_bytes[offset : offset + length] == frame.tobytes()


def test_frame_offsets_want_a_stored_file(shared_data):
    data = (shared_data / "dicom" / "conformance" / "jpegls_lossless.dcm").read_bytes()
    with pytest.raises(Rejected) as caught:
        frame_offsets(data)
    assert caught.value.reason is Reason.NO_PIXEL_DATA


def test_metadata_name_the_pixels_instead_of_holding_them(dx_bytes):
    answer = dicomweb_metadata(deidentify(data=dx_bytes, key=KEY).dataset_bytes, bulk_data_uri="../bulk/1")
    assert answer["7FE00010"] == {"vr": "OW", "BulkDataURI": "../bulk/1"}
    assert answer["00280010"]["Value"] == [48]
    assert answer["00100020"]["Value"] == [deidentify(data=dx_bytes, key=KEY).pseudonym]
    assert "00020010" not in answer


def test_metadata_read_back_to_the_same_data_set(dx_bytes):
    dataset = stored(dx_bytes)
    answer = dicomweb_metadata(dataset, bulk_data_uri="x")
    again = pydicom.Dataset.from_json(answer, lambda *_: dataset.PixelData)
    assert again == pydicom.Dataset({element.tag: element for element in dataset})
