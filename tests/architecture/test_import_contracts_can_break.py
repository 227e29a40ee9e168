"""A contract counts only when it has been seen to break: one forbidden import each."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = {
    "storeys": ("platform/pneumoscope/common/blobs.py", "import pneumoscope.archive.models"),
    "pure": ("annotator/domain/consensus/__init__.py", "import django"),
    "domain": ("annotator/domain/agreement.py", "import pydicom"),
    "web-without-ml": ("platform/pneumoscope/accounts/context.py", "import ml.splits"),
    "one-door": ("platform/pneumoscope/training/apps.py", "import ml.splits"),
    "ml-storeys": ("ml/wavelets.py", "import ml.train"),
}


def lint(tree: Path, contract: str) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tree), str(tree / "platform")])}
    command = [str(linter), "--contract", contract, "--no-cache"]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    copy = tmp_path_factory.mktemp("tree")
    for name in ("platform", "annotator", "ml"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def test_every_contract_has_a_mutation():
    import tomllib

    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert {contract["id"] for contract in configuration["tool"]["importlinter"]["contracts"]} == set(MUTATIONS)


@pytest.mark.parametrize("contract", sorted(MUTATIONS))
def test_contract_holds_and_breaks_under_a_one_line_mutation(tree, contract):
    assert lint(tree, contract).returncode == 0, lint(tree, contract).stdout
    file, line = MUTATIONS[contract]
    original = (tree / file).read_text(encoding="utf-8")
    (tree / file).write_text(f"{line}\n{original}", encoding="utf-8")
    try:
        answer = lint(tree, contract)
        assert (answer.returncode, "BROKEN" in answer.stdout) == (1, True), answer.stdout + answer.stderr
    finally:
        (tree / file).write_text(original, encoding="utf-8")
