"""Time to simulate and prepare a film, and to train an epoch: `python benchmarks/bench_training_step.py`."""

import sys
import tempfile
import time
from pathlib import Path

from ml.cli import main
from ml.config import TrainConfig
from ml.train import train

FILMS = 24


def bench() -> None:
    """Print a table in seconds; the first epoch holds the import of TensorFlow and the tracing."""
    with tempfile.TemporaryDirectory() as name:
        folder, marks = Path(name), [time.perf_counter()]
        main(["simulate", "--out", str(folder / "films"), "--count", str(FILMS)])
        marks.append(time.perf_counter())
        steps: list[tuple[str, float]] = []
        train(
            manifest=folder / "films" / "manifest.json",
            config=TrainConfig(epochs=10),
            workdir=folder / "work",
            progress=lambda done, total, message: steps.append((message.split()[0], time.perf_counter())),
        )
        features = [at for kind, at in steps if kind == "features"]
        epochs = [at for kind, at in steps if kind == "epoch"]
        rows = (
            ("simulate a film", (marks[1] - marks[0]) / FILMS),
            ("features of a film", (features[-1] - marks[1]) / FILMS),
            ("first epoch with import", epochs[0] - features[-1]),
            ("later epoch", (epochs[-1] - epochs[0]) / (len(epochs) - 1)),
        )
        sys.stdout.write("".join(f"{label:<26}{seconds:8.3f} s\n" for label, seconds in rows))


if __name__ == "__main__":
    bench()
