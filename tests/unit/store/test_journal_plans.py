"""What is asked of the journal is looked up where it lies: SQLite keeps no statistics and must have no other choice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from schemas.api_keys import EVERYBODY, Tenancy
from store import allocations, chain, journal
from store.engine import Store, Tx
from store.journal import Filters

COMPANY = Tenancy("ut11", frozenset({"a", "b"}))
SINCE = datetime(2026, 11, 1, tzinfo=UTC)
SOME = frozenset({"a"})
BY = "document_by_source_"


@pytest.fixture
def store(migrated_sqlite: str, tmp_path: Path) -> Any:
    opened = Store.open(migrated_sqlite, f"file://{tmp_path / 'landing'}")
    yield opened
    opened.close()


def plan(store: Store, tenancy: Tenancy, ask: Callable[[Tx], object], table: str) -> set[str]:
    """The indexes by which the statements find rows of a table."""
    said: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        said.append((statement, given))

    with store.reading(tenancy) as tx:
        event.listen(store.engine, "before_cursor_execute", hear)
        ask(tx)
        event.remove(store.engine, "before_cursor_execute", hear)
        driver: Any = tx.connection.connection.driver_connection
        steps = [
            step[3]
            for statement, given in said
            for step in driver.execute(f"EXPLAIN QUERY PLAN {statement}", given)
            if re.match(rf"(SEARCH|SCAN) {table}\b", step[3])
        ]
    return {step.partition(" INDEX ")[2] or step for step in steps}


@pytest.mark.parametrize(
    ("tenancy", "filters", "expected"),
    [
        (EVERYBODY, {}, f"{BY}dated_at_id (source=?)"),
        (EVERYBODY, {"from_on": date(2026, 11, 1)}, f"{BY}dated_at_id (source=? AND dated_at>?)"),
        (EVERYBODY, {"kinds": ["order", "invoice"]}, f"{BY}kind_dated_at_id (source=? AND kind=?)"),
        (
            EVERYBODY,
            {"counterparties": SOME},
            f"{BY}counterparty_id_dated_at_id (source=? AND counterparty_id=?)",
        ),
        (COMPANY, {}, f"{BY}counterparty_id_dated_at_id (source=? AND counterparty_id=?)"),
        (COMPANY, {"kinds": ["order"]}, f"{BY}counterparty_id_dated_at_id (source=? AND counterparty_id=?)"),
        (EVERYBODY, {"contract_id": "c"}, f"{BY}contract_id_dated_at_id (source=? AND contract_id=?)"),
        (EVERYBODY, {"order_id": "o"}, f"{BY}order_id (source=? AND order_id=?)"),
        (EVERYBODY, {"number": "1"}, f"{BY}number (source=? AND number=?)"),
        (COMPANY, {"order_id": "o"}, f"{BY}order_id (source=? AND order_id=?)"),
        (EVERYBODY, {"updated_since": SINCE}, f"{BY}changed_at_id (source=? AND changed_at>?)"),
    ],
)
def test_a_page_is_read_along_one_index(
    store: Store, tenancy: Tenancy, filters: dict[str, Any], expected: str
) -> None:
    def ask(tx: Tx) -> None:
        journal.documents(tx, Filters(**filters), sources=["ut11"], after=None, limit=50)

    assert plan(store, tenancy, ask, "document") == {expected}


def test_a_later_page_begins_at_its_key(store: Store) -> None:
    def ask(tx: Tx) -> None:
        key = ("2026-11-01T00:00:00", "ut11", "d")
        journal.documents(tx, Filters(), sources=["ut11"], after=key, limit=50)

    assert plan(store, EVERYBODY, ask, "document") == {f"{BY}dated_at_id (source=? AND (dated_at,id)<(?,?))"}


@pytest.mark.parametrize("tenancy", [EVERYBODY, COMPANY])
def test_what_paid_a_document_and_its_chain_are_looked_up(store: Store, tenancy: Tenancy) -> None:
    def ask(tx: Tx) -> None:
        allocations.of(tx, "ut11", ["p"])
        allocations.to(tx, "ut11", ["d"])
        chain.of(tx, "ut11", "d")

    assert plan(store, tenancy, ask, "due_entry") <= {
        "sqlite_autoindex_due_entry_1 (source=? AND recorder_id=?)",
        "due_entry_by_source_settled_id (source=? AND settled_id=?)",
    }
    assert plan(store, tenancy, ask, "document") <= {
        "sqlite_autoindex_document_1 (source=? AND id=?)",
        f"{BY}base_id (source=? AND base_id=?)",
        f"{BY}order_id (source=? AND order_id=?)",
    }
    assert plan(store, tenancy, ask, "allocation") <= {
        "allocation_by_source_base_id (source=? AND base_id=?)",
        "sqlite_autoindex_allocation_1 (source=? AND document_id=?)",
    }
