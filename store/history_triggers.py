"""Triggers that keep every version of a row that was shown: nobody who writes can forget to.

A version ends where `changed_at` moves or the row is deleted; then the old row goes to `record_history`. A row
that is gone is no version, so what lies between two versions was not shown. An unchanged row costs nothing: the
condition is part of the trigger.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from schemas.records import RECORDS, RecordTable
from store import types
from store.engine import Tx
from store.history_reasons import ending, moving
from store.record_tables import STORED

# Versions of these are looked for by what they belonged to, as nested rows are.
BELONGS_TO = {
    "settlement_entry": "settlement_key_id",
    "due_entry": "settlement_key_id",
    "settlement_key": "counterparty_id",
}

_COLUMNS = (
    "source, record, record_id, parent_id, entity, from_at, to_at, reason, landing_id, place,"
    " mapping_digest, run_id, ended_by_run, fields"
)


def install(connection: Connection) -> None:
    """Make the triggers as this code has them; those that are so already are not touched."""
    known = _known(connection)
    dialect = connection.dialect.name
    for record in RECORDS:
        for name, statements in _triggers(record, dialect):
            digest = sha256("\n".join(statements).encode()).hexdigest()
            if known.get(name) == digest:
                continue
            for statement in statements:
                connection.exec_driver_sql(statement)
            if dialect == "postgresql":
                connection.exec_driver_sql(f"COMMENT ON TRIGGER {name} ON \"{record.name}\" IS '{digest}'")


def remove(connection: Connection) -> None:
    """Drop them, so that a migration may change the tables they speak of."""
    names = [name for name in _known(connection) if name.endswith(("_ended", "_returned"))]
    for name in names:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"DROP FUNCTION {name}() CASCADE")
        else:
            connection.exec_driver_sql(_dropped(name))


def sign(tx: Tx, run_id: str) -> None:
    """Let the versions that end in this transaction say when and by which run, also where rows are deleted."""
    if tx.dialect == "postgresql":
        settings = text("SELECT set_config('saldo.now', :now, true), set_config('saldo.run', :run, true)")
        tx.connection.execute(settings, {"now": tx.now.isoformat(), "run": run_id})
    else:
        tx.connection.info["saldo_run"] = run_id


def off(tx: Tx) -> None:
    """Keep no versions for the rest of this transaction: for copies, which bring their history along."""
    if tx.dialect == "postgresql":
        tx.connection.exec_driver_sql("SELECT set_config('saldo.history', 'off', true)")
    else:
        tx.connection.info["saldo_history"] = 0


def _known(connection: Connection) -> dict[str, str]:
    """Digests of the triggers that are there."""
    if connection.dialect.name == "postgresql":
        rows = connection.exec_driver_sql(
            "SELECT tgname, obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE NOT tgisinternal"
        )
        return {name: digest for name, digest in rows if digest}
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {name: sha256(f"{_dropped(name)}\n{made}".encode()).hexdigest() for name, made in rows}


def _triggers(record: RecordTable, dialect: str) -> Iterator[tuple[str, list[str]]]:
    """Each trigger of a table by name, with the statements that make it anew."""
    for event, when, body in _events(record, dialect):
        name = f"{record.name}_{event.partition(' ')[0].lower()}_{'returned' if 'SET' in body else 'ended'}"
        make = _on_postgresql if dialect == "postgresql" else _on_sqlite
        yield name, make(name, record.name, event, when, body)


def _events(record: RecordTable, dialect: str) -> Iterator[tuple[str, str, str]]:
    """Event, condition and statement of each trigger."""
    wanted = _wanted(dialect)
    lives = "" if record.parent else "OLD.gone_at IS NULL AND "
    changed = f"{lives}OLD.changed_at <> NEW.changed_at AND {wanted}"
    yield "UPDATE OF changed_at", changed, _insert(record, dialect, deleted=False)
    yield "DELETE", f"{lives}{wanted}", _insert(record, dialect, deleted=True)
    moved = moving(record)
    if moved:
        back = f"OLD.gone_at IS NOT NULL AND NEW.gone_at IS NULL AND ({moved}) IS NOT NULL AND {wanted}"
        yield "UPDATE OF changed_at", back, _explain(record, moved)


def _insert(record: RecordTable, dialect: str, *, deleted: bool) -> str:
    """The old row as a version that ended."""
    now, run = _moment(dialect)
    own = record.parent is None
    parent = record.parent or BELONGS_TO.get(record.name)
    values = (
        "OLD.source",
        f"'{record.name}'",
        _record_id(record),
        f"OLD.{parent}" if parent else "NULL",
        "OLD.entity" if own else "NULL",
        "OLD.changed_at",
        now if deleted else "NEW.changed_at",
        "'deleted'" if deleted else ending(record),
        "OLD.landing_id",
        "OLD.place",
        "OLD.mapping_digest" if own else "NULL",
        "OLD.run_id" if own else "NULL",
        "NEW.run_id" if own and not deleted else run,
        _fields(record, dialect),
    )
    return f"INSERT INTO record_history ({_COLUMNS}) VALUES ({', '.join(values)});"  # noqa: S608 no input


def _explain(record: RecordTable, moved: str) -> str:
    """A row that was missed in its old place and comes back in another had moved: say so where it went."""
    return (
        f"UPDATE record_history SET reason = {moved} WHERE source = OLD.source"  # noqa: S608 no input
        f" AND record = '{record.name}'"
        f" AND record_id = {_record_id(record)} AND to_at = OLD.changed_at AND reason = 'deleted';"
    )


def _record_id(record: RecordTable) -> str:
    return " || '/' || ".join(f"OLD.{key}" for key in record.key)


def _fields(record: RecordTable, dialect: str) -> str:
    build = "jsonb_build_object" if dialect == "postgresql" else "json_object"
    columns = STORED[record].c
    pairs = (f"'{name}', {_json(name, columns[name].type, dialect)}" for name in record.fields)
    return f"{build}({', '.join(pairs)})"


def _json(name: str, kind: Any, dialect: str) -> str:
    """A column so that it comes back the same; SQLite has neither booleans nor JSON of its own."""
    if dialect == "postgresql":
        return f"OLD.{name}"
    if isinstance(kind, types.Json):
        return f"json(OLD.{name})"
    if type(kind).__name__ == "Boolean":
        return f"json(CASE OLD.{name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
    return f"OLD.{name}"


def _moment(dialect: str) -> tuple[str, str]:
    """The transaction's moment and run, as `sign` left them; the clock's where nobody did."""
    if dialect == "postgresql":
        now = "coalesce(nullif(current_setting('saldo.now', true), '')::timestamptz, now())"
        return now, "nullif(current_setting('saldo.run', true), '')"
    return "coalesce(saldo_now(), strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'))", "saldo_run()"


def _wanted(dialect: str) -> str:
    if dialect == "postgresql":
        return "coalesce(current_setting('saldo.history', true), '') <> 'off'"
    return "saldo_history()"


def _dropped(name: str) -> str:
    return f"DROP TRIGGER IF EXISTS {name}"


def _on_sqlite(name: str, table: str, event: str, when: str, body: str) -> list[str]:
    made = f'CREATE TRIGGER {name} AFTER {event} ON "{table}" WHEN {when} BEGIN {body} END'
    return [_dropped(name), made]


def _on_postgresql(name: str, table: str, event: str, when: str, body: str) -> list[str]:
    function = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {body} RETURN NULL; END $$"
    )
    made = f'CREATE TRIGGER {name} AFTER {event} ON "{table}" FOR EACH ROW WHEN ({when})'
    return [function, f'{_dropped(name)} ON "{table}"', f"{made} EXECUTE FUNCTION {name}()"]
