"""Decoding happens in a child that may crash, hang or eat memory without harm."""

import io
import os
import signal

import jpeg_ls
import numpy as np
import pydicom
import pytest
from openjpeg.utils import encode_array
from pydicom.encaps import encapsulate

from pneumoscope.archive.dicom import decode as decoding
from pneumoscope.archive.dicom.decode import DecodeServer, decode
from pneumoscope.archive.dicom.deidentify import write_part10
from pneumoscope.archive.dicom.reasons import Reason, Rejected

JPEG_LS_UID = b"1.2.840.10008.1.2.4.80"
JPEG_2000_UID = b"1.2.840.10008.1.2.4.90"


def compressed(data: bytes, frames: list[bytes], syntax: bytes) -> bytes:
    """The base file with encapsulated pixel data under another transfer syntax."""
    plain = write_part10(pydicom.dcmread(io.BytesIO(data)))
    position = plain.index(b"\xe0\x7f\x10\x00OW")
    old = b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0"
    new = b"\x02\x00\x10\x00UI" + len(syntax).to_bytes(2, "little") + syntax
    return (plain[:position] + b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff" + encapsulate(frames)).replace(old, new, 1) + (
        b"\xfe\xff\xdd\xe0\0\0\0\0"
    )


def signed_file(edited, samples: np.ndarray, bits: int) -> bytes:
    raw = samples.astype("<i2").tobytes()
    return edited(PixelRepresentation=1, BitsStored=bits, HighBit=bits - 1, PixelData=raw)


def test_native_samples_keep_their_values(dx_bytes, radiograph):
    assert (decode(dx_bytes)[0] == radiograph).all()


@pytest.mark.parametrize("bits", [12, 13, 16])
def test_signed_samples_keep_sign_and_value(edited, bits):
    limit = 1 << bits - 1
    samples = np.linspace(-limit, limit - 1, 48 * 40).astype(np.int16).reshape(48, 40)
    decoded = decode(signed_file(edited, samples, bits))
    assert decoded.dtype == np.int16
    assert (decoded[0] == samples).all()


def test_bits_beyond_bits_stored_are_not_samples(edited, radiograph):
    samples = radiograph >> 4
    dirty = (samples | 0xA000).astype("<u2")
    assert (decode(edited(BitsStored=12, HighBit=11, PixelData=dirty.tobytes()))[0] == samples).all()


def test_signed_jpeg_ls_keeps_sign_and_value(edited):
    samples = np.linspace(-2048, 2047, 48 * 40).astype(np.int16).reshape(48, 40)
    packed = jpeg_ls.encode_array((samples.astype(np.int32) & 0xFFF).astype(np.uint16))
    data = compressed(signed_file(edited, samples, 12), [bytes(packed)], JPEG_LS_UID)
    assert (decode(data)[0] == samples).all()


def test_frames_follow_each_other(edited, radiograph):
    frames = [bytes(encode_array(radiograph)), bytes(encode_array(radiograph[::-1].copy()))]
    data = compressed(edited(NumberOfFrames=2, PixelData=radiograph.tobytes() * 2), frames, JPEG_2000_UID)
    decoded = decode(data)
    assert (decoded[0] == radiograph).all()
    assert (decoded[1] == radiograph[::-1]).all()


def test_missing_frames_are_counted(edited, radiograph):
    data = compressed(edited(NumberOfFrames=3), [bytes(encode_array(radiograph))] * 2, JPEG_2000_UID)
    with pytest.raises(Rejected, match="NumberOfFrames is 3"):
        decode(data)


def test_native_length_must_match_exactly(edited, radiograph):
    for wrong in (radiograph.tobytes()[:-2], radiograph.tobytes() + b"\0\0"):
        with pytest.raises(Rejected) as caught:
            decode(edited(PixelData=wrong))
        assert caught.value.reason is Reason.PIXEL_LENGTH_MISMATCH


def test_samples_larger_than_declared_are_refused(edited, radiograph):
    data = compressed(edited(BitsStored=12, HighBit=11), [bytes(encode_array(radiograph))], JPEG_2000_UID)
    with pytest.raises(Rejected, match="cannot be decoded"):
        decode(data)


def test_damaged_codestream_is_refused(dx_bytes, radiograph):
    packed = bytearray(encode_array(radiograph))
    packed[60:-2] = b"\x55" * (len(packed) - 62)
    with pytest.raises(Rejected) as caught:
        decode(compressed(dx_bytes, [bytes(packed)], JPEG_2000_UID))
    assert caught.value.reason in (Reason.UNDECODABLE_PIXELS, Reason.PIXEL_LENGTH_MISMATCH)


def test_a_decoder_that_exceeds_its_memory_is_stopped(monkeypatch, dx_bytes, radiograph):
    data = compressed(dx_bytes, [bytes(encode_array(radiograph))], JPEG_2000_UID)
    job = decoding._job
    monkeypatch.setattr(decoding, "_job", lambda *arguments: job(*arguments) | {"memory_bytes": 4096})
    with pytest.raises(Rejected) as caught:
        decode(data)
    assert caught.value.reason in (Reason.DECODER_LIMIT, Reason.UNDECODABLE_PIXELS)


def test_a_decoder_that_hangs_is_stopped(monkeypatch, dx_bytes, radiograph):
    data = compressed(dx_bytes, [bytes(encode_array(radiograph))], JPEG_2000_UID)
    job = decoding._job
    monkeypatch.setattr(decoding, "_job", lambda *arguments: job(*arguments) | {"wall_s": 0.000_001})
    with pytest.raises(Rejected) as caught:
        decode(data)
    assert caught.value.reason is Reason.DECODER_LIMIT


def test_a_codestream_that_aborts_its_decoder_harms_nobody(shared_data, monkeypatch, dx_bytes, radiograph):
    monkeypatch.setattr(decoding, "check_codestream", lambda *_, **__: None)
    for _ in range(3):
        with pytest.raises(Rejected) as caught:
            decode(shared_data / "dicom" / "malformed" / "jpegls_header_65535.dcm")
        assert caught.value.reason in (Reason.UNDECODABLE_PIXELS, Reason.DECODER_LIMIT)
    packed = bytes(encode_array(radiograph))
    assert (decode(compressed(dx_bytes, [packed], JPEG_2000_UID))[0] == radiograph).all()


def test_a_forked_process_gets_a_server_of_its_own(dx_bytes, radiograph):
    data = compressed(dx_bytes, [bytes(encode_array(radiograph))], JPEG_2000_UID)
    decode(data)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if (decode(data)[0] == radiograph).all() else 1
            decoding.SERVER.close()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (decode(data)[0] == radiograph).all()


def test_a_dead_server_is_replaced(dx_bytes, radiograph):
    data = compressed(dx_bytes, [bytes(encode_array(radiograph))], JPEG_2000_UID)
    assert (decode(data)[0] == radiograph).all()
    process = decoding.SERVER._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert (decode(data)[0] == radiograph).all()


def test_the_child_inherits_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for the child")
    server = DecodeServer()
    try:
        process = server._alive()
        with open(f"/proc/{process.pid}/environ", "rb") as stream:
            assert b"not for the child" not in stream.read()
    finally:
        server.close()
