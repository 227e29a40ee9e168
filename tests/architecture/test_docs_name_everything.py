"""Documentation is tested: what exists is named."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "platform/pneumoscope/settings.py").read_text(encoding="utf-8")
VARIABLES = sorted(
    set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS)) | set(re.findall(r'_secret\("([A-Z_]+)"\)', SETTINGS))
)


@pytest.mark.parametrize("variable", VARIABLES)
def test_environment_variable_is_documented(variable):
    assert f"`{variable}`" in (ROOT / "docs/admins/settings.md").read_text(encoding="utf-8")


def test_links_between_documents_lead_somewhere():
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "frontend/README.md"]
    broken = []
    for document in documents:
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", document.read_text(encoding="utf-8")):
            if not (document.parent / target).exists():
                broken.append(f"{document.relative_to(ROOT)} -> {target}")
    assert broken == []


def test_lock_files_name_no_registry_address():
    locks = [*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "frontend/package-lock.json"]
    assert [lock.name for lock in locks if re.search(r"https?://\S*(registry|pypi|npmjs)", lock.read_text())] == []


COMMANDS = sorted(path.stem for path in ROOT.glob("platform/pneumoscope/*/management/commands/[a-z]*.py"))


@pytest.mark.parametrize("command", COMMANDS)
def test_management_command_is_documented(command):
    assert f"`manage.py {command}`" in (ROOT / "docs/admins/commands.md").read_text(encoding="utf-8")
