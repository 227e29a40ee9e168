"""Figures of the dashboards: what they say, to whom, and as CSV."""

import csv
import io
import json
import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from factories import NOW, make_center, make_member, make_person
from reading_room import ReadingRoom

from pneumoscope.common import audit
from pneumoscope.common.models import Job
from pneumoscope.common.permissions import Role
from pneumoscope.training.models import TrainingRun
from pneumoscope.training.services.snapshots import freeze

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ESTIMATE = {"value": 0.75, "low": 0.41, "high": 0.93, "n": 12, "reason": ""}
UNDEFINED = {"value": None, "low": None, "high": None, "n": 3, "reason": "only normal films"}


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def rows_of(client: Client, name: str, figure: str) -> list[dict[str, str]]:
    answer = client.get(reverse(name), {"csv": figure})
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def all_in_test(*, key: bytes, center: str, patient: str) -> str:
    return "test"


def add_run(room: ReadingRoom, number: int = 1) -> TrainingRun:
    """A finished run as the job's commit leaves it."""
    snapshot = freeze(protocol=room.protocol, part_of=all_in_test, actor=None, now=NOW)
    job = Job.objects.create(
        kind="training.run", queue="ml", idempotency_key=f"{room.protocol.pk.hex}-{number}", state=Job.State.SUCCEEDED,
        max_attempts=1, due_at=NOW, center_id=room.center.pk,
    )  # fmt: skip
    core = {"accuracy": ESTIMATE, "auc": UNDEFINED, "sensitivity": ESTIMATE, "specificity": ESTIMATE}
    run = TrainingRun(
        snapshot=snapshot, job=job, config={}, seed=0, code_version="x", trigger="manual", created_at=NOW,
        finished_at=NOW, metrics={**core, "per_center": {room.center.code: core}},
    )  # fmt: skip
    with transaction.atomic():
        run.audit_event = audit.record(actor=None, action="run.finished", target=run, at=NOW)
        run.save(force_insert=True)
    return run


def read_by_two(room: ReadingRoom, notations: list[tuple[str, str]]) -> None:
    for case, pair in zip(room.cases, notations, strict=True):
        for assignment, notation in zip(case.assignments.order_by("pk"), pair, strict=True):
            room.sign(assignment, notation)


def test_runs_as_csv_carry_interval_and_n_or_the_reason():
    room = ReadingRoom()
    add_run(room)
    rows = {row["measure"]: row for row in rows_of(client_of(room.coordinator), "dashboard:models", "runs")}
    assert {key: rows["accuracy"][key] for key in ("value", "low", "high", "n")} == {
        "value": "0.75", "low": "0.41", "high": "0.93", "n": "12",
    }  # fmt: skip
    assert (rows["auc"]["value"], rows["auc"]["reason"]) == ("", "only normal films")


def test_chart_data_in_the_page_equal_the_csv():
    room = ReadingRoom()
    add_run(room)
    client = client_of(room.coordinator)
    page = client.get(reverse("dashboard:models")).content.decode()
    found = re.search(r'<script id="figure-runs" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    shown = json.loads(found[1])["rows"]
    in_page = [{key: "" if value is None else str(value) for key, value in row.items()} for row in shown]
    assert in_page == rows_of(client, "dashboard:models", "runs")


def test_another_center_sees_none_of_a_center_s_figures():
    room = ReadingRoom(cases=2)
    read_by_two(room, [("1/1", "1/1"), ("NO", "NO")])
    add_run(room)
    stranger = client_of(make_person(Role.COORDINATOR, make_center()))
    for name, figure in (("models", "runs"), ("models", "centers"), ("collection", "films"), ("agreement", "kappa")):
        assert rows_of(client_of(room.coordinator), f"dashboard:{name}", figure), figure
        assert rows_of(stranger, f"dashboard:{name}", figure) == [], figure


def test_reader_with_a_second_role_sees_neither_runs_nor_agreement_on_films_still_to_read():
    room = ReadingRoom(cases=2, readers=3)
    read_by_two(room, [("1/1", "1/1"), ("NO", "NO")])
    add_run(room)
    assigned = set(room.protocol.cases.values_list("assignments__reader_id", flat=True))
    for reader in room.readers:
        make_member(reader, room.center, Role.COORDINATOR)
        client = client_of(reader)
        assert rows_of(client, "dashboard:models", "runs") == []
        if reader.pk not in assigned:
            assert rows_of(client, "dashboard:agreement", "kappa") == []


def test_readers_appear_under_pseudonyms_alone():
    room = ReadingRoom(cases=2, readers=2)
    read_by_two(room, [("1/1", "1/1"), ("NO", "NO")])
    (row,) = rows_of(client_of(room.coordinator), "dashboard:agreement", "kappa")
    assert (row["pair"], row["n"], row["percent"]) == ("R1 – R2", "2", "100.0")
    page = client_of(room.coordinator).get(reverse("dashboard:agreement")).content.decode()
    assert [reader.email for reader in room.readers if reader.email in page or reader.full_name in page] == []


def test_one_film_read_by_both_gives_a_reason_instead_of_a_kappa():
    room = ReadingRoom(cases=1, readers=2)
    read_by_two(room, [("1/1", "1/1")])
    (row,) = rows_of(client_of(room.coordinator), "dashboard:agreement", "kappa")
    assert (row["value"], row["n"], row["reason"]) == ("", "1", "fewer than two films read by both")


@pytest.mark.parametrize("name", ["models", "collection", "agreement"])
def test_page_without_data_says_so(name):
    page = client_of(make_person(Role.ADMIN, make_center())).get(reverse(f"dashboard:{name}"))
    assert page.status_code == 200
    assert "Nothing to show yet." in page.content.decode()


def test_number_of_queries_does_not_grow_with_the_runs():
    room = ReadingRoom()
    client = client_of(room.coordinator)
    counts = []
    for number in range(3):
        add_run(room, number)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("dashboard:models"))
        counts.append(len(queries))
    assert len(set(counts)) == 1
