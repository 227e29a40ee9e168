"""The training loop: the same bits after any number of kills.

Order and flips of an epoch follow from (seed, epoch) alone, operations are
deterministic, and weights with optimizer state are stored after each epoch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ml.backbones import build_model
from ml.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from ml.config import TrainConfig
from ml.datasets import Features
from ml.heads import PROFUSION_CUTS


class TrainingStoppedError(RuntimeError):
    """Raised when the caller asked to stop; the checkpoint stands and the same call resumes."""


@dataclass(frozen=True)
class TrainingArrays:
    """Training part: features, labels (n,) 0 or 1, profusion (n,) with -1 for unknown."""

    features: Features
    labels: np.ndarray
    profusion: np.ndarray


def fit(
    *,
    data: TrainingArrays,
    config: TrainConfig,
    checkpoint_path: Path,
    run: str,
    progress: Callable[[int, int, str], None],
    should_stop: Callable[[], bool],
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Train from the last checkpoint of this run (or from the start) to config.epochs."""
    model, optimizer = _fresh(config)
    variables = [*model.weights, *optimizer.variables]
    last = load_checkpoint(path=checkpoint_path)
    history: list[dict[str, float]] = []
    start = 0
    if last is not None and last.run == run:
        for variable, array in zip(variables, last.arrays, strict=True):
            variable.assign(array)
        history, start = list(last.history), last.epoch
    step = _make_step(model, optimizer)
    for epoch in range(start, config.epochs):
        if should_stop():
            raise TrainingStoppedError(
                f"Stopped before epoch {epoch + 1} of {config.epochs}; call again with the same folder to resume."
            )
        history.append({"epoch": epoch + 1, "loss": _run_epoch(step, data, config, epoch)})
        arrays = tuple(np.asarray(variable.numpy()) for variable in variables)
        save_checkpoint(path=checkpoint_path, checkpoint=Checkpoint(arrays, epoch + 1, history, run))
        progress(epoch + 1, config.epochs, f"epoch {epoch + 1}: loss {history[-1]['loss']:.4f}")
    return model, history


def _fresh(config: TrainConfig) -> tuple[keras.Model, keras.optimizers.Optimizer]:
    keras.backend.clear_session()
    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    model = build_model(config=config)
    optimizer = keras.optimizers.Adam(config.learning_rate)
    optimizer.build(model.trainable_variables)
    return model, optimizer


def _run_epoch(step: Callable[..., tf.Tensor], data: TrainingArrays, config: TrainConfig, epoch: int) -> float:
    rng = np.random.default_rng([config.seed, epoch])
    order = rng.permutation(len(data.labels))
    flips = rng.random(len(order)) < 0.5
    losses = []
    for begin in range(0, len(order), config.batch_size):
        chosen = order[begin : begin + config.batch_size]
        channels, weight = data.features.channels[chosen], data.features.weight[chosen]
        flip = flips[chosen][:, None, None, None]
        channels = np.where(flip, channels[:, :, ::-1], channels)
        weight = np.where(flip, weight[:, :, ::-1], weight)
        loss = step(channels, weight, data.labels[chosen].astype(np.float32), data.profusion[chosen].astype(np.int32))
        losses.append(float(loss) * len(chosen))
    return sum(losses) / len(order)


def _make_step(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> Callable[..., tf.Tensor]:
    @tf.function(reduce_retracing=True)
    def step(channels: tf.Tensor, weight: tf.Tensor, labels: tf.Tensor, profusion: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            outputs = model([channels, weight], training=True)
            loss = _loss(outputs if isinstance(outputs, list) else [outputs], labels, profusion)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    return step


def _loss(outputs: list[tf.Tensor], labels: tf.Tensor, profusion: tf.Tensor) -> tf.Tensor:
    """Cross-entropy of the abnormal logit, plus the cumulative one of profusion where it is known."""
    loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels[:, None], outputs[0]))
    if len(outputs) > 1:
        target = tf.cast(profusion[:, None] > tf.range(PROFUSION_CUTS)[None, :], tf.float32)
        known = tf.cast(profusion >= 0, tf.float32)
        each = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(target, outputs[1]), axis=1)
        loss += tf.reduce_sum(each * known) / tf.maximum(tf.reduce_sum(known), 1.0)
    return loss


def predict(*, model: keras.Model, features: Features) -> np.ndarray:
    """Probabilities (n,) of an abnormal film, computed film by film so that batch size cannot change a bit."""
    scores = []
    for channels, weight in zip(features.channels, features.weight, strict=True):
        outputs = model([channels[None], weight[None]], training=False)
        logit = (outputs if isinstance(outputs, list) else [outputs])[0]
        scores.append(float(tf.sigmoid(logit)[0, 0]))
    return np.array(scores)
