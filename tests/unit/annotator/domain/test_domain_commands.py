"""The commands of `python -m annotator.domain`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.domain.cli import main

ROOT = Path(__file__).parents[4]


def lines(capsys, *arguments):
    assert main([str(argument) for argument in arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def refusal(capsys, *arguments):
    assert main([str(argument) for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.fixture
def file_of(tmp_path):
    def write(text):
        path = tmp_path / "file.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_validate_prints_one_line_for_each_given_vector(capsys, vector_folder, vectors):
    got = lines(capsys, "validate", "ilo", vector_folder / "ilo_readings.yaml")
    expected = [vector for vector in vectors if vector["id"].startswith("V")]
    assert [(row["id"], row["errors"], row["warnings"]) for row in got] == [
        (vector["id"], vector["errors"], vector["warnings"]) for vector in expected
    ]
    assert got[1]["derived"]["short_notation"] == "1/1 q/t"


@pytest.mark.parametrize(("rule", "section"), [("niosh_42cfr37_53", "niosh"), ("panel_median", "panel_median")])
def test_consensus_prints_one_line_for_each_case(capsys, vector_folder, rule, section):
    for name in ("consensus.yaml", "consensus_more.yaml"):
        got = lines(capsys, "consensus", rule, vector_folder / name)
        exported = lines(capsys, "export-cases", vector_folder / name)[0][section]
        assert got == [{"id": case["id"], "outcome": case["outcome"]} for case in exported]


def test_the_commands_run_without_django_from_a_shell(vector_folder):
    code = (
        "import sys; from annotator.domain.cli import main; status = main(sys.argv[1:]);"
        "assert not {'django', 'tensorflow', 'pydicom', 'pywt'} & set(sys.modules); sys.exit(status)"
    )
    command = [sys.executable, "-c", code, "validate", "ilo@1.0.0", str(vector_folder / "ilo_readings.yaml")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.count("\n") == 26
    module = subprocess.run(
        [sys.executable, "-m", "annotator.domain", "export", "nothing"], cwd=ROOT, capture_output=True, text=True
    )
    assert (module.returncode, module.stdout) == (2, "")


def test_a_foreign_spreadsheet_row_is_repaired_and_says_so(capsys, file_of):
    path = file_of(
        "vectors: [{id: 1, reading: {image_quality: {grade: 1}, parenchymal: {any: なし}, pleural: {any: NO},"
        " other: {any: N}}}]"
    )
    row = lines(capsys, "validate", "ilo", path)[0]
    assert (row["errors"], [repair["path"] for repair in row["repairs"]]) == (
        [],
        ["image_quality.grade", "parenchymal.any", "other.any"],
    )


def test_a_row_of_the_wrong_structure_is_one_line_with_s1_and_its_words(capsys, file_of):
    path = file_of("vectors: [{id: a, reading: {lungs: clear}}, {id: b, reading: 7}]")
    first, second = lines(capsys, "validate", "ilo", path)
    assert (first["errors"], second["errors"]) == (["S1"], ["S1"])
    assert "lungs: unknown field" in first["structure"][0]


def test_the_day_of_the_check_bounds_the_notification(capsys, file_of):
    path = file_of(
        "vectors: [{id: a, reading: {image_quality: {grade: '1'}, parenchymal: {any: false}, pleural: {any: false},"
        " other: {any: false, see_physician: true, physician_notified_on: 2024-06-01}}}]"
    )
    assert lines(capsys, "validate", "ilo", path, "--today", "2024-05-31")[0]["errors"] == ["O9"]
    assert lines(capsys, "validate", "ilo", path, "--today", "2024-06-01")[0]["errors"] == []
    assert lines(capsys, "validate", "ilo", path)[0]["errors"] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must hold a mapping with a list 'vectors'"),
        ("vectors: 3", "must hold a mapping with a list 'vectors'"),
        ("vectors: [{reading: {}}]", "entry 1 of 'vectors' needs 'id' and 'reading'"),
        ("vectors: [{id: a, reading: {}}, {id: b}]", "entry 2 of 'vectors'"),
        ("vectors: [", "is not YAML"),
        ("vectors: [{id: a, reading: {}, require_4d: never}]", "require_4d got 'never'"),
    ],
)
def test_a_misshapen_file_of_readings_is_one_error_and_no_line(capsys, file_of, text, message):
    assert message in refusal(capsys, "validate", "ilo", file_of(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("panel_median: []", "list 'niosh'"),
        ("niosh: [{id: a, readings: '1/1'}]", "case a needs a list of texts"),
        ("niosh: [{id: a, readings: ['1/1']}, {id: b, readings: ['7/7']}]", "'7/7' came"),
    ],
)
def test_a_misshapen_file_of_cases_is_one_error_and_no_line(capsys, file_of, text, message):
    assert message in refusal(capsys, "consensus", "niosh_42cfr37_53", file_of(text))


def test_a_panel_of_no_readers_is_refused(capsys, file_of):
    path = file_of("panel_median: [{id: a, readings: ['1/1'], n: 0}]")
    assert "n=0" in refusal(capsys, "consensus", "panel_median", path)


def test_missing_files_binary_files_unknown_schemes_and_rules_are_named(capsys, tmp_path):
    assert "cannot be read" in refusal(capsys, "validate", "ilo", tmp_path / "absent.yaml")
    assert "cannot be read" in refusal(capsys, "validate", "ilo", tmp_path)
    (tmp_path / "film.yaml").write_bytes(b"\x80\x00\xff")
    assert "is not YAML in UTF-8" in refusal(capsys, "validate", "ilo", tmp_path / "film.yaml")
    assert "published are" in refusal(capsys, "validate", "oli", tmp_path / "absent.yaml")
    assert "known are" in refusal(capsys, "consensus", "majority", tmp_path / "absent.yaml")


def test_digest_prints_the_row_of_the_published_file(capsys):
    folder = ROOT / "annotator" / "domain" / "schemes" / "ilo" / "1.0.0"
    assert main(["digest", str(folder)]) == 0
    assert capsys.readouterr().out.strip() in (folder.parents[1] / "published.yaml").read_text(encoding="utf-8")
