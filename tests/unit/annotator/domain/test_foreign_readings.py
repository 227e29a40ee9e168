"""Foreign spellings are read tolerantly and reported; what has no single meaning is left for S1."""

from datetime import date, datetime

import pytest

from annotator.domain.engine import validate
from annotator.domain.foreign import read_foreign


def value_of(node, path):
    for step in path.split("."):
        node = node[step]
    return node


@pytest.mark.parametrize(
    ("path", "came", "read_as"),
    [
        ("image_quality.grade", 1, "1"),
        ("image_quality.grade", "u/r", "UR"),
        ("image_quality.grade", "4", "UR"),
        ("parenchymal.any", "YES", True),
        ("parenchymal.any", "いいえ", False),
        ("parenchymal.profusion", " 1/1 ", "1/1"),
        ("parenchymal.profusion", "１／１", "1/1"),
        ("parenchymal.primary", "Q", "q"),
        ("parenchymal.large", "o", "O"),
        ("parenchymal.zones", "ru, LM", ["RU", "LM"]),
        ("pleural.cpa", "both", ["R", "L"]),
        ("pleural.cpa", "右", ["R"]),
        ("pleural.cpa", "O", []),
        ("pleural.cpa", "", None),
        ("pleural.plaques.extent.R", "2", 2),
        ("pleural.plaques.extent.R", "O", 0),
        ("pleural.plaques.width.L", "O", 0),
        ("pleural.plaques.width.L", "B", "b"),
        ("reader.date_of_radiograph", "2024/3/5", "2024-03-05"),
        ("reader.date_of_radiograph", date(2024, 3, 5), "2024-03-05"),
        ("reader.date_of_radiograph", datetime(2024, 3, 5, 12, 0), "2024-03-05"),
        ("reader.reader_id", 17, "17"),
    ],
)
def test_a_foreign_spelling_with_one_meaning_is_repaired_and_reported(scheme, path, came, read_as):
    foreign = read_foreign(scheme=scheme, reading=nested(path, came))
    assert value_of(foreign.reading, path) == read_as
    assert [(repair.path, repair.read_as) for repair in foreign.repairs] == [(path, read_as)]
    assert validate(scheme=scheme, reading=foreign.reading).error_ids != ["S1"]


@pytest.mark.parametrize(
    ("path", "came"),
    [
        ("parenchymal.any", "perhaps"),
        ("parenchymal.profusion", "0/2"),
        ("parenchymal.zones", 3),
        ("pleural.cpa", ["X"]),
        ("pleural.plaques.extent.R", "4"),
        ("reader.date_of_radiograph", "5.3.2024"),
        ("image_quality.grade", True),
        ("parenchymal.any", ["YES"]),
    ],
)
def test_what_has_no_single_meaning_is_left_for_s1(scheme, path, came):
    foreign = read_foreign(scheme=scheme, reading=nested(path, came))
    assert foreign.repairs == ()
    outcome = validate(scheme=scheme, reading=foreign.reading)
    assert [(finding.rule, finding.paths) for finding in outcome.errors] == [("S1", (path,))]


def test_a_canonical_reading_needs_no_repair(scheme, vectors):
    for vector in vectors:
        if "S1" not in vector["errors"]:
            assert read_foreign(scheme=scheme, reading=vector["reading"]).repairs == ()


def test_unknown_fields_are_kept_for_s1_to_name(scheme):
    foreign = read_foreign(scheme=scheme, reading={"diagnosis": "silicosis", "pleural": 3})
    assert foreign.reading == {"diagnosis": "silicosis", "pleural": 3}


def nested(path, value):
    for step in reversed(path.split(".")):
        value = {step: value}
    return value
