"""What every test may ask for. Small on purpose."""

import os
import tempfile
from pathlib import Path

# A run of the tests never touches the site's own data; set before Django reads its settings.
os.environ["PNEUMOSCOPE_DATA_DIR"] = tempfile.mkdtemp(prefix="pneumoscope-tests-")
os.environ.setdefault("PNEUMOSCOPE_DEMO", "0")

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("PNEUMOSCOPE_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real films and DICOM files; skipped with its name where it is absent."""
    folder = SHARED / "data"
    if folder.is_dir():
        return folder
    message = f"real data not found at {folder}: set PNEUMOSCOPE_SHARED to the folder that holds data/"
    if os.environ.get("PNEUMOSCOPE_REQUIRE_SHARED") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(autouse=True)
def _fast_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _stub_front_end(settings, tmp_path_factory):
    """Pages render without a built front end: a manifest that names every entry."""
    from django_vite.core.asset_loader import DjangoViteAssetLoader

    from tests_support import write_stub_manifest

    manifest = tmp_path_factory.getbasetemp() / "manifest.json"
    write_stub_manifest(manifest, ROOT / "frontend")
    settings.DJANGO_VITE = {"default": {"dev_mode": False, "manifest_path": manifest, "static_url_prefix": ""}}
    DjangoViteAssetLoader._instance = None
