"""Freezing consensus labels and their films into a dataset whose identity is its manifest's hash."""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from annotator.models import LabelRevision, StudyProtocol
from pneumoscope.common import audit, blobs

from ..models import DatasetSnapshot

SCALE = ["0/-", "0/0", "0/1", "1/0", "1/1", "1/2", "2/1", "2/2", "2/3", "3/2", "3/3", "3/+"]
POSITIVE_FROM = SCALE.index("1/0")
PartOf = Callable[..., str]


def final_labels(protocol: StudyProtocol) -> list[LabelRevision]:
    """The newest revision of each case, where it is final."""
    current = LabelRevision.objects.filter(case__protocol=protocol).current().filter(state=LabelRevision.State.FINAL)
    return list(current.select_related("case__instance__series__study__patient__center").order_by("case_id"))


def manifest_of(labels: list[LabelRevision], *, part_of: PartOf) -> list[dict[str, Any]]:
    """One example a label; patients by keyed pseudonym, films by the hash of their bytes."""
    key = settings.SPLIT_KEY.encode()
    examples = []
    for label in labels:
        film = label.case.instance
        patient = film.series.study.patient
        person = hmac.new(key, f"{patient.center.code}:{patient.pseudonym}".encode(), hashlib.sha256).hexdigest()[:16]
        value = label.value["classification"]
        level = SCALE.index(value) if value in SCALE else None
        examples.append(
            {
                "id": f"{label.case.code}-r{label.number}",
                "path": f"films/{film.blob_id}.dcm",
                "sha256": film.blob_id,
                "label": int(level is None or level >= POSITIVE_FROM),
                "profusion": level,
                "center": patient.center.code,
                "patient": person,
                "part": part_of(key=key, center=patient.center.code, patient=person),
                "classification": value,
            }
        )
    return examples


def freeze(*, protocol: StudyProtocol, part_of: PartOf, actor: Any, now: datetime) -> DatasetSnapshot:
    """The snapshot of the protocol's final labels; the same labels give the same snapshot."""
    labels = final_labels(protocol)
    examples = manifest_of(labels, part_of=part_of)
    text = json.dumps({"examples": examples}, sort_keys=True, separators=(",", ":"))
    manifest = blobs.put(text.encode(), media_type="application/json")
    known = DatasetSnapshot.objects.filter(protocol=protocol, manifest=manifest).first()
    if known is not None:
        return known
    snapshot = DatasetSnapshot(
        protocol=protocol, manifest=manifest, counts=counts_of(examples), label_count=len(examples),
        created_by=actor, created_at=now,
    )  # fmt: skip
    with transaction.atomic():
        snapshot.audit_event = audit.record(
            actor=actor,
            action="snapshot.frozen",
            target=snapshot,
            at=now,
            center_id=protocol.center_id,
            payload={"manifest": manifest.sha256, "labels": len(examples)},
        )
        snapshot.save(force_insert=True)
    return snapshot


def counts_of(examples: list[dict[str, Any]]) -> dict[str, Any]:
    """How many films by center and class, and by part of the split."""
    by_center = Counter((example["center"], example["label"]) for example in examples)
    centers = sorted({center for center, _ in by_center})
    return {
        "centers": {center: {"negative": by_center[center, 0], "positive": by_center[center, 1]} for center in centers},
        "parts": dict(Counter(example["part"] for example in examples)),
    }
