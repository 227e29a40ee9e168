"""One file holds the whole state of a training after an epoch, so no kill can tear it."""

import io
import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from ml.files import write_atomically


@dataclass(frozen=True)
class Checkpoint:
    """arrays: model weights, then optimizer variables, in order; epoch: epochs finished; run: digest of the run."""

    arrays: tuple[np.ndarray, ...]
    epoch: int
    history: list[dict[str, float]]
    run: str


def weights_sha256(*, arrays: list[np.ndarray] | tuple[np.ndarray, ...]) -> str:
    """Hash over shapes, types and little-endian bytes of arrays in order."""
    digest = sha256()
    for array in arrays:
        digest.update(f"{array.shape}{array.dtype.str}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def save_checkpoint(*, path: Path, checkpoint: Checkpoint) -> None:
    state = {
        "epoch": checkpoint.epoch,
        "history": checkpoint.history,
        "run": checkpoint.run,
        "count": len(checkpoint.arrays),
    }
    save_arrays(path=path, arrays=checkpoint.arrays, state=state)


def load_checkpoint(*, path: Path) -> Checkpoint | None:
    """The last whole checkpoint, or None where there is none yet."""
    if not path.exists():
        return None
    arrays, state = load_arrays(path=path)
    return Checkpoint(arrays, state["epoch"], state["history"], state["run"])


def save_arrays(*, path: Path, arrays: tuple[np.ndarray, ...] | list[np.ndarray], state: dict[str, Any]) -> None:
    stream = io.BytesIO()
    named = {f"a{index:04d}": array for index, array in enumerate(arrays)}
    np.savez(stream, allow_pickle=False, state=np.array(json.dumps(state)), **named)
    write_atomically(path=path, content=stream.getvalue())


def load_arrays(*, path: Path) -> tuple[tuple[np.ndarray, ...], dict[str, Any]]:
    with np.load(path, allow_pickle=False) as stored:
        names = sorted(name for name in stored.files if name != "state")
        return tuple(stored[name] for name in names), json.loads(str(stored["state"]))
