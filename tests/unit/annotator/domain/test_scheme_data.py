"""Published schemes: immutable, complete in two languages, checked at load."""

import json

import pytest

from annotator.domain.canonical import sha256_of, thaw
from annotator.domain.errors import SchemeAlteredError, SchemeError, UnknownSchemeError, UnknownSettingError
from annotator.domain.scheme import SCHEMES, Scheme, load_scheme, published, read_folder
from annotator.domain.settings import resolve_settings

PUBLISHED = {
    ("ilo-2022-niosh-2.8", "1.0.0"): "3b5c1de03620873ac239f43f51d8e860d7e36c6df339a61d747e6b068c900bb7",
}


def test_published_versions_have_the_content_that_was_published():
    on_disk = {
        (row["id"], row["version"]): read_folder(SCHEMES / row["folder"] / row["version"]) for row in published()
    }
    assert {key: scheme.sha256 for key, scheme in on_disk.items()} == PUBLISHED
    assert {(row["id"], row["version"]): row["sha256"] for row in published()} == PUBLISHED


def test_the_hash_is_of_the_canonical_json(scheme):
    assert sha256_of(scheme.canonical_json) == scheme.sha256
    assert json.loads(scheme.canonical_json) == thaw(scheme.data)


def test_altered_data_of_a_published_version_are_refused(monkeypatch):
    row = published()[0] | {"folder": "ilo", "sha256": "0" * 64}
    monkeypatch.setattr("annotator.domain.scheme.published", lambda: [row | {"id": "altered"}])
    with pytest.raises(SchemeAlteredError, match="undo the edit or add a version"):
        load_scheme(scheme_id="altered")


def test_a_loaded_scheme_cannot_be_changed(scheme):
    with pytest.raises(TypeError):
        scheme.data["version"] = "2.0.0"
    with pytest.raises(AttributeError):
        scheme.rules.append({})
    with pytest.raises(AttributeError):
        scheme.version = "2.0.0"


def test_short_name_id_and_version_name_the_same_scheme(scheme):
    assert load_scheme(scheme_id="ilo") is load_scheme(scheme_id="ilo")
    assert load_scheme(scheme_id="ilo-2022-niosh-2.8@1.0.0").sha256 == scheme.sha256


def test_an_unknown_scheme_or_version_is_named_with_what_is_published():
    with pytest.raises(UnknownSchemeError, match=r"'lio' came, but published are \['ilo'"):
        load_scheme(scheme_id="lio")
    with pytest.raises(UnknownSchemeError, match=r"'9.9.9' of ilo came, but published are \['1.0.0'\]"):
        load_scheme(scheme_id="ilo@9.9.9")


def test_every_field_option_rule_and_definition_speaks_english_and_japanese(scheme):
    silent = []

    def walk(node, place):
        if isinstance(node, dict):
            for key in ("label", "text"):
                if key in node and not all(node[key].get(language, "").strip() for language in ("en", "ja")):
                    silent.append((place, key))
            for key, part in node.items():
                walk(part, f"{place}.{key}")
        elif isinstance(node, list):
            for position, part in enumerate(node):
                walk(part, f"{place}[{position}]")

    walk(json.loads(scheme.canonical_json), "scheme")
    assert silent == []


def test_the_form_has_its_29_symbols_18_boxes_11_defects_and_12_profusions(scheme):
    counts = {
        path: len(scheme.codes(path))
        for path in ("other.symbols", "other.checklist", "image_quality.defects", "parenchymal.profusion")
    }
    assert list(counts.values()) == [29, 18, 11, 12]


def test_bviewer_bits_are_those_of_its_source(scheme):
    bits = {option["code"]: option["bviewer_bit"] for option in scheme.fields["image_quality.defects"]["options"]}
    assert (1 << bits["overexposed"], 1 << bits["other"], 1 << bits["scapula_overlay"]) == (0x10, 0x1000, 0x4000)


def test_every_rule_cites_a_source_of_the_provenance_list(scheme):
    assert {tag for rule in scheme.rules for tag in rule["source"]} <= set(scheme.data["provenance"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data["rules"][0]["checks"][0].update(require={"answered": "nowhere"}), "path 'nowhere'"),
        (lambda data: data["rules"][0]["checks"][0].update(require={"near": ["a", 1]}), "is not a condition"),
        (lambda data: data["rules"][0].update(when={"eq": ["image_quality.grade", "5"]}), r"compares .* with \['5'\]"),
        (lambda data: data["rules"][0].update(text={"en": "only English"}), "needs a text in en and ja"),
        (lambda data: data["rules"][0].update(severity="X"), "needs a severity, E or W"),
        (lambda data: data["rules"].append(data["rules"][0]), "A rule id is there twice"),
        (lambda data: data["sections"][0]["fields"].append(data["sections"][0]["fields"][0]), "is there twice"),
        (lambda data: data["sections"][0]["fields"][0].update(type="choice"), "has the type 'choice'"),
        (lambda data: data["rules"][0].update(when={"eq": [{"setting": "mood"}, "good"]}), "uses the setting 'mood'"),
        (lambda data: data.pop("rules"), "A scheme needs 'rules'"),
    ],
)
def test_a_slip_in_the_data_is_named(scheme, change, message):
    data = thaw(scheme.data)
    change(data)
    with pytest.raises(SchemeError, match=message):
        Scheme.from_mapping(data)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"width": True}, "'width' came"),
        ({"width_required": 1}, "width_required got 1"),
        ({"require_4d": "never"}, "expects one of"),
        ({"today": "tomorrow"}, "expects a date"),
    ],
)
def test_a_setting_that_the_scheme_does_not_have_is_named(scheme, chosen, message):
    with pytest.raises(UnknownSettingError, match=message):
        resolve_settings(scheme=scheme, settings=chosen)


def test_the_documentation_names_each_rule_with_its_text_and_each_setting(scheme):
    page = (SCHEMES.parents[2] / "docs" / "schemes.md").read_text(encoding="utf-8")
    rows = [f"| {r['id']} | {r['severity']} | {r['text']['en']} | {', '.join(r['source'])} |" for r in scheme.rules]
    assert [row for row in rows if row not in page] == []
    assert [name for name in scheme.data["settings"] if f"`{name}`" not in page] == []
