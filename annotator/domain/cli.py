"""The commands of `python -m annotator.domain`: validate, consensus, export, export-vectors, export-cases, digest.

Each command prints all of its lines or, after an error, none: the error goes to stderr and the exit status is 2.
"""

import argparse
import inspect
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from annotator.domain.consensus import niosh, panel, rule_named
from annotator.domain.engine import STRUCTURE, Outcome, validate
from annotator.domain.errors import DomainError, MisshapenFileError
from annotator.domain.scheme import Scheme, load_scheme, read_folder
from annotator.domain.vector_files import expanded_reading, row_settings, rows, summaries

SECTION_OF_RULE = {niosh.RULE_ID: "niosh", panel.RULE_ID: "panel_median"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        lines = options.command(options)
    except DomainError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m annotator.domain", description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(required=True)
    check = _command(commands, "validate", _validate, "one JSON line for each reading of a file")
    check.add_argument("scheme", help="ilo, or the id of a scheme; @VERSION chooses a version")
    check.add_argument("file", type=Path)
    check.add_argument("--today", type=date.fromisoformat, help="YYYY-MM-DD; without it the day of the clock")
    cases = _command(commands, "consensus", _consensus, "one JSON line for each case of a file")
    cases.add_argument("rule", help=" or ".join(SECTION_OF_RULE))
    cases.add_argument("file", type=Path)
    _command(commands, "export", _export, "a scheme as canonical JSON").add_argument("scheme")
    vectors = _command(commands, "export-vectors", _export_vectors, "vector files as JSON with readings written out")
    vectors.add_argument("scheme")
    vectors.add_argument("files", type=Path, nargs="+")
    _command(commands, "export-cases", _export_cases, "consensus files as JSON").add_argument(
        "files", type=Path, nargs="+"
    )
    digest = _command(commands, "digest", _digest, "the row of published.yaml for a folder")
    digest.add_argument("folder", type=Path)
    return parser


def _command(commands: Any, name: str, run: Callable[..., list[str]], words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=words)
    parser.set_defaults(command=run)
    return parser


def _validate(options: argparse.Namespace) -> list[str]:
    scheme = load_scheme(scheme_id=options.scheme)
    today = (options.today or date.today()).isoformat()
    return [_validated(scheme, row, today) for row in rows(options.file, "vectors", "reading")]


def _validated(scheme: Scheme, row: Any, today: str) -> str:
    reading, repairs = expanded_reading(scheme, row)
    settings = {"today": today} | row_settings(scheme, row)
    known = {name: value for name, value in settings.items() if name in scheme.data["settings"]}
    outcome = validate(scheme=scheme, reading=reading, settings=known)
    line: dict[str, Any] = {"id": row["id"], "errors": outcome.error_ids, "warnings": outcome.warning_ids}
    line["derived"] = dict(outcome.derived)
    if repairs:
        line["repairs"] = [{"path": each.path, "came": each.came, "read_as": each.read_as} for each in repairs]
    if structure := _structure_texts(outcome):
        line["structure"] = structure
    return _json(line)


def _structure_texts(outcome: Outcome) -> list[str]:
    return [finding.text for finding in outcome.errors if finding.rule == STRUCTURE]


def _consensus(options: argparse.Namespace) -> list[str]:
    rule = rule_named(options.rule)
    section = SECTION_OF_RULE[options.rule]
    return [_decided(rule, options.file, row) for row in rows(options.file, section, "readings")]


def _decided(rule: Callable[..., Any], path: Path, row: Any) -> str:
    sized = {"n": row["n"]} if "n" in row and "n" in inspect.signature(rule).parameters else {}
    if not all(type(n) is int and n > 0 for n in sized.values()):
        raise MisshapenFileError(
            f"{path}: case {row['id']} gives n={row['n']!r}, but n is a number of readers, 1 or more."
        )
    outcome = rule(readings=summaries(path, row), **sized)
    return _json({"id": row["id"], "outcome": outcome.text})


def _export(options: argparse.Namespace) -> list[str]:
    return [load_scheme(scheme_id=options.scheme).canonical_json]


def _export_vectors(options: argparse.Namespace) -> list[str]:
    scheme = load_scheme(scheme_id=options.scheme)
    cases = [_exported(scheme, row) for file in options.files for row in rows(file, "vectors", "reading")]
    return [_json(cases)]


def _exported(scheme: Scheme, row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "reading": expanded_reading(scheme, row)[0],
        "settings": row_settings(scheme, row),
        "errors": row.get("errors", []),
        "warnings": row.get("warnings", []),
        "derived": row.get("derived", {}),
    }


def _export_cases(options: argparse.Namespace) -> list[str]:
    sections = SECTION_OF_RULE.values()
    return [_json({name: [row for file in options.files for row in rows(file, name, "readings")] for name in sections})]


def _digest(options: argparse.Namespace) -> list[str]:
    scheme = read_folder(options.folder)
    folder = options.folder.resolve().parent.name
    return [f"  - {{id: {scheme.id}, folder: {folder}, version: {scheme.version}, sha256: {scheme.sha256}}}"]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
