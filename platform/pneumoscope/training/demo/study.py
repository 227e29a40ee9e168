"""The demo's reading study: films collected by two coordinators, read by simulated readers."""

import random
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from annotator.models import Assignment, StudyProtocol
from annotator.services.protocols import ProtocolPlan, add_cases, create_protocol
from annotator.services.readings import Change, open_reading, save_changes, sign_reading
from annotator.services.schemes import publish_scheme
from pneumoscope.accounts.models import Center, User
from pneumoscope.archive.models import Instance, Upload
from pneumoscope.archive.services import intake

from ..models import RetrainPolicy
from ..services.policy_setup import set_policy
from ..services.runs import request_run
from ..services.snapshots import SCALE

LEFT_UNREAD = 8
READERS = ("reader1", "reader2", "reader3", "reader4", "reader5")


def collect(people: dict[str, User], center_code: str, path: Path, truth: dict[str, Any]) -> None:
    """One film through the same door as every film."""
    actor = people["coordinator" if center_code == "aoba" else "coordinator.harz"]
    center, now = Center.objects.get(code=center_code), timezone.now()
    upload = Upload.objects.filter(center=center).first() or intake.open_upload(
        center=center, actor=actor, door=Upload.Door.COMMAND, now=now
    )
    with path.open("rb") as stream:
        intake.receive_file(upload=upload, stream=stream, name=path.name, now=now, truth=truth["disease"])


def read_and_label(people: dict[str, User]) -> StudyProtocol:
    """A protocol, simulated readings of most of its cases, a retraining policy and a first training."""
    now = timezone.now()
    centers = list(Center.objects.order_by("code"))
    plan = ProtocolPlan(
        name="Demo: simulated films, ILO 2022",
        center=centers[0],
        centers=centers,
        scheme_version=publish_scheme(scheme_id="ilo-2022-niosh-2.8", now=now),
        readers=[people[name] for name in READERS],
    )
    protocol = create_protocol(plan=plan, actor=people["coordinator"], now=now)
    films = Instance.objects.filter(needs_pixel_review=False).order_by("pk")
    cases = add_cases(protocol=protocol, instances=films, actor=people["coordinator"], now=now)
    for case in cases[: len(cases) - LEFT_UNREAD]:
        while waiting := list(case.assignments.exclude(state=Assignment.State.SIGNED).order_by("pk")):
            for assignment in waiting:
                read(assignment, case.instance.truth or {}, now)
    policy = RetrainPolicy(protocol=protocol, interval_minutes=60, min_new_labels=10, min_centers=2, config={})
    set_policy(policy=policy, actor=people["scientist"], now=now)
    request_run(protocol=protocol, trigger="demo", now=now, actor=people["scientist"])
    return protocol


def read(assignment: Assignment, truth: dict[str, Any], now: datetime) -> None:
    """One simulated reading: the truth, the reader's own leaning, and noise."""
    rng = random.Random(f"{assignment.case.code}/{assignment.reader.email}")  # noqa: S311 - a demo, no secret
    leaning = {"reader2@demo.example": 0.5, "reader4@demo.example": -0.5}.get(assignment.reader.email, 0.0)
    level = round(truth.get("profusion", 0) + leaning + rng.gauss(0, 0.8))
    reading = open_reading(assignment=assignment, now=now)
    changes = [Change(path, value) for path, value in answers(min(max(level, 1), 11), truth).items()]
    reading = save_changes(
        reading=reading, changes=changes, revision=reading.revision, idempotency_key="simulated reading", now=now
    )
    sign_reading(reading=reading, revision=reading.revision, acknowledged=["P5", "P6"], now=now)


def answers(level: int, truth: dict[str, Any]) -> dict[str, Any]:
    """A complete ILO reading at this profusion level."""
    normal = {"image_quality.grade": "1", "parenchymal.any": False, "pleural.any": False, "other.any": False}
    if level < SCALE.index("0/1"):
        return normal
    return normal | {
        "parenchymal.any": True,
        "parenchymal.primary": truth.get("primary", "q"),
        "parenchymal.secondary": truth.get("secondary", "q"),
        "parenchymal.zones": ["RU", "LU", "RM", "LM"],
        "parenchymal.profusion": SCALE[level],
        "parenchymal.large": "O",
    }
