"""What a training job reads before and writes after the model's own work."""

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from annotator.models import StudyProtocol
from pneumoscope.common import audit, blobs
from pneumoscope.common.models import Blob, Job

from ..models import DatasetSnapshot, TrainingRun
from .snapshots import freeze


def prepare(
    *, arguments: dict[str, Any], folder: Path, part_of: Callable[..., str], actor: Any, now: datetime
) -> tuple[DatasetSnapshot, Path]:
    """The job's snapshot, frozen at its first attempt and kept over restarts, laid out as files."""
    kept = folder / "snapshot.txt"
    folder.mkdir(parents=True, exist_ok=True)
    if kept.exists():
        snapshot = DatasetSnapshot.objects.get(pk=UUID(kept.read_text(encoding="ascii")))
    else:
        protocol = StudyProtocol.objects.get(pk=UUID(arguments["protocol"]))
        snapshot = freeze(protocol=protocol, part_of=part_of, actor=actor, now=now)
        _write(kept, snapshot.pk.hex.encode())
    manifest = blobs.read(snapshot.manifest_id)
    for example in json.loads(manifest)["examples"]:
        film = folder / example["path"]
        if not film.exists():
            film.parent.mkdir(parents=True, exist_ok=True)
            _write(film, blobs.read(example["sha256"]))
    _write(folder / "manifest.json", manifest)
    return snapshot, folder / "manifest.json"


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    os.replace(part, path)


def store_weights(result: dict[str, Any]) -> Blob:
    with Path(result["weights"]).open("rb") as stream:
        return blobs.put(stream, media_type="application/octet-stream")


def record_run(*, key: UUID, snapshot: DatasetSnapshot, job: Job, result: dict[str, Any], now: datetime) -> TrainingRun:
    """The run's row and its audit event, inside the job's own commit."""
    run = TrainingRun(
        id=key,
        snapshot=snapshot,
        job=job,
        config=result["config"],
        seed=result["config"]["seed"],
        code_version=result["code_version"],
        metrics=result["metrics"],
        history=result["history"],
        weights_sha256=result["weights_sha256"],
        weights=result["weights"],
        trigger=job.arguments["trigger"],
        created_by=job.created_by,
        created_at=now,
        finished_at=now,
    )
    run.audit_event = audit.record(
        actor=job.created_by,
        action="run.finished",
        target=run,
        at=now,
        center_id=snapshot.protocol.center_id,
        payload={"weights": run.weights_sha256, "snapshot": snapshot.manifest_id},
    )
    run.save(force_insert=True)
    return run
