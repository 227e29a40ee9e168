import json
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from ml.checkpoint import Checkpoint, load_checkpoint, save_checkpoint, weights_sha256
from ml.config import ConfigError, TrainConfig
from ml.datasets import ManifestError, load_features, load_manifest
from ml.simulate import simulate_film
from ml.train import NotTrainableError, check_trainable, train

ROOT = Path(__file__).parents[3]
SMALL = TrainConfig(size_px=256, grid_px=16, level=2, epochs=2, batch_size=4)


def write_manifest(folder, rows):
    path = folder / "manifest.json"
    path.write_text(json.dumps({"examples": rows}), encoding="utf-8")
    return path


@pytest.fixture
def row(tmp_path):
    film = simulate_film(seed=1, profusion="2/2", primary="q", size_px=256).dicom
    (tmp_path / "film.dcm").write_bytes(film)
    return {
        "id": "1", "path": "film.dcm", "label": 1, "profusion": 7, "center": "a", "patient": "p", "part": "train",
        "sha256": sha256(film).hexdigest(),
    }  # fmt: skip


def test_configuration_survives_json():
    config = replace(SMALL, bands=("diagonal",), learning_rate=0.01)
    assert TrainConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    "change",
    [
        {"family": "nope"}, {"level": 0}, {"bands": ["approximation"]}, {"bands": []},
        {"bands": ["diagonal", "diagonal"]}, {"size_px": 1000},
        {"epochs": 0}, {"epochs": "ten"}, {"batch_size": True}, {"learning_rate": -1},
        {"seed": -1}, {"threshold": 1.0}, {"unknown": 1},
    ],
)  # fmt: skip
def test_nonsense_configuration_is_refused_by_name(change):
    with pytest.raises(ConfigError, match=next(iter(change))):
        TrainConfig.from_dict(change)


def test_features_depend_on_feature_settings_only():
    assert SMALL.feature_digest() == replace(SMALL, epochs=99, seed=5).feature_digest()
    assert SMALL.feature_digest() != replace(SMALL, family="db4").feature_digest()


def test_manifest_hash_ignores_where_the_films_lie(tmp_path, row):
    first = load_manifest(path=write_manifest(tmp_path, [row])).sha256
    assert load_manifest(path=write_manifest(tmp_path, [{**row, "path": "elsewhere.dcm"}])).sha256 == first
    assert load_manifest(path=write_manifest(tmp_path, [{**row, "label": 0}])).sha256 != first


@pytest.mark.parametrize(
    ("change", "text"),
    [({"label": 2}, "label 2"), ({"part": "holdout"}, "holdout"), ({"profusion": 12}, "profusion 12")],
)
def test_wrong_manifest_row_is_named(tmp_path, row, change, text):
    with pytest.raises(ManifestError, match=text):
        load_manifest(path=write_manifest(tmp_path, [{**row, **change}]))


def test_patient_in_two_parts_is_refused(tmp_path, row):
    with pytest.raises(ManifestError, match="two parts"):
        load_manifest(path=write_manifest(tmp_path, [row, {**row, "id": "2", "part": "test"}]))


def test_same_id_twice_and_missing_fields_are_refused(tmp_path, row):
    with pytest.raises(ManifestError, match="each id once"):
        load_manifest(path=write_manifest(tmp_path, [row, row]))
    del row["label"]
    with pytest.raises(ManifestError, match="label"):
        load_manifest(path=write_manifest(tmp_path, [row]))


def test_changed_film_is_refused(tmp_path, row):
    (tmp_path / "film.dcm").write_bytes(b"other")
    dataset = load_manifest(path=write_manifest(tmp_path, [row]))
    with pytest.raises(ManifestError, match="freeze the snapshot again"):
        load_features(examples=dataset.examples, config=SMALL, cache=tmp_path / "cache")


def test_cached_features_equal_fresh_ones_and_a_damaged_cache_is_remade(tmp_path, row):
    dataset = load_manifest(path=write_manifest(tmp_path, [row]))
    fresh = load_features(examples=dataset.examples, config=SMALL, cache=tmp_path / "cache")
    (stored,) = (tmp_path / "cache").rglob("*.npz")
    (tmp_path / "film.dcm").unlink()
    cached = load_features(examples=dataset.examples, config=SMALL, cache=tmp_path / "cache")
    assert np.array_equal(fresh.channels, cached.channels)
    stored.write_bytes(b"torn")
    with pytest.raises(FileNotFoundError):
        load_features(examples=dataset.examples, config=SMALL, cache=tmp_path / "cache")


def rows_of(row, labels, center="a"):
    return [
        {**row, "id": str(i), "patient": str(i), "label": label, "center": center} for i, label in enumerate(labels)
    ]


@pytest.mark.parametrize(
    ("labels", "text"),
    [([0, 1, 1], "has 3 films"), ([1] * 12, "12 abnormal and 0 normal"), ([0] * 12, "0 abnormal and 12 normal")],
)
def test_data_that_cannot_teach_are_refused_before_anything_is_computed(tmp_path, row, labels, text):
    manifest = write_manifest(tmp_path, rows_of(row, labels))
    with pytest.raises(NotTrainableError, match=text):
        train(manifest=manifest, config=SMALL, workdir=tmp_path / "work")
    assert not (tmp_path / "work").exists()


def test_one_center_with_both_classes_is_enough(tmp_path, row):
    check_trainable(dataset=load_manifest(path=write_manifest(tmp_path, rows_of(row, [0, 1] * 5))))


def test_checkpoint_round_trip(tmp_path):
    arrays = (np.arange(6, dtype=np.float32).reshape(2, 3), np.array(3, np.int64))
    save_checkpoint(path=tmp_path / "c.npz", checkpoint=Checkpoint(arrays, 4, [{"loss": 0.1}], "run"))
    back = load_checkpoint(path=tmp_path / "c.npz")
    assert (back.epoch, back.history, back.run) == (4, [{"loss": 0.1}], "run")
    assert weights_sha256(arrays=back.arrays) == weights_sha256(arrays=arrays)
    assert load_checkpoint(path=tmp_path / "none.npz") is None
    assert [item.name for item in tmp_path.iterdir()] == ["c.npz"]


def test_weight_hash_sees_order_shape_and_one_bit():
    a, b = np.zeros(4, np.float32), np.ones(4, np.float32)
    hashes = {
        weights_sha256(arrays=x) for x in ([a, b], [b, a], [a.reshape(2, 2), b], [a, np.nextafter(b, np.float32(2))])
    }
    assert len(hashes) == 4


def test_only_training_modules_import_tensorflow():
    code = (
        "import sys, ml.simulate, ml.splits, ml.wavelets, ml.io, ml.preprocess, ml.datasets;"
        "import ml.baseline, ml.evaluate, ml.train, ml.cli;"
        "sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras', 'django')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
