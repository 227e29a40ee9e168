"""The documentation names every reason and every flag, and no other."""

import re
from pathlib import Path

import pytest

from pneumoscope.archive.dicom.flags import Flag
from pneumoscope.archive.dicom.reasons import Reason

DOCUMENT = Path(__file__).resolve().parents[4] / "docs" / "deidentification.md"


@pytest.mark.parametrize(("title", "words"), [("Reasons for refusal", Reason), ("Flags of an accepted image", Flag)])
def test_the_documentation_lists_exactly_the_words_of_the_code(title, words):
    section = DOCUMENT.read_text(encoding="utf-8").split(f"## {title}\n")[1].split("\n## ")[0]
    assert set(re.findall(r"`(\w+)`", section)) == set(words)
