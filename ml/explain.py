"""Where the network looked: HiResCAM (Draelos and Carin, arXiv 2011.08891) and its share inside the lungs."""

import keras
import numpy as np
import tensorflow as tf

from ml.backbones import LAST_MAP


def hirescam(*, model: keras.Model, channels: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Maps (n, grid, grid) float32, at least 0: gradient of the abnormal logit times activation, summed over channels.

    channels: (n, grid, grid, c) standardized; weight: (n, grid, grid, 1).
    """
    probe = keras.Model(model.inputs, model.get_layer(LAST_MAP).output)
    with tf.GradientTape() as tape:
        maps = probe([channels, weight], training=False)
        tape.watch(maps)
        pooled = model.get_layer("pool")([maps, tf.constant(weight)])
        total = tf.reduce_sum(model.get_layer("abnormal")(pooled))
    gradient = tape.gradient(total, maps)
    return tf.nn.relu(tf.reduce_sum(gradient * maps, axis=-1)).numpy()


def inside_lung_share(*, maps: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Share (n,) of each map's sum where the lung weight exceeds one half; NaN for an empty map."""
    inside = (maps * (weight[..., 0] > 0.5)).sum(axis=(1, 2))
    total = maps.sum(axis=(1, 2))
    return np.divide(inside, total, out=np.full(len(maps), np.nan), where=total > 0)
