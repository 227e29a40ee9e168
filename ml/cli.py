"""Command line: simulate films with a manifest, and train on a manifest."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from ml.config import ConfigError, TrainConfig
from ml.datasets import ManifestError
from ml.io import RadiographError
from ml.simulate import DEVICES, simulate_film
from ml.splits import part_of
from ml.train import NotTrainableError, train

DEMO_KEY = b"simulated films: public key"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ml", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    simulate = commands.add_parser("simulate", help="write simulated DICOM films and their manifest")
    simulate.add_argument("--out", type=Path, required=True)
    simulate.add_argument("--count", type=int, default=20)
    simulate.add_argument("--seed", type=int, default=0)
    simulate.add_argument("--size-px", type=int, default=1024)
    simulate.add_argument("--tier", choices=("subtle", "moderate", "marked"), default="marked")
    learn = commands.add_parser("train", help="train and evaluate on a manifest")
    learn.add_argument("manifest", type=Path)
    learn.add_argument("--config", type=Path)
    learn.add_argument("--workdir", type=Path, required=True)
    arguments = parser.parse_args(argv)
    try:
        return _simulate(arguments) if arguments.command == "simulate" else _train(arguments)
    except (ConfigError, ManifestError, NotTrainableError, RadiographError, OSError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1


def _simulate(arguments: argparse.Namespace) -> int:
    """Half normal, half category 1 to 3, spread over two simulated devices in equal shares."""
    arguments.out.mkdir(parents=True, exist_ok=True)
    rows = []
    devices = list(DEVICES)[:2]
    for index in range(arguments.count):
        seed = arguments.seed * 1_000_003 + index
        abnormal, device = index % 2 == 1, devices[(index // 2) % 2]
        wishes = {"profusion": 4 + index % 7, "primary": "qr"[(index // 4) % 2]} if abnormal else {"profusion": 0}
        film = simulate_film(seed=seed, center_device=device, size_px=arguments.size_px, tier=arguments.tier, **wishes)
        path = arguments.out / f"film_{index:04d}.dcm"
        path.write_bytes(film.dicom)
        patient = f"SIM-{seed}"
        part = part_of(key=DEMO_KEY, center=device, patient=patient)
        rows.append(
            {
                "id": path.stem,
                "path": path.name,
                "label": int(abnormal),
                "profusion": film.parameters.disease.profusion,
                "center": device,
                "patient": patient,
                "part": part,
                "sha256": sha256(film.dicom).hexdigest(),
            }
        )
        (arguments.out / f"film_{index:04d}.json").write_text(film.parameters.to_json(), encoding="utf-8")
    (arguments.out / "manifest.json").write_text(json.dumps({"examples": rows}, indent=1), encoding="utf-8")
    sys.stdout.write(f"{len(rows)} films and manifest.json in {arguments.out}\n")
    return 0


def _train(arguments: argparse.Namespace) -> int:
    config = TrainConfig.from_json(arguments.config.read_text(encoding="utf-8")) if arguments.config else TrainConfig()
    result = train(manifest=arguments.manifest, config=config, workdir=arguments.workdir, progress=_tell)
    sys.stdout.write(json.dumps(asdict(result), indent=1, sort_keys=True) + "\n")
    return 0


def _tell(done: int, total: int, message: str) -> None:
    sys.stderr.write(f"{done}/{total} {message}\n")
