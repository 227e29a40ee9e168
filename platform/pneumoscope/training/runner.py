"""The one door to `ml`: plain values in, plain values out. Imported inside job handlers alone."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ml.config import ConfigError, TrainConfig
from ml.datasets import ManifestError
from ml.splits import part_of
from ml.train import NotTrainableError, train

Progress = Callable[[int, int, str], None]


class CannotTrainError(ValueError):
    """The snapshot or the configuration can't be trained on; the text says why."""


def split_part(*, key: bytes, center: str, patient: str) -> str:
    """'train', 'validation' or 'test', fixed for ever for this patient by the site's key."""
    return part_of(key=key, center=center, patient=patient)


def run(*, manifest: Path, config: dict[str, Any], folder: Path, progress: Progress) -> dict[str, Any]:
    """Train and evaluate, resuming what `folder` holds. Raises CannotTrainError."""
    try:
        chosen = TrainConfig.from_dict(config)
        result = train(manifest=manifest, config=chosen, workdir=folder, progress=progress, should_stop=lambda: False)
    except (ConfigError, ManifestError, NotTrainableError) as error:
        raise CannotTrainError(str(error)) from error
    return {
        "metrics": result.metrics,
        "weights_sha256": result.weights_sha256,
        "history": result.history,
        "code_version": result.code_version,
        "weights": folder / "model.npz",
        "config": asdict(chosen),
    }
