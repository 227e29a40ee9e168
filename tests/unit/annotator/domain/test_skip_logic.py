"""Which fields the form shows, what is dropped when a field is hidden, what is still missing."""

import copy

import pytest

from annotator.domain.compact import expand_compact
from annotator.domain.engine import normal_film, prune, validate, visible_paths
from annotator.domain.errors import MisshapenReadingError
from annotator.domain.missing import missing_items
from annotator.domain.structure import blank_reading

SIMPLE = {"any": True, "primary": "q", "secondary": "t", "zones": ["RU"], "profusion": "1/1", "large": "O"}


def groups(paths):
    return {path.split(".")[0] for path in paths}


def test_an_unreadable_film_shows_only_image_quality_and_the_reader_block(scheme):
    assert groups(visible_paths(scheme=scheme, reading={"image_quality": {"grade": "UR"}})) == {
        "image_quality",
        "reader",
    }


def test_diffuse_thickening_is_shown_only_with_an_obliterated_angle(scheme):
    hidden = visible_paths(scheme=scheme, reading={"pleural": {"any": True, "cpa": []}})
    shown = visible_paths(scheme=scheme, reading={"pleural": {"any": True, "cpa": ["R"]}})
    assert {path for path in shown if path not in hidden} == {
        path for path in scheme.fields if path.startswith("pleural.dpt.")
    }


def test_answering_no_drops_what_it_hides(scheme):
    pruned = prune(scheme=scheme, reading={"image_quality": {"grade": "1"}, "parenchymal": SIMPLE | {"any": False}})
    assert pruned["parenchymal"] == dict.fromkeys(SIMPLE) | {"any": False}


def test_profusion_0_dash_drops_shape_and_zones_but_keeps_large_opacities(scheme):
    pruned = prune(scheme=scheme, reading={"parenchymal": SIMPLE | {"profusion": "0/-", "large": "B"}})
    assert pruned["parenchymal"] == {
        "any": True, "primary": None, "secondary": None, "zones": None, "profusion": "0/-", "large": "B",
    }  # fmt: skip


def test_a_chain_of_hidden_fields_is_dropped_to_its_end(scheme):
    reading = {
        "other": {"see_physician": False, "physician_notified_on": "2024-01-01"},
        "image_quality": {"grade": "1"},
    }
    assert prune(scheme=scheme, reading=reading)["other"]["physician_notified_on"] is None
    unreadable = reading | {"image_quality": {"grade": "UR", "defects": ["mottle"]}}
    assert prune(scheme=scheme, reading=unreadable)["other"] == blank_reading(scheme=scheme)["other"]


def test_pruning_is_idempotent_leaves_its_input_alone_and_hides_no_answer(scheme, vectors):
    for vector in vectors:
        if "S1" in vector["errors"]:
            continue
        before = copy.deepcopy(vector["reading"])
        once = prune(scheme=scheme, reading=vector["reading"])
        assert prune(scheme=scheme, reading=once) == once
        assert vector["reading"] == before


def test_a_pruned_reading_never_breaks_a_rule_about_hidden_fields(scheme, vectors):
    about_hidden = {"Q2", "Q5", "P2", "L2", "L8", "O2"}
    seen = set()
    for vector in vectors:
        if "S1" not in vector["errors"]:
            seen |= about_hidden & set(vector["errors"])
            pruned = prune(scheme=scheme, reading=vector["reading"], settings=vector["settings"])
            assert not about_hidden & set(validate(scheme=scheme, reading=pruned).error_ids)
    assert seen == about_hidden


def test_a_draft_without_missing_items_breaks_no_rule_about_unanswered_fields(scheme, vectors):
    unanswered = {"Q1", "Q3", "P1", "P3", "L1", "L3", "L9", "O1", "O5", "M1"}
    for vector in vectors:
        if "S1" not in vector["errors"]:
            missing = missing_items(scheme=scheme, reading=vector["reading"], settings=vector["settings"])
            paths = {item.path for item in missing} - {"image_quality.other_text"}
            assert bool(paths) == bool(unanswered & set(vector["errors"])), (vector["id"], paths)


def test_missing_items_are_said_in_words_of_the_form(scheme):
    reading = normal_film(scheme=scheme) | {"parenchymal": {"any": True, "profusion": "1/1", "large": "O"}}
    words = [item.text for item in missing_items(scheme=scheme, reading=reading)][:3]
    assert words == [
        "2B a Small opacities: shape and size, primary: not answered",
        "2B a Small opacities: shape and size, secondary: not answered",
        "2B b Small opacities: zones: mark at least one",
    ]


def test_a_misshapen_reading_cannot_be_pruned(scheme):
    with pytest.raises(MisshapenReadingError, match=r"pleural\.cpa: expected a list of different codes out of R, L"):
        prune(scheme=scheme, reading={"pleural": {"cpa": "R"}})


@pytest.mark.parametrize("reading", [None, 7, "text", [], [1], {"pleural": 3}, {1: 2}, {"parenchymal": {"any": "YES"}}])
def test_anything_that_is_no_reading_is_answered_by_s1(scheme, reading):
    outcome = validate(scheme=scheme, reading=reading)
    assert outcome.error_ids == ["S1"]
    assert outcome.derived == {}
    assert "expected" in outcome.errors[0].text


@pytest.mark.parametrize("value", [True, 1.5, "1", -1, 4])
def test_an_extent_is_one_of_the_four_numbers_and_nothing_like_them(scheme, value):
    outcome = validate(scheme=scheme, reading={"pleural": {"plaques": {"extent": {"R": value}}}})
    assert [finding.paths for finding in outcome.errors] == [("pleural.plaques.extent.R",)]


def test_compact_rows_are_answered_o_only_inside_a_group_that_is_given(scheme):
    given = expand_compact(scheme=scheme, compact={"pleural": {"any": True, "plaques": {}}})
    assert given["pleural"]["plaques"]["diaphragm"] == {"site": [], "calcification": []}
    assert given["pleural"]["plaques"]["width"] == {"R": 0, "L": 0}
    assert "dpt" not in given["pleural"]
