"""One spelling of data: canonical JSON, its SHA-256, and frozen copies."""

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any


def canonical_json(data: Any) -> str:
    """JSON with sorted keys, no spaces and unescaped Unicode; equal data give equal text."""
    return json.dumps(thaw(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def freeze(data: Any) -> Any:
    """A copy that cannot be changed: mappings become read-only, lists become tuples."""
    if isinstance(data, Mapping):
        return MappingProxyType({key: freeze(value) for key, value in data.items()})
    if isinstance(data, (list, tuple)):
        return tuple(freeze(value) for value in data)
    return data


def thaw(data: Any) -> Any:
    """The opposite of `freeze`: plain dictionaries and lists."""
    if isinstance(data, Mapping):
        return {key: thaw(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [thaw(value) for value in data]
    return data
