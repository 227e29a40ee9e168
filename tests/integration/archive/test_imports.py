"""The import commands: the same intake, one line for each file, nothing half-stored."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from factories import NOW, make_center, make_person, make_user
from PIL import Image

from pneumoscope.archive.dicom.limits import Limits
from pneumoscope.archive.models import Instance, Upload, ViewingGrant
from pneumoscope.archive.services import intake
from pneumoscope.common.models import AuditEvent, Blob
from pneumoscope.common.permissions import Role

pytestmark = pytest.mark.django_db
HEADER = "file,patient_id,study_date,spacing_mm,sex,age,profusion"


def write_png(path: Path, seed: int) -> None:
    gray = np.random.default_rng(seed).integers(0, 4096, (64, 48)).astype(np.uint16)
    Image.fromarray(gray).save(path)


def import_table(folder: Path, *rows: str, header: str = HEADER) -> list[dict]:
    table, out = folder / "table.csv", io.StringIO()
    table.write_text("\n".join([header, *rows]), encoding="utf-8")
    call_command("import_images", str(table), "--center", "aoba", stdout=out, stderr=io.StringIO())
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def center():
    return make_center("aoba")


def test_image_of_a_table_becomes_a_film_with_its_spacing_and_labels(center, tmp_path):
    write_png(tmp_path / "a.png", 1)
    (line,) = import_table(tmp_path, "a.png,P-77,2020-05-17,0.143,M,61,1/1")
    assert (line["line"], line["state"]) == (2, "accepted")
    film = Instance.objects.get()
    assert (film.rows, film.columns, film.row_spacing_mm, film.column_spacing_mm) == (64, 48, 0.143, 0.143)
    assert (film.series.modality, film.truth) == ("DX", {"profusion": "1/1"})
    assert Upload.objects.get().closed_at is not None


def test_pixels_that_are_not_square_keep_height_and_width_apart(center, tmp_path):
    write_png(tmp_path / "a.png", 1)
    header = "file,patient_id,study_date,px_mm_x,px_mm_y"
    import_table(tmp_path, "a.png,P-77,2020-05-17,0.2,0.3", header=header)
    assert Instance.objects.values_list("column_spacing_mm", "row_spacing_mm").get() == (0.2, 0.3)


def test_second_import_of_the_same_table_makes_duplicates_and_no_new_blob(center, tmp_path):
    write_png(tmp_path / "a.png", 1)
    row = "a.png,P-77,2020-05-17,0.143,M,61,1/1"
    import_table(tmp_path, row)
    blobs_before = Blob.objects.count()
    assert [line["state"] for line in import_table(tmp_path, row)] == ["duplicate"]
    assert Blob.objects.count() == blobs_before


def test_same_pixels_under_another_name_leave_no_blob_behind(center, tmp_path):
    write_png(tmp_path / "a.png", 1)
    import_table(tmp_path, "a.png,P-77,2020-05-17,0.143,M,61,1/1")
    blobs_before = Blob.objects.count()
    assert [line["state"] for line in import_table(tmp_path, "a.png,P-78,2021-05-17,0.2,F,50,")] == ["duplicate"]
    assert Blob.objects.count() == blobs_before


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("missing.png,P,2020-05-17,0.143,M,61,", "not_an_image"),
        ("../outside.png,P,2020-05-17,0.143,M,61,", "not_an_image"),
        ("a.png,P,17.5.2020,0.143,M,61,", "invalid_label"),
        ("a.png,P,2020-05-17,wide,M,61,", "invalid_spacing"),
        ("a.png,P,2020-05-17,0,M,61,", "invalid_spacing"),
        ("a.png,P,2020-05-17,0.143,X,61,", "invalid_label"),
        ("a.png,P,2020-05-17,0.143,M,old,", "invalid_label"),
        ("table.csv,P,2020-05-17,0.143,M,61,", "not_an_image"),
    ],
)
def test_bad_row_is_reported_with_its_reason_and_the_next_row_goes_on(center, tmp_path, row, reason):
    folder = tmp_path / "inside"
    folder.mkdir()
    write_png(tmp_path / "outside.png", 2)
    write_png(folder / "a.png", 1)
    write_png(folder / "good.png", 3)
    lines = import_table(folder, row, "good.png,P,2020-05-17,0.143,M,61,")
    assert [line["state"] for line in lines] == ["rejected", "accepted"]
    assert lines[0]["reason"] == reason
    assert Instance.objects.count() == 1


def test_table_without_needed_columns_says_which_and_opens_no_delivery(center, tmp_path):
    with pytest.raises(CommandError, match=r"study_date.*spacing_mm"):
        import_table(tmp_path, "a.png,P", header="file,patient_id")
    assert Upload.objects.count() == 0


def test_unknown_center_names_the_known_ones(center, tmp_path):
    with pytest.raises(CommandError, match="aoba"):
        call_command("import_dicom", str(tmp_path), "--center", "nowhere")


def test_folder_of_files_is_imported_with_one_line_for_each(center, tmp_path, simulated):
    folder, report = tmp_path / "films", tmp_path / "report.jsonl"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.dcm").write_bytes(simulated)
    (folder / "b.dcm").write_text("a letter")
    call_command("import_dicom", str(folder), "--center", "aoba", "--report", str(report), stderr=io.StringIO())
    lines = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    assert {(line["file"], line["state"]) for line in lines} == {("b.dcm", "rejected"), ("deep/a.dcm", "accepted")}


@pytest.fixture(scope="module")
def simulated() -> bytes:
    from ml.simulate import simulate_film

    return simulate_film(seed=12, size_px=256, profusion="1/1").dicom


def receive(center, data: bytes):
    actor = make_person(Role.COORDINATOR, center)
    upload = intake.open_upload(center=center, actor=actor, door="browser", now=NOW)
    return intake.receive_file(upload=upload, stream=io.BytesIO(data), name="film.dcm", now=NOW)[0], actor


def test_file_beyond_the_limit_is_refused_without_being_read_whole(center, simulated, monkeypatch):
    monkeypatch.setattr(intake, "LIMITS", Limits(file_bytes=1000))
    item, _ = receive(center, simulated)
    assert (item.state, item.reason, item.sha256) == ("rejected", "too_large", "")


def test_film_that_waits_for_review_is_seen_only_by_those_who_can_release_it(center, simulated):
    item, coordinator = receive(center, simulated)
    film = item.instance
    Instance.objects.filter(pk=film.pk).update(needs_pixel_review=True)
    reader = make_user()
    ViewingGrant.objects.create(user=reader, study=film.series.study, reason="assigned")
    scientist = make_person(Role.DATA_SCIENTIST, center)
    seen = {user: Instance.objects.visible_to(user).exists() for user in (coordinator, scientist, reader)}
    assert seen == {coordinator: True, scientist: False, reader: False}
    assert not Instance.objects.releasable().exists()
    client = Client()
    client.force_login(coordinator, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(reverse("archive:release", args=[film.pk])).status_code == 302
    assert Instance.objects.visible_to(reader).exists()
    assert AuditEvent.objects.filter(action="instance.released").count() == 1
