"""A small unit costs what it holds, whatever the table holds: SQLite looks its keys up instead of walking along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from schemas import TABLES
from store import absence, merge_sql, migrations, staging
from store.engine import Store
from store.merge_sql import Bounds

BY_KEYS = Bounds("dated_at", start=False, end=False, keys=True)
DOCUMENT, ENTRY = TABLES["document"], TABLES["settlement_entry"]


@pytest.mark.parametrize("record", [DOCUMENT, ENTRY], ids=lambda record: record.name)
@pytest.mark.parametrize("what", ["any_in_scope", "any_known", "mark_gone"])
def test_a_unit_of_keys_is_looked_up_by_its_keys(tmp_path: Path, what: str, record: Any) -> None:
    statement = {
        "any_in_scope": merge_sql.any_in_scope(record, "sqlite", BY_KEYS),
        "any_known": merge_sql.any_known(record, "sqlite"),
        "mark_gone": absence.mark_gone(record, "sqlite", BY_KEYS, newer=False, refused=False),
    }[what]
    plan = [step for step in _plan(tmp_path, statement) if f" {record.name} " in f"{step} "]
    assert plan
    assert all(f"(source=? AND {record.key[0]}=?)" in step for step in plan), plan


def _plan(folder: Path, statement: Any) -> list[str]:
    url = f"sqlite:///{folder / 'store.db'}"
    migrations.upgrade(url)
    store = Store.open(url, f"file://{folder / 'landing'}")
    text = statement.compile(dialect=sqlite.dialect(paramstyle="named"))
    try:
        with store.transaction() as tx:
            for table in (DOCUMENT, ENTRY):
                staging.fill(tx, staging.STAGES[table], [])
            driver: Any = tx.connection.connection.driver_connection
            given = dict.fromkeys(text.params, "[]")
            return [step[3] for step in driver.execute(f"EXPLAIN QUERY PLAN {text}", given)]
    finally:
        store.close()
