"""The guards of the source root `platform/`, which must never shadow the standard library."""

import platform
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_platform_folder_holds_no_python_file_of_its_own():
    assert list((ROOT / "platform").glob("*.py")) == []


def test_platform_module_comes_from_the_standard_library():
    assert Path(platform.__file__).parent == Path(sysconfig.get_paths()["stdlib"])


def test_python_started_in_the_repository_root_still_finds_the_standard_platform_module():
    code = "import platform; print(platform.system())"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip()


def test_no_test_folder_is_a_package_or_bears_the_name_platform():
    folders = [path for path in (ROOT / "tests").rglob("*") if path.is_dir()]
    assert [path for path in folders if path.name == "platform" or (path / "__init__.py").exists()] == []
