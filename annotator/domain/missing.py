"""What is still unanswered, said in words for the reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotator.domain.conditions import Context, holds, is_answered, is_empty, value_at
from annotator.domain.engine import visible_paths
from annotator.domain.scheme import Scheme
from annotator.domain.settings import resolve_settings
from annotator.domain.structure import complete

_AT_LEAST_ONE = {"en": "{item}: mark at least one", "ja": "{item}:1つ以上選択してください"}
_ANSWER = {"en": "{item}: not answered", "ja": "{item}:未回答です"}


@dataclass(frozen=True)
class MissingItem:
    """A required field without an answer: its path and the words for it."""

    path: str
    text: str


def missing_items(
    *, scheme: Scheme, reading: Any, settings: Mapping[str, Any] | None = None, language: str = "en"
) -> list[MissingItem]:
    """The required, visible, unanswered fields in the order of the form. Raises MisshapenReadingError."""
    full = complete(scheme=scheme, reading=reading)
    context = Context(full, resolve_settings(scheme=scheme, settings=settings))
    return [
        MissingItem(path, _words(scheme.fields[path], language))
        for path in visible_paths(scheme=scheme, reading=full, settings=settings)
        if _is_missing(scheme.fields[path], context)
    ]


def _is_missing(field: Mapping[str, Any], context: Context) -> bool:
    if not holds(field.get("required_if", False), context):
        return False
    value = value_at(context.reading, field["path"])
    return is_empty(value) if field.get("at_least_one") else not is_answered(value)


def _words(field: Mapping[str, Any], language: str) -> str:
    item = " ".join(part for part in (field.get("number"), field["label"][language]) if part)
    return (_AT_LEAST_ONE if field.get("at_least_one") else _ANSWER)[language].format(item=item)
