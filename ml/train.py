"""Train on a frozen manifest, evaluate on its test part, resume after a kill with the same result.

TensorFlow is imported only once the data have been found fit to train on.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from ml.baseline import hospital_only_scores, radiomics, radiomics_scores
from ml.checkpoint import save_arrays, weights_sha256
from ml.config import TrainConfig
from ml.datasets import Dataset, Example, Features, load_features, load_manifest
from ml.evaluate import evaluate
from ml.files import write_atomically

MINIMUM_TRAIN_FILMS = 8
MINIMUM_PER_CLASS = 2


class NotTrainableError(ValueError):
    """Raised when the data cannot teach anything; the text says what is missing. The caller should skip, not retry."""


@dataclass(frozen=True)
class TrainResult:
    """metrics: of the test part, with baselines; history: loss by epoch; warnings: caveats in words."""

    metrics: dict[str, Any]
    weights_sha256: str
    history: list[dict[str, float]]
    config: dict[str, Any]
    seed: int
    code_version: str
    manifest_sha256: str
    counts: dict[str, dict[str, int]]
    warnings: tuple[str, ...]
    weights_path: str


def train(
    *,
    manifest: Path,
    config: TrainConfig,
    workdir: Path,
    progress: Callable[[int, int, str], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> TrainResult:
    """Train one model in `workdir`; the same call after a kill continues from the last epoch.

    progress(done, total, message) and should_stop() are called between epochs.
    Raises NotTrainableError, ManifestError, RadiographError, fit.TrainingStoppedError.
    """
    tell, stop = progress or (lambda done, total, message: None), should_stop or (lambda: False)
    dataset = load_manifest(path=Path(manifest))
    check_trainable(dataset=dataset)
    workdir = Path(workdir)
    features = load_features(examples=dataset.examples, config=config, cache=workdir / "features", progress=tell)
    members = {part: _indexes(dataset.examples, part) for part in ("train", "validation", "test")}
    standard, statistics = _standardize(features, members["train"])

    from ml.fit import TrainingArrays, fit, predict

    labels = np.array([item.label for item in dataset.examples])
    profusion = np.array([-1 if item.profusion is None else item.profusion for item in dataset.examples])
    chosen = members["train"]
    model, history = fit(
        data=TrainingArrays(_take(standard, chosen), labels[chosen], profusion[chosen]),
        config=config,
        checkpoint_path=workdir / "checkpoint.npz",
        run=_run_digest(dataset, config),
        progress=tell,
        should_stop=stop,
    )
    scores = predict(model=model, features=standard)
    weights = [np.asarray(variable.numpy()) for variable in model.weights]
    weights_path = workdir / "model.npz"
    state = {"config": asdict(config), "kind": "pneumoscope-wavelet-cnn"}
    save_arrays(path=weights_path, arrays=[*statistics, *weights], state=state)
    result = TrainResult(
        metrics=_metrics(dataset.examples, features, members, scores, config),
        weights_sha256=weights_sha256(arrays=weights),
        history=history,
        config=json.loads(config.to_json()),
        seed=config.seed,
        code_version=code_version(),
        manifest_sha256=dataset.sha256,
        counts={part: _count(dataset.examples, index) for part, index in members.items()},
        warnings=_warnings(dataset.examples, features, members),
        weights_path=str(weights_path),
    )
    write_atomically(path=workdir / "result.json", content=json.dumps(asdict(result), sort_keys=True).encode())
    return result


def check_trainable(*, dataset: Dataset) -> None:
    """Raise NotTrainableError unless the training part has enough films of both classes."""
    labels = [item.label for item in dataset.examples if item.part == "train"]
    positives = sum(labels)
    if len(labels) < MINIMUM_TRAIN_FILMS:
        raise NotTrainableError(
            f"The training part has {len(labels)} films ({len(dataset.examples)} in all); "
            f"at least {MINIMUM_TRAIN_FILMS} are needed: collect more consensus labels."
        )
    if min(positives, len(labels) - positives) < MINIMUM_PER_CLASS:
        raise NotTrainableError(
            f"The training part has {positives} abnormal and {len(labels) - positives} normal films; "
            f"at least {MINIMUM_PER_CLASS} of each are needed."
        )


def code_version() -> str:
    """Hash over the source of this package: what trained the model, whatever the version control says."""
    digest = sha256()
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _run_digest(dataset: Dataset, config: TrainConfig) -> str:
    return sha256(f"{dataset.sha256}|{config.to_json()}|{code_version()}".encode()).hexdigest()


def _indexes(examples: tuple[Example, ...], part: str) -> np.ndarray:
    return np.array([index for index, item in enumerate(examples) if item.part == part], int)


def _take(features: Features, index: np.ndarray) -> Features:
    return Features(features.channels[index], features.weight[index], tuple(features.problems[i] for i in index))


def _standardize(features: Features, train_index: np.ndarray) -> tuple[Features, list[np.ndarray]]:
    """Channels with zero mean and unit spread over the training part's pixels; (features, [mean, spread])."""
    pixels = features.channels[train_index].astype(np.float64)
    mean = pixels.mean(axis=(0, 1, 2)).astype(np.float32)
    spread = np.maximum(pixels.std(axis=(0, 1, 2)), 1e-6).astype(np.float32)
    return Features((features.channels - mean) / spread, features.weight, features.problems), [mean, spread]


def _metrics(
    examples: tuple[Example, ...],
    features: Features,
    members: dict[str, np.ndarray],
    scores: np.ndarray,
    config: TrainConfig,
) -> dict[str, Any]:
    labels = np.array([item.label for item in examples])
    centers = [item.center for item in examples]
    chosen, learned = members["test"], members["train"]
    measures = radiomics(features=features)
    radiomic = scores[chosen]
    if chosen.size:
        radiomic = radiomics_scores(train=measures[learned], labels=labels[learned], apply_to=measures[chosen])
    rows = {
        "model": scores[chosen],
        "radiomics": radiomic,
        "hospital_only": hospital_only_scores(
            train_centers=[centers[i] for i in learned], labels=labels[learned], apply_to=[centers[i] for i in chosen]
        ),
    }
    names = [centers[i] for i in chosen]
    found = {
        row: evaluate(labels=labels[chosen], scores=values, centers=names, threshold=config.threshold, seed=config.seed)
        for row, values in rows.items()
    }
    return {**found["model"], "baselines": {"radiomics": found["radiomics"], "hospital_only": found["hospital_only"]}}


def _count(examples: tuple[Example, ...], index: np.ndarray) -> dict[str, int]:
    labels = [examples[i].label for i in index]
    return {"normal": len(labels) - sum(labels), "abnormal": sum(labels)}


def _warnings(examples: tuple[Example, ...], features: Features, members: dict[str, np.ndarray]) -> tuple[str, ...]:
    notes = ["PRETRAINED: none (random initialisation)"]
    if len({item.center for item in examples}) == 1:
        notes.append("one center only: nothing can be said about other centers or devices")
    if not members["test"].size:
        notes.append("the test part is empty: no metric is defined")
    if failed := sum(bool(problem) for problem in features.problems):
        notes.append(f"lungs not found on {failed} of {len(examples)} films: these were used without a lung mask")
    return tuple(notes)
