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


@pytest.fixture(autouse=True, scope="session")
def _guards_step_aside_while_tests_clean_up():
    """SQLite empties tables by DELETE, which the guards refuse: they are lifted for that moment."""
    from django.db import connection
    from django.test import TransactionTestCase

    tear_down = TransactionTestCase._fixture_teardown

    def without_guards(self) -> None:
        triggers = []
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard_%'")
                triggers = cursor.fetchall()
                for name, _ in triggers:
                    cursor.execute(f"DROP TRIGGER {name}")
        tear_down(self)
        with connection.cursor() as cursor:
            for _, sql in triggers:
                cursor.execute(sql)

    TransactionTestCase._fixture_teardown = without_guards
    yield
    TransactionTestCase._fixture_teardown = tear_down
