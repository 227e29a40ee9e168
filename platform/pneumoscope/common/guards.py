"""Database triggers that keep what must not change, and catch writes past the services.

Written for SQLite and PostgreSQL from one description. Applications list their guards and install
them in a migration. SQLite drops a table's triggers when a migration rebuilds the table: such a
migration installs the guards again (a test compares what is installed with what is listed).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Frozen:
    """Refuses UPDATE and DELETE of rows for which `when` holds (SQL over OLD; empty: all rows)."""

    table: str
    why: str
    when: str = ""


@dataclass(frozen=True)
class Watched:
    """Records an audit event of source 'trigger' for a write that names no audit event of its own.

    `changed` is SQL over OLD and NEW: the updates that matter.
    """

    table: str
    label: str
    changed: str


Guard = Frozen | Watched


def install(connection: BaseDatabaseWrapper, guards: Sequence[Guard]) -> None:
    """Create the triggers of these guards; existing ones of the same name are replaced."""
    with connection.cursor() as cursor:
        for guard in guards:
            for statement in statements(connection.vendor, guard):
                cursor.execute(statement)


def statements(vendor: str, guard: Guard) -> Iterator[str]:
    """The SQL of one guard on one engine. Raises ValueError for an engine that isn't supported."""
    if vendor not in {"sqlite", "postgresql"}:
        raise ValueError(f"No guards for database engine {vendor!r}: expected sqlite or postgresql.")
    for event in ("UPDATE", "DELETE") if isinstance(guard, Frozen) else ("INSERT", "UPDATE", "DELETE"):
        name = f"guard_{'frozen' if isinstance(guard, Frozen) else 'watched'}_{guard.table}_{event.lower()}"
        yield f"DROP TRIGGER IF EXISTS {name}" + (f" ON {guard.table}" if vendor == "postgresql" else "")
        when, body, moment = _frozen(guard) if isinstance(guard, Frozen) else _watched(guard, event, vendor)
        yield from _trigger(vendor, name, f"{moment} {event} ON {guard.table}", when, body)


def _frozen(guard: Frozen) -> tuple[str, str, str]:
    return guard.when or "TRUE", f"ABORT {guard.why}", "BEFORE"


def _watched(guard: Watched, event: str, vendor: str) -> tuple[str, str, str]:
    row = "OLD" if event == "DELETE" else "NEW"
    key = f"{row}.id" if vendor == "sqlite" else f"replace({row}.id::text, '-', '')"
    named = f"EXISTS (SELECT 1 FROM common_auditevent e WHERE e.id = {row}.audit_event_id AND e.target_id = {key})"
    past_services = {
        "INSERT": f"NOT {named}",
        "UPDATE": f"({guard.changed}) AND (NEW.audit_event_id IS NOT DISTINCT FROM OLD.audit_event_id OR NOT {named})",
        "DELETE": "TRUE",
    }[event]
    columns = "at, actor_name, action, target_type, target_id, payload, source, previous_hash, hash"
    body = (
        f"INSERT INTO common_auditevent ({columns}) "
        f"VALUES (CURRENT_TIMESTAMP, 'database', '{event.lower()}', '{guard.label}', {key}, '{{}}', 'trigger', '', '');"
    )
    return (
        past_services.replace("IS NOT DISTINCT FROM", "IS" if vendor == "sqlite" else "IS NOT DISTINCT FROM"),
        body,
        "AFTER",
    )


def _trigger(vendor: str, name: str, what: str, when: str, body: str) -> Iterator[str]:
    """SQLite evaluates `when` in the trigger; PostgreSQL allows no subquery there, so its function does."""
    refusal = body.removeprefix("ABORT ") if body.startswith("ABORT ") else None
    if vendor == "sqlite":
        action = f"SELECT RAISE(ABORT, '{refusal}');" if refusal else body
        yield f"CREATE TRIGGER {name} {what} FOR EACH ROW WHEN {when} BEGIN {action} END"
        return
    action = f"RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation';" if refusal else body
    back = "OLD" if " DELETE " in f" {what} " else "NEW"
    yield (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN {action} END IF; RETURN {back}; END $$"
    )
    yield f"CREATE TRIGGER {name} {what} FOR EACH ROW EXECUTE FUNCTION {name}()"


GUARDS: tuple[Guard, ...] = (Frozen("common_auditevent", "the audit trail is append-only"),)
