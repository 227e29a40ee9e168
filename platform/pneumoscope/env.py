"""Readers of environment variables that refuse nonsense.

Every reader names the variable, the value that came, and what was expected. Any variable may
instead be given as NAME_FILE, a path whose content is the value (container secrets).
"""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit


class ImproperEnvironment(ValueError):
    """An environment variable holds something that the site can't run with."""


_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def text(name: str, default: str = "", *, environ: Mapping[str, str] = os.environ) -> str:
    """The variable's text, or the stripped content of the file that NAME_FILE names."""
    file_name = environ.get(f"{name}_FILE")
    if file_name and name in environ:
        raise ImproperEnvironment(f"{name} and {name}_FILE are both set: keep one of them.")
    if file_name:
        path = Path(file_name)
        if not path.is_file():
            raise ImproperEnvironment(f"{name}_FILE={file_name!r} is no file: give the path of a readable file.")
        return path.read_text(encoding="utf-8").strip()
    return environ.get(name, default)


def boolean(name: str, default: bool, *, environ: Mapping[str, str] = os.environ) -> bool:
    """1/true/yes/on or 0/false/no/off; anything else is refused."""
    value = text(name, "", environ=environ).strip().lower()
    if not value:
        return default
    if value in _TRUE | _FALSE:
        return value in _TRUE
    raise ImproperEnvironment(f"{name}={value!r}: expected one of 1, true, yes, on, 0, false, no, off.")


def integer(
    name: str, default: int, *, minimum: int = 0, maximum: int = 2**31, environ: Mapping[str, str] = os.environ
) -> int:
    """A whole number within [minimum, maximum]."""
    value = text(name, "", environ=environ).strip()
    if not value:
        return default
    if not value.lstrip("-").isdigit() or not minimum <= int(value) <= maximum:
        raise ImproperEnvironment(f"{name}={value!r}: expected a whole number from {minimum} to {maximum}.")
    return int(value)


def words(name: str, default: str = "", *, environ: Mapping[str, str] = os.environ) -> list[str]:
    """A comma-separated list without empty members."""
    return [word.strip() for word in text(name, default, environ=environ).split(",") if word.strip()]


def url(name: str, default: str, *, schemes: tuple[str, ...], environ: Mapping[str, str] = os.environ) -> str:
    """A URL whose scheme is one of `schemes`."""
    value = text(name, default, environ=environ)
    if value and urlsplit(value).scheme not in schemes:
        shown = f"{urlsplit(value).scheme or value[:20]}..."
        raise ImproperEnvironment(f"{name}={shown!r}: expected a URL that starts with {' or '.join(schemes)}.")
    return value


def database(value: str, sqlite_path: Path) -> dict[str, object]:
    """Django's DATABASES entry for '' (SQLite file) or postgres://user:password@host:port/name."""
    if not value:
        return _sqlite(sqlite_path)
    parts = urlsplit(value)
    if not parts.path.strip("/"):
        raise ImproperEnvironment("DATABASE_URL names no database: expected postgres://user:password@host:port/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c lock_timeout=15000 -c statement_timeout=60000"},
    }


def _sqlite(path: Path) -> dict[str, object]:
    # WAL + IMMEDIATE + timeout lost no request under 32 writers; DEFERRED lost 48-70 % of them
    # (docs/decisions/0003-sqlite.md). FULL keeps commits over a power cut.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
        "TEST": {"NAME": None},
    }
