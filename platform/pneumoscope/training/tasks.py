"""Training's background work: one job handler and the beat's check."""

import shutil
import uuid
from pathlib import Path
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from pneumoscope.common import jobs


@jobs.handler("training.run", queue="ml", max_attempts=5)
def run_training(worker: jobs.Worker, arguments: dict[str, Any]) -> dict[str, Any]:
    """Freeze, train, evaluate; a killed worker's successor goes on from the last checkpoint."""
    from . import runner
    from .services import execution

    folder = Path(settings.DATA_DIR) / "training" / arguments["run"]
    snapshot, manifest = execution.prepare(
        arguments=arguments, folder=folder, part_of=runner.split_part, actor=worker.job.created_by, now=timezone.now()
    )
    try:
        result = runner.run(
            manifest=manifest, config=arguments["config"], folder=folder / "work", progress=worker.progress
        )
    except runner.CannotTrainError as error:
        raise jobs.PermanentJobError(str(error), reason="not_trainable") from error
    weights = execution.store_weights(result)
    with worker.commit({"run": arguments["run"]}):
        execution.record_run(
            key=uuid.UUID(arguments["run"]),
            snapshot=snapshot,
            job=worker.job,
            result={**result, "weights": weights},
            now=timezone.now(),
        )
    shutil.rmtree(folder, ignore_errors=True)
    return {"run": arguments["run"]}


@shared_task(name="training.check_policies", acks_late=False)
def check_policies() -> int:
    from .services.policies import check_policies as check

    return len(check(now=timezone.now()))
