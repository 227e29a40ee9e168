"""A small network on wavelet energies: three convolutions, then orderless pooling inside the lungs."""

import keras
from keras import ops

from ml.config import TrainConfig
from ml.heads import abnormal_logit, profusion_logits

WIDTHS = (12, 24, 36)
LAST_MAP = "last_map"


@keras.saving.register_keras_serializable("pneumoscope")
class MaskedPool(keras.layers.Layer):
    """Maps (batch, h, w, d) and weights (batch, h, w, 1) -> (batch, 2 d): weighted mean and weighted spread.

    Orderless: opacities count wherever they lie in the lungs.
    """

    def call(self, inputs: list[keras.KerasTensor]) -> keras.KerasTensor:
        maps, weight = inputs
        total = ops.maximum(ops.sum(weight, axis=(1, 2)), 1e-3)
        mean = ops.sum(maps * weight, axis=(1, 2)) / total
        square = ops.sum(ops.square(maps - mean[:, None, None, :]) * weight, axis=(1, 2)) / total
        return ops.concatenate([mean, ops.sqrt(square + 1e-6)], axis=-1)


def build_model(*, config: TrainConfig) -> keras.Model:
    """Inputs: standardized channels (grid, grid, c) and weight (grid, grid, 1). Outputs: list of logits."""
    channels = config.level * len(config.bands)
    image = keras.Input((config.grid_px, config.grid_px, channels), name="channels")
    weight = keras.Input((config.grid_px, config.grid_px, 1), name="weight")
    x = image
    for index, width in enumerate(WIDTHS):
        name = LAST_MAP if index == len(WIDTHS) - 1 else None
        x = keras.layers.Conv2D(width, 3 if index else 1, padding="same", activation="relu", name=name)(x)
    pooled = MaskedPool(name="pool")([x, weight])
    outputs = [abnormal_logit(pooled=pooled)]
    if config.profusion_head:
        outputs.append(profusion_logits(pooled=pooled))
    return keras.Model([image, weight], outputs)
