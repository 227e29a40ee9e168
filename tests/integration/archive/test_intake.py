"""Files through the upload door: accepted, duplicate, quarantined or refused, and nothing in between."""

import io
import zipfile

import pydicom
import pytest
from django.test import Client
from django.urls import reverse
from factories import NOW, make_center, make_person, make_user

from pneumoscope.archive.models import Instance, Upload, UploadItem, ViewingGrant
from pneumoscope.archive.services import intake
from pneumoscope.common import blobs
from pneumoscope.common.models import Blob
from pneumoscope.common.permissions import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(scope="module")
def film_bytes() -> bytes:
    from ml.simulate import simulate_film

    return simulate_film(seed=11, size_px=256, profusion="1/1").dicom


@pytest.fixture
def upload() -> Upload:
    center = make_center()
    return intake.open_upload(center=center, actor=make_person(Role.COORDINATOR, center), door="browser", now=NOW)


def receive(upload: Upload, data: bytes, name: str = "film.dcm") -> list[UploadItem]:
    return intake.receive_file(upload=upload, stream=io.BytesIO(data), name=name, now=NOW)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_simulated_film_is_accepted_and_stored_without_its_names(upload, film_bytes):
    (item,) = receive(upload, film_bytes, "Yamada^Taro.dcm")
    assert (item.state, item.name) == ("accepted", "file-00001.dcm")
    original, stored = pydicom.dcmread(io.BytesIO(film_bytes)), blobs.read(item.instance.blob_id)
    assert str(original.PatientID).encode() not in stored
    assert str(original.StudyInstanceUID).encode() not in stored
    assert item.instance.is_simulated


def test_same_film_twice_is_a_duplicate(upload, film_bytes):
    states = [receive(upload, film_bytes)[0].state for _ in range(2)]
    assert states == ["accepted", "duplicate"]
    assert Instance.objects.count() == 1


def test_same_film_in_two_centers_gets_two_pseudonyms_and_tells_neither(upload, film_bytes):
    other = make_center()
    second = intake.open_upload(center=other, actor=make_person(Role.COORDINATOR, other), door="browser", now=NOW)
    items = [receive(upload, film_bytes)[0], receive(second, film_bytes)[0]]
    assert {item.state for item in items} == {"accepted"}
    assert len({item.instance.series.study.patient.pseudonym for item in items}) == 2


def truncated(data: bytes) -> bytes:
    return data[: len(data) // 2]


def huge_header(data: bytes) -> bytes:
    dataset = pydicom.dcmread(io.BytesIO(data))
    dataset.Rows = dataset.Columns = 60000
    target = io.BytesIO()
    dataset.save_as(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("spoil", "reasons"),
    [
        (lambda data: b"this is a letter, not a film\n" * 20, {"not_dicom"}),
        (truncated, {"truncated", "pixel_length_mismatch"}),
        (huge_header, {"too_large", "pixel_length_mismatch", "truncated"}),
        (lambda data: b"", {"empty_file"}),
    ],
)
def test_bad_file_is_refused_with_its_reason_and_leaves_nothing(upload, film_bytes, spoil, reasons):
    (item,) = receive(upload, spoil(film_bytes))
    assert item.state == "rejected"
    assert item.reason in reasons
    assert len(item.detail) > 30
    assert (Instance.objects.count(), Blob.objects.count()) == (0, 0)


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__up__", "../"), data)
    return target.getvalue()


def test_zip_gives_one_item_for_each_member(upload, film_bytes):
    items = receive(upload, zipped(a=film_bytes, b=b"no film"), "all.zip")
    assert sorted(item.state for item in items) == ["accepted", "rejected"]


def test_zip_that_climbs_out_of_its_folder_is_refused(upload, film_bytes):
    items = receive(upload, zipped(__up__evil=film_bytes), "evil.zip")
    assert [(item.state, item.reason) for item in items] == [("rejected", "zip_unsafe")]
    assert Instance.objects.count() == 0


def test_upload_through_the_api_and_its_report(film_bytes):
    center = make_center()
    client = client_of(make_person(Role.COORDINATOR, center))
    opened = client.post(reverse("archive:uploads_api"), {"center": center.code}, content_type="application/json")
    key = opened.json()["id"]
    sent = client.post(reverse("archive:upload_files_api", args=[key]), {"file": io.BytesIO(film_bytes)})
    assert (sent.status_code, sent.json()["items"][0]["state"]) == (201, "accepted")
    report = client.get(reverse("archive:upload_api", args=[key])).json()
    assert [item["state"] for item in report["items"]] == ["accepted"]
    assert b"accepted" in client.get(reverse("archive:upload_csv", args=[key])).content


@pytest.mark.parametrize("role", [Role.READER, Role.OBSERVER, Role.DATA_SCIENTIST, Role.ADJUDICATOR])
def test_roles_without_the_right_open_no_delivery(role):
    center = make_center()
    client = client_of(make_person(role, center))
    answer = client.post(reverse("archive:uploads_api"), {"center": center.code}, content_type="application/json")
    assert answer.status_code == 403


def test_another_center_is_unknown_to_a_coordinator(upload):
    client = client_of(make_person(Role.COORDINATOR, make_center()))
    answer = client.post(
        reverse("archive:uploads_api"), {"center": upload.center.code}, content_type="application/json"
    )
    assert answer.status_code == 400
    assert client.get(reverse("archive:upload", args=[upload.pk])).status_code == 404


def test_wrong_token_says_so():
    answer = Client().post(
        reverse("archive:uploads_api"), {}, content_type="application/json", headers={"Authorization": "Token nonsense"}
    )
    assert answer.status_code == 401
    assert "token" in answer.json()["detail"].lower()


def frame_url(instance: Instance, view: str = "frame", *more) -> str:
    return reverse(f"dicomweb:{view}", args=[instance.series.study.uid, instance.series.uid, instance.uid, *more])


def test_frame_bytes_are_the_stored_pixels_and_open_only_to_those_who_may_see_them(upload, film_bytes):
    (item,) = receive(upload, film_bytes)
    instance, outsider = item.instance, make_user()
    body = b"".join(client_of(upload.created_by).get(frame_url(instance, "frame", 1)).streaming_content)
    stored = pydicom.dcmread(io.BytesIO(blobs.read(instance.blob_id)))
    assert stored.PixelData in body
    client = client_of(outsider)
    assert client.get(frame_url(instance, "frame", 1)).status_code == 404
    assert client.get(frame_url(instance, "instance_metadata")).status_code == 404
    ViewingGrant.objects.create(user=outsider, study=instance.series.study, reason="assigned")
    assert client.get(frame_url(instance, "frame", 1)).status_code == 200
    assert client.get(frame_url(instance, "instance_metadata")).json()[0]["00280010"]["Value"] == [256]
