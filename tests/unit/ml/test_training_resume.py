import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ml.cli import main
from ml.config import TrainConfig
from ml.train import train

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
CONFIG = TrainConfig(size_px=512, grid_px=16, level=3, epochs=40, batch_size=4, profusion_head=True)
KILLS = 5


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    assert main(["simulate", "--out", str(folder), "--count", "40", "--seed", "1", "--size-px", "512"]) == 0
    (folder / "config.json").write_text(CONFIG.to_json(), encoding="utf-8")
    return folder


def start(films, workdir):
    command = [
        sys.executable,
        "-m",
        "ml",
        "train",
        str(films / "manifest.json"),
        "--config",
        str(films / "config.json"),
    ]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([*command, "--workdir", str(workdir)], cwd=ROOT, env=environment, **pipes)


def changed_at(path):
    return path.stat().st_mtime_ns if path.exists() else 0


@pytest.fixture(scope="module")
def unkilled(films, tmp_path_factory):
    workdir = tmp_path_factory.mktemp("unkilled")
    assert start(films, workdir).wait() == 0
    return json.loads((workdir / "result.json").read_text())


def test_training_killed_five_times_ends_with_the_same_weights_and_metrics(films, unkilled, tmp_path):
    checkpoint = tmp_path / "checkpoint.npz"
    for _ in range(KILLS):
        before = changed_at(checkpoint)
        process = start(films, tmp_path)
        while changed_at(checkpoint) == before and process.poll() is None:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "the training ended before it could be killed: give it more epochs"
    assert not (tmp_path / "result.json").exists()
    assert start(films, tmp_path).wait() == 0
    resumed = json.loads((tmp_path / "result.json").read_text())
    assert {**resumed, "weights_path": ""} == {**unkilled, "weights_path": ""}


def test_marked_disease_is_learned_and_the_hospital_alone_is_not_enough(unkilled):
    assert unkilled["metrics"]["auc"]["value"] > 0.85
    assert unkilled["metrics"]["baselines"]["hospital_only"]["auc"]["value"] < 0.8
    assert unkilled["history"][-1]["loss"] < unkilled["history"][0]["loss"]


def test_stop_request_leaves_a_checkpoint_that_resumes(films, tmp_path):
    from ml.fit import TrainingStoppedError

    told = []

    def stop():
        return sum("epoch" in message for _, _, message in told) >= 2

    short = TrainConfig(size_px=512, grid_px=16, level=3, epochs=4, batch_size=8)
    arguments = {"manifest": films / "manifest.json", "config": short, "workdir": tmp_path}
    with pytest.raises(TrainingStoppedError, match="before epoch 3 of 4"):
        train(**arguments, progress=lambda *message: told.append(message), should_stop=stop)
    result = train(**arguments)
    assert [round(item["epoch"]) for item in result.history] == [1, 2, 3, 4]


def test_heat_map_lies_on_the_grid_and_mostly_in_the_lungs(films):
    from ml.backbones import build_model
    from ml.datasets import load_features, load_manifest
    from ml.explain import hirescam, inside_lung_share

    dataset = load_manifest(path=films / "manifest.json")
    features = load_features(examples=dataset.examples[:3], config=CONFIG, cache=films / "cache")
    maps = hirescam(model=build_model(config=CONFIG), channels=features.channels, weight=features.weight)
    assert maps.shape == (3, 16, 16)
    assert maps.min() >= 0
    share = inside_lung_share(maps=np.ones_like(maps), weight=features.weight)
    assert share == pytest.approx((features.weight[..., 0] > 0.5).mean(axis=(1, 2)))


def test_ordinal_logits_never_cross():
    import keras

    from ml.heads import OrdinalLogits

    layer = OrdinalLogits()
    logits = np.asarray(
        layer(keras.ops.convert_to_tensor(np.random.default_rng(0).normal(size=(20, 5)).astype("float32")))
    )
    assert logits.shape == (20, 11)
    assert (np.diff(logits, axis=1) < 0).all()
