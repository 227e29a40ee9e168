import numpy as np
import pytest
import pywt
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.wavelets import FAMILIES, WaveletError, decompose, reconstruct


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(FAMILIES), st.integers(1, 4), st.integers(0, 2**31 - 1))
def test_every_family_and_level_reconstructs_perfectly(family, level, seed):
    images = np.random.default_rng(seed).normal(size=(2, 64, 48))
    steps = decompose(images=images, family=family, level=level)
    assert reconstruct(steps=steps, family=family) == pytest.approx(images, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(FAMILIES), st.integers(1, 4))
def test_energy_is_kept(family, level):
    images = np.random.default_rng(level).normal(size=(64, 64))
    steps = decompose(images=images, family=family, level=level)
    energy = sum((band**2).sum() for s in steps for band in (s.horizontal, s.vertical, s.diagonal))
    assert energy + (steps[-1].approximation ** 2).sum() == pytest.approx((images**2).sum())


def test_stripes_light_their_own_band_only():
    lines = np.tile(np.array([[1.0], [-1.0]]), (16, 32))
    board = lines * np.tile([1.0, -1.0], 16)
    for image, lit in ((lines, "horizontal"), (lines.T, "vertical"), (board, "diagonal")):
        step = decompose(images=image)[0]
        energies = {
            name: float((getattr(step, name) ** 2).sum())
            for name in ("approximation", "horizontal", "vertical", "diagonal")
        }
        assert energies.pop(lit) == pytest.approx(32 * 32)
        assert max(energies.values()) < 1e-12


def test_batches_equal_single_images():
    images = np.random.default_rng(0).normal(size=(3, 32, 32)).astype(np.float32)
    batch = decompose(images=images, family="db4", level=2)[1]
    single = decompose(images=images[1], family="db4", level=2)[1]
    assert np.array_equal(batch.diagonal[1], single.diagonal)
    assert batch.diagonal.dtype == np.float32


def test_haar_diagonal_of_a_block_is_half_the_alternating_sum():
    # By hand: (a - b - c + d) / 2 for the orthonormal Haar wavelet.
    step = decompose(images=np.array([[5.0, 1.0], [2.0, 4.0]]))[0]
    assert step.diagonal == pytest.approx((5 - 1 - 2 + 4) / 2)


@pytest.mark.parametrize("arguments", [{"family": "nope"}, {"level": 0}, {"level": 5}])
def test_nonsense_is_refused(arguments):
    with pytest.raises(WaveletError, match="came; expected"):
        decompose(images=np.zeros((32, 32)), **arguments)


def test_odd_size_is_refused_instead_of_padded():
    with pytest.raises(WaveletError, match="divisible by 4"):
        decompose(images=np.zeros((30, 32)), level=2)


def test_families_are_known_to_the_library():
    assert set(FAMILIES) <= set(pywt.wavelist(kind="discrete"))
