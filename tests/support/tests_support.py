"""Helpers that tests import by name; this folder is on pytest's path."""

import json
from pathlib import Path


def write_stub_manifest(target: Path, frontend: Path) -> None:
    """A vite manifest in which each entry is an empty file of its own name."""
    if target.exists():
        return
    entries = sorted((frontend / "src" / "entries").glob("*.ts"))
    keys = [f"src/entries/{entry.name}" for entry in entries]
    manifest = {key: {"file": f"assets/{Path(key).stem}.js", "src": key, "isEntry": True} for key in keys}
    target.write_text(json.dumps(manifest), encoding="utf-8")
