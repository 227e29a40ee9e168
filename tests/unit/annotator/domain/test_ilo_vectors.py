"""The 34 rules of the ILO form against vectors given by the specification and written for each rule."""

from annotator.domain.engine import normal_film, validate
from annotator.domain.missing import missing_items

RULE_IDS = (
    [f"Q{n}" for n in range(1, 6)]
    + [f"P{n}" for n in range(1, 8)]
    + [f"L{n}" for n in range(1, 12)]
    + [f"O{n}" for n in range(1, 10)]
    + ["M1", "M2"]
)


def broken(scheme, vectors):
    """The ids of the vectors that the scheme does not answer as they say."""
    return [vector["id"] for vector in vectors if not _agrees(scheme, vector)]


def _agrees(scheme, vector):
    outcome = validate(scheme=scheme, reading=vector["reading"], settings=vector["settings"])
    derived = {name: outcome.derived.get(name) for name in vector.get("derived", {})}
    return (outcome.error_ids, outcome.warning_ids, derived) == (
        vector["errors"],
        vector["warnings"],
        vector.get("derived", {}),
    )


def test_every_vector_gives_exactly_the_listed_rules_and_derived_values(scheme, vectors):
    assert len(vectors) > 90
    assert len({vector["id"] for vector in vectors}) == len(vectors)
    assert broken(scheme, vectors) == []


def test_the_26_given_vectors_are_among_them(vectors):
    assert sum(vector["id"].startswith("V") for vector in vectors) == 26


def test_a_vector_says_valid_exactly_when_it_lists_no_error(vectors):
    assert [v["id"] for v in vectors if v["valid"] != (v["errors"] == [])] == []


def test_the_scheme_has_the_34_rules_of_the_form_in_order(scheme):
    assert [rule["id"] for rule in scheme.rules] == RULE_IDS
    assert {rule["id"] for rule in scheme.rules if rule["severity"] == "W"} == {"P5", "P6", "P7", "O8"}


def test_each_rule_has_a_vector_that_breaks_exactly_it(vectors):
    alone = {(v["errors"] + v["warnings"])[0] for v in vectors if len(v["errors"] + v["warnings"]) == 1}
    assert set(RULE_IDS) <= alone


def test_each_rule_dropped_alone_is_missed_by_a_vector(scheme, vectors):
    assert [rule for rule in RULE_IDS if broken(scheme.without_rule(rule), vectors) == []] == []


def test_findings_name_the_fields_they_concern_in_both_languages(scheme):
    reading = normal_film(scheme=scheme) | {"image_quality": {"grade": "1", "defects": ["mottle"], "other_text": None}}
    english = validate(scheme=scheme, reading=reading).errors
    japanese = validate(scheme=scheme, reading=reading, language="ja").errors
    assert english[0].paths == ("image_quality.defects",)
    assert english[0].text == "Quality grade 1 goes with no defect and no defect text."
    assert japanese[0].text == "画質1の場合、欠陥とその内容は記入できません。"


def test_a_normal_film_needs_only_the_reader_block(scheme):
    film = normal_film(scheme=scheme)
    assert validate(scheme=scheme, reading=film).error_ids == ["M1"]
    assert [item.path.split(".")[0] for item in missing_items(scheme=scheme, reading=film)] == ["reader"] * 4
