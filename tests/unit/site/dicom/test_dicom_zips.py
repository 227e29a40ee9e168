"""Archives are read member by member and refused when they are built to harm."""

import io
import stat
import zipfile

import pytest

from pneumoscope.archive.dicom.limits import MIB
from pneumoscope.archive.dicom.reasons import Reason, Rejected
from pneumoscope.archive.dicom.zips import ZIP_LIMITS, ZipLimits, iterate_zip


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    stream.seek(0)
    return stream


def read_all(archive, limits: ZipLimits = ZIP_LIMITS) -> None:
    for member in iterate_zip(archive, limits=limits):
        if member.stream:
            member.stream.read()


def refused(archive, **limits) -> Rejected:
    with pytest.raises(Rejected) as caught:
        read_all(archive, ZipLimits(**limits))
    return caught.value


def test_members_are_streamed_in_order():
    members = {"a/1.dcm": b"one", "a/2.dcm": b"two" * 10_000, "empty.dcm": b""}
    found = [(member.name, member.stream.read()) for member in iterate_zip(packed(members)) if member.stream]
    assert found == list(members.items())


@pytest.mark.parametrize("name", ["../evil.dcm", "/etc/passwd", "a/../../b", "..\\evil.dcm", "C:/windows/x", "C:\\x"])
def test_a_path_that_leaves_the_archive_is_refused_without_repeating_it(name):
    error = refused(packed({"good.dcm": b"x", name: b"x"}))
    assert error.reason is Reason.ZIP_UNSAFE
    assert name not in error.detail


def test_a_symbolic_link_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("link.dcm")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(stream).reason is Reason.ZIP_UNSAFE


def test_an_encrypted_archive_is_refused():
    data = bytearray(packed({"a.dcm": b"secret"}, zipfile.ZIP_STORED).getvalue())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    assert refused(io.BytesIO(bytes(data))).reason is Reason.ZIP_ENCRYPTED


def test_too_many_members_are_refused():
    assert refused(packed({f"{number}.dcm": b"" for number in range(11)}), members=10).reason is Reason.ZIP_TOO_LARGE


def test_a_bomb_is_refused_before_it_unpacks():
    error = refused(packed({"bomb.dcm": b"\0" * (40 * MIB)}))
    assert error.reason is Reason.ZIP_TOO_LARGE
    assert "promise" in error.detail


def test_a_directory_that_lies_about_sizes_is_found_while_reading():
    data = bytearray(packed({"liar.dcm": b"\0" * 1000}).getvalue())
    position = data.index(b"PK\x01\x02")
    data[position + 24 : position + 28] = (10).to_bytes(4, "little")
    assert refused(io.BytesIO(bytes(data))).reason in (Reason.ZIP_UNSAFE, Reason.ZIP_DAMAGED)


def test_nested_archives_and_dicomdir_are_named_and_skipped():
    inner = packed({"x.dcm": b"x"}).getvalue()
    members = {
        "inner.zip": inner,
        "hidden.dcm": inner,
        "DICOMDIR": b"DICM",
        "good.dcm": b"x",
        "__MACOSX/._good.dcm": b"x",
        ".DS_Store": b"x",
    }
    found = {
        member.name: member.rejected.reason if member.rejected else None for member in iterate_zip(packed(members))
    }
    assert found == {
        "inner.zip": Reason.NESTED_ARCHIVE,
        "hidden.dcm": Reason.NESTED_ARCHIVE,
        "DICOMDIR": Reason.DICOMDIR,
        "good.dcm": None,
    }


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not really", b"no zip at all"])
def test_what_is_no_archive_is_refused(data):
    assert refused(io.BytesIO(data)).reason is Reason.ZIP_DAMAGED


def test_every_damage_of_an_archive_is_refused_or_harmless():
    data = packed({"a.dcm": bytes(range(256)) * 8, "b.dcm": b"y" * 500}).getvalue()
    reasons = []
    for position in range(0, len(data), 3):
        damaged = bytearray(data)
        damaged[position] ^= 0xFF
        try:
            read_all(io.BytesIO(bytes(damaged)))
        except Rejected as error:
            reasons.append(error.reason)
    assert reasons
    assert set(reasons) <= set(Reason)
