"""What the network answers: abnormal or not, and (optionally) profusion on the 12-point ordinal scale."""

import keras
from keras import ops

PROFUSION_CUTS = 11


@keras.saving.register_keras_serializable("pneumoscope")
class OrdinalLogits(keras.layers.Layer):
    """(batch, d) -> (batch, 11) logits of P(profusion > k), ordered: one slope, increasing cut points."""

    def build(self, input_shape: tuple[int | None, int]) -> None:
        self.slope = self.add_weight(name="slope", shape=(input_shape[-1], 1), initializer="glorot_uniform")
        self.first = self.add_weight(name="first_cut", shape=(1,), initializer=keras.initializers.Constant(-1.5))
        self.gaps = self.add_weight(name="gaps", shape=(PROFUSION_CUTS - 1,), initializer="zeros")

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        steps = ops.concatenate([self.first, ops.softplus(self.gaps)])
        return ops.matmul(inputs, self.slope) - ops.cumsum(steps)


def abnormal_logit(*, pooled: keras.KerasTensor) -> keras.KerasTensor:
    """(batch, d) -> (batch, 1) logit of an abnormal film."""
    return keras.layers.Dense(1, name="abnormal")(pooled)


def profusion_logits(*, pooled: keras.KerasTensor) -> keras.KerasTensor:
    return OrdinalLogits(name="profusion")(pooled)
