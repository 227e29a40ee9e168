"""A frozen list of labelled films from a manifest, and their features cached by content."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from ml.config import TrainConfig
from ml.files import write_atomically
from ml.io import read_radiograph
from ml.preprocess import energy_channels, prepare
from ml.splits import PARTS

PROFUSION_STEPS = 12


class ManifestError(ValueError):
    """Raised for a manifest that does not describe a frozen data set."""


@dataclass(frozen=True)
class Example:
    """One film: label 0 normal, 1 abnormal; profusion 0..11 or None; sha256 of the DICOM bytes."""

    id: str
    path: Path
    label: int
    profusion: int | None
    center: str
    patient: str
    part: str
    sha256: str

    def read(self) -> bytes:
        content = self.path.read_bytes()
        found = sha256(content).hexdigest()
        if found != self.sha256:
            raise ManifestError(
                f"Film {self.id} has SHA-256 {found[:12]}..., the manifest says {self.sha256[:12]}...; "
                "freeze the snapshot again."
            )
        return content


@dataclass(frozen=True)
class Dataset:
    """examples in manifest order; sha256 of the manifest's canonical content (paths left out)."""

    examples: tuple[Example, ...]
    sha256: str


def load_manifest(*, path: Path) -> Dataset:
    """Read {"examples": [{id, path, label, ...}, ...]} (fields of Example); paths are relative to the file."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["examples"]
        examples = tuple(_example(row, path.parent) for row in rows)
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ManifestError(
            f"{path.name} is not a manifest ({error!r}); "
            "expected examples with id, path, label, profusion, center, patient, part, sha256."
        ) from error
    _check(examples)
    content = [
        [item.id, item.label, item.profusion, item.center, item.patient, item.part, item.sha256] for item in examples
    ]
    return Dataset(examples, sha256(json.dumps(content).encode()).hexdigest())


def _example(row: dict[str, Any], folder: Path) -> Example:
    profusion = row.get("profusion")
    return Example(
        str(row["id"]),
        folder / row["path"],
        row["label"],
        profusion,
        str(row["center"]),
        str(row["patient"]),
        row["part"],
        row["sha256"],
    )


def _check(examples: tuple[Example, ...]) -> None:
    ids = [item.id for item in examples]
    if not ids or len(set(ids)) != len(ids):
        raise ManifestError(f"{len(ids)} examples with {len(set(ids))} ids came; expected at least one, each id once.")
    parts: dict[tuple[str, str], str] = {}
    for item in examples:
        if item.label not in (0, 1) or item.part not in PARTS:
            raise ManifestError(
                f"Example {item.id} has label {item.label!r} and part {item.part!r}; expected 0 or 1, one of {PARTS}."
            )
        if item.profusion is not None and item.profusion not in range(PROFUSION_STEPS):
            raise ManifestError(f"Example {item.id} has profusion {item.profusion!r}; expected 0..11 or null.")
        if parts.setdefault((item.center, item.patient), item.part) != item.part:
            raise ManifestError(
                f"Patient {item.patient} of center {item.center} is in two parts; a patient belongs to one part only."
            )


@dataclass(frozen=True)
class Features:
    """channels: (n, grid, grid, c) float32 log energies; weight: (n, grid, grid, 1) float32 0..1 lungs."""

    channels: np.ndarray
    weight: np.ndarray
    problems: tuple[tuple[str, ...], ...]


def load_features(
    *,
    examples: tuple[Example, ...],
    config: TrainConfig,
    cache: Path,
    progress: Callable[[int, int, str], None] | None = None,
) -> Features:
    """Features of all films, computed once per content and settings; a damaged cache file is remade."""
    items = []
    for index, example in enumerate(examples):
        items.append(_cached(example, config, cache))
        if progress:
            progress(index + 1, len(examples), "features")
    return Features(
        np.stack([item[0] for item in items]), np.stack([item[1] for item in items]), tuple(item[2] for item in items)
    )


def _cached(example: Example, config: TrainConfig, cache: Path) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    path = cache / config.feature_digest() / f"{example.sha256}.npz"
    try:
        with np.load(path, allow_pickle=False) as stored:
            return stored["channels"], stored["weight"], tuple(stored["problems"].tolist())
    except (FileNotFoundError, BadZipFile, ValueError, KeyError, EOFError):
        channels, weight, problems = film_features(content=example.read(), config=config)
    stream = io.BytesIO()
    np.savez(stream, channels=channels, weight=weight, problems=np.array(problems, dtype=str))
    write_atomically(path=path, content=stream.getvalue())
    return channels, weight, problems


def film_features(*, content: bytes, config: TrainConfig) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Channels (grid, grid, c), lung weight (grid, grid, 1) and failed quality gates of one DICOM film."""
    image = prepare(radiograph=read_radiograph(source=content), size_px=config.size_px, field_mm=config.field_mm)
    channels, weight = energy_channels(
        image=image, family=config.family, level=config.level, bands=config.bands, grid_px=config.grid_px
    )
    return channels, weight, image.problems
