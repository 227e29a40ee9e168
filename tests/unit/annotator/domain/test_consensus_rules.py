"""42 CFR 37.53 and the panel median: given cases, hand-worked cases, and every pair and triple of the scale."""

from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.consensus import (
    RULES,
    ReadingSummary,
    niosh_42cfr37_53,
    panel_median,
    parse_short_notation,
    rule_named,
    summarize,
)
from annotator.domain.consensus.niosh import agree
from annotator.domain.consensus.outcome import STATES
from annotator.domain.consensus.summary import PROFUSION
from annotator.domain.engine import normal_film
from annotator.domain.errors import InvalidSummaryError, UnknownRuleError
from annotator.domain.vector_files import rows

notations = st.sampled_from(["NO", "UR", *PROFUSION, "1/1 A", "2/2 B", "3/3 C", "0/- B"])


def readings(texts):
    return [parse_short_notation(text=text, reading_id=str(place)) for place, text in enumerate(texts)]


def cases(vector_folder, section):
    return [
        case
        for name in ("consensus.yaml", "consensus_more.yaml")
        for case in rows(vector_folder / name, section, "readings")
    ]


def test_every_niosh_case_gives_the_listed_outcome(vector_folder):
    listed = cases(vector_folder, "niosh")
    assert len(listed) == 31
    wrong = {case["id"]: niosh_42cfr37_53(readings=readings(case["readings"])).text for case in listed}
    assert wrong == {case["id"]: case["outcome"] for case in listed}


def test_every_panel_case_gives_the_listed_outcome(vector_folder):
    listed = cases(vector_folder, "panel_median")
    assert len(listed) == 9
    got = {case["id"]: panel_median(readings=readings(case["readings"]), n=case.get("n", 3)).text for case in listed}
    assert got == {case["id"]: case["outcome"] for case in listed}


def test_40_of_144_ordered_pairs_agree_and_agreement_is_symmetric():
    pairs = [tuple(readings(pair)) for pair in product(PROFUSION, repeat=2)]
    assert sum(agree(first=a, second=b) for a, b in pairs) == 40
    assert all(agree(first=a, second=b) == agree(first=b, second=a) for a, b in pairs)


def test_of_1728_ordered_triples_the_third_settles_672_and_576_need_two_more():
    states = Counter()
    for triple in product(readings(PROFUSION), repeat=3):
        if not agree(first=triple[0], second=triple[1]):
            states[niosh_42cfr37_53(readings=triple).state] += 1
    assert states == {"FINAL": 672, "REQUEST_TWO_MORE": 576}


def test_the_final_of_three_comes_from_a_pair_that_agrees_and_is_its_higher_reading():
    for triple in product(readings(PROFUSION), repeat=3):
        outcome = niosh_42cfr37_53(readings=triple)
        if outcome.state == "FINAL":
            pair = [triple[place] for place in outcome.used]
            assert agree(first=pair[0], second=pair[1])
            assert outcome.value == max(pair, key=lambda reading: reading.index).effective


def test_provenance_names_what_was_used_and_why_the_rest_was_not():
    outcome = niosh_42cfr37_53(readings=readings(["UR", "1/0", "0/1", "1/1", "3/3"]))
    assert (outcome.text, outcome.used) == ("FINAL 1/1", (1, 3))
    assert outcome.excluded == {
        0: "unreadable (U/R): does not count",
        2: "not of the pair that agrees",
        4: "came after the rule had settled the case",
    }
    assert (outcome.rule, outcome.rule_version) == ("niosh_42cfr37_53", "1.0.0")


@pytest.mark.parametrize(
    ("texts", "flags"),
    [
        (["1/1 A", "2/2 B"], ("letters_differ",)),
        (["NO", "0/1"], ("imputed",)),
        (["0/0", "1/1", "2/2", "1/0", "NO"], ("median_of_five", "imputed")),
    ],
)
def test_niosh_flags_say_what_the_regulation_does_not_settle(texts, flags):
    assert niosh_42cfr37_53(readings=readings(texts)).flags == flags


@pytest.mark.parametrize(
    ("texts", "flags"),
    [
        (["0/1", "1/0", "1/1", "1/2"], ("even_median", "wide_spread")),
        (["1/1 A", "1/1", "1/1"], ("complicated_split",)),
        (["NO", "NO", "0/1"], ("imputed",)),
    ],
)
def test_panel_flags_advise_adjudication(texts, flags):
    assert panel_median(readings=readings(texts)).flags == flags


@given(st.lists(notations, max_size=8))
def test_any_row_of_readings_has_an_outcome_in_which_each_reading_has_one_place(texts):
    for rule in RULES.values():
        outcome = rule(readings=readings(texts))
        assert outcome.state in STATES
        assert not set(outcome.used) & set(outcome.excluded)
        if outcome.state == "FINAL":
            assert set(outcome.used) | set(outcome.excluded) == set(range(len(texts)))


@given(st.lists(notations.filter(lambda text: text != "UR"), min_size=3, max_size=5), st.randoms())
def test_the_panel_median_does_not_depend_on_the_order_of_readers(texts, random):
    shuffled = random.sample(texts, len(texts))
    assert panel_median(readings=readings(texts)).value == panel_median(readings=readings(shuffled)).value


def panelist(scheme, **parenchymal):
    film = normal_film(scheme=scheme)
    film["parenchymal"] |= {"any": True, "large": "O"} | parenchymal
    return film


def decide(scheme, films):
    return panel_median(
        readings=[summarize(reading=film, reading_id=str(place)) for place, film in enumerate(films)], scheme=scheme
    ).items


def test_panel_items_take_zones_and_sides_by_majority_and_shape_by_mode(scheme):
    films = [
        panelist(scheme, profusion="1/1", primary="q", secondary="t", zones=["RU", "LU"]),
        panelist(scheme, profusion="1/1", primary="q", secondary="s", zones=["RU"]),
        panelist(scheme, profusion="1/0", primary="p", secondary="u", zones=["RU", "LU", "RL"]),
    ]
    for film, extent in zip(films, (1, 3, None), strict=True):
        film["pleural"] |= {
            "any": extent is not None,
            "plaques": {"face_on": {"site": ["R"] if extent else None}, "extent": {"R": extent}},
        }
    items = decide(scheme, films)
    assert items["parenchymal.zones=LU"].value is True
    assert items["parenchymal.zones=RL"].value is False
    assert items["parenchymal.primary"].value == "q"
    assert items["parenchymal.secondary"].state == "ADJUDICATE"
    assert items["pleural.plaques.face_on.site=R"].value is True
    assert items["pleural.plaques.extent.R"].value == 1
    assert items["pleural.any"].value is True
    assert "reader.initials" not in items


def test_a_tie_of_an_even_panel_is_adjudicated(scheme):
    films = [normal_film(scheme=scheme) for _ in range(4)]
    for film in films[:2]:
        film["other"] |= {"any": True, "symbols": ["em"]}
    items = decide(scheme, films)
    assert items["other.symbols=em"].state == "ADJUDICATE"
    assert items["other.symbols=tb"].value is False


def test_a_signed_reading_is_summarized(scheme):
    assert summarize(reading=normal_film(scheme=scheme), reading_id="r").negative
    assert summarize(reading={"image_quality": {"grade": "UR"}}, reading_id="r").unreadable
    film = panelist(scheme, profusion="2/2", large="A")
    assert (summarize(reading=film, reading_id="r").profusion, summarize(reading=film, reading_id="r").large) == (
        "2/2",
        "A",
    )


def test_an_incomplete_reading_cannot_be_summarized(scheme):
    with pytest.raises(InvalidSummaryError, match="Complete the reading"):
        summarize(reading=panelist(scheme), reading_id="r")
    with pytest.raises(InvalidSummaryError, match="Complete the reading"):
        summarize(
            reading={"image_quality": {"grade": "1"}, "parenchymal": {"any": True, "profusion": "1/1"}}, reading_id="r"
        )


@pytest.mark.parametrize("text", ["", "0/2", "1/1 D", "no", "1/1A/B", "4/4"])
def test_a_foreign_notation_is_refused(text):
    with pytest.raises(InvalidSummaryError, match="Reading r"):
        parse_short_notation(text=text, reading_id="r")


def test_a_summary_is_exactly_one_of_unreadable_negative_or_with_profusion():
    with pytest.raises(InvalidSummaryError, match="exactly one"):
        ReadingSummary("r", profusion="1/1", negative=True)
    with pytest.raises(InvalidSummaryError, match="large opacities 'A'"):
        ReadingSummary("r", large="A", negative=True)


def test_an_unknown_rule_is_named_with_the_known_ones():
    with pytest.raises(UnknownRuleError, match="niosh_42cfr37_53"):
        rule_named("majority")
