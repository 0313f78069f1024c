from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from schemas import TABLES
from schemas.errors import StoreError
from schemas.reconciliation import StatementRequest, flaws
from schemas.source import Scope
from store import balances, reconciliation
from store.engine import Store
from tests.unit.store.desk import ENTRY, KEY, SOURCE, Desk, Row, document, month, row

CONTRACT = TABLES["contract"]
MARCH = StatementRequest(SOURCE, "org", "party", "RUB", date(2026, 3, 1), date(2026, 3, 31))


def moved(number: int, key: str, amount: int, at: str, **fields: Any) -> Row:
    given = {"recorder_id": f"d{number}", "line_no": number, "recorder_kind": "shipping_note", "active": True}
    return row(ENTRY, **given | {"settlement_key_id": key, "amount": amount, "at": at} | fields)


@pytest.fixture
def books(desk: Desk) -> Desk:
    """Two contracts of one kind each, two organisations, two currencies, the ends of the period, a stranger."""
    owner = {"organization_id": "org", "counterparty_id": "party"}
    desk.whole(
        CONTRACT,
        row(CONTRACT, id="c1", currency="RUB", kind="sale", **owner),
        row(CONTRACT, id="c2", currency="RUB", kind="commission", **owner),
    )
    desk.whole(
        KEY,
        row(KEY, id="k1", contract_id="c1", **owner),
        row(KEY, id="k2", contract_id="c2", **owner),
        row(KEY, id="k0", contract_id=None, **owner),
        row(KEY, id="other", organization_id="org2", counterparty_id="party", contract_id="c3"),
        row(KEY, id="stranger", organization_id="org", counterparty_id="stranger", contract_id="c4"),
    )
    desk.documents(month(3), document("d3", number="СЧ-3", at="2026-03-01T00:00:00"))
    movements = (
        moved(1, "k1", 500, "2026-02-28T23:59:59"), moved(2, "k2", 70, "2026-02-01T00:00:00"),
        moved(3, "k1", 100, "2026-03-01T00:00:00"), moved(4, "k1", -300, "2026-03-31T23:59:59"),
        moved(5, "k2", 40, "2026-03-10T10:00:00"), moved(6, "k0", 9, "2026-03-11T10:00:00"),
        moved(7, "k1", 1_000, "2026-04-01T00:00:00"), moved(8, "k1", 5, "2026-03-12T10:00:00", currency="USD"),
        moved(9, "k1", 11, "2026-03-12T10:00:00", active=False), moved(10, "other", 13, "2026-03-12T10:00:00"),
        moved(11, "stranger", 17, "2026-03-12T10:00:00"), moved(12, "k1", 8, "2026-03-12T11:00:00"),
        moved(13, "k2", -8, "2026-03-12T11:00:00", recorder_id="d12"),
    )  # fmt: skip
    unit = desk.land(Scope(), b"movements", entity=ENTRY.name, watermark="2026-04-02T00:00:00")
    desk.merge(unit, {ENTRY: movements}, main=ENTRY, nested=(), entity=ENTRY.name)
    with desk.store.transaction() as tx:
        balances.refresh(tx, SOURCE)
    return desk


def drawn(desk: Desk, request: StatementRequest) -> Any:
    with desk.store.reading() as tx:
        made = reconciliation.statement(tx, request)
    assert flaws(made) == ()
    return made


def test_a_period_holds_both_of_its_days_whole(books: Desk) -> None:
    made = drawn(books, MARCH)
    assert (made.opening, made.debit, made.credit, made.closing) == (570, 149, 300, 419)
    assert [(line.document_id, line.net) for line in made.lines] == [
        ("d3", 100), ("d5", 40), ("d6", 9), ("d4", -300)
    ]  # fmt: skip
    assert made.as_of is not None


def test_a_line_carries_what_the_store_knows_of_its_document(books: Desk) -> None:
    first, second, *_ = drawn(books, MARCH).lines
    assert (first.number, first.dated_on, first.document_kind) == ("СЧ-3", "2026-03-01", "shipping_note")
    assert (second.number, second.dated_on, second.contract_id) == ("", None, "c2")


def test_contracts_are_told_apart_only_if_asked_for(books: Desk) -> None:
    assert drawn(books, MARCH).parts == ()
    parts = drawn(books, replace(MARCH, by_contract=True)).parts
    assert parts == (("", 0, 9, 0, 9), ("c1", 500, 108, 300, 308), ("c2", 70, 40, 8, 102))


@pytest.mark.parametrize(
    ("asked", "closing"),
    [
        ({"contract_id": "c1"}, 308), ({"contract_id": ""}, 9), ({"contract_kind": "commission"}, 102),
        ({"contract_kind": "purchase"}, 0), ({"currency": "USD"}, 5), ({"organization_id": "org2"}, 13),
        ({"counterparty_id": "stranger"}, 17),
    ],
)  # fmt: skip
def test_only_what_was_asked_for_is_in_it(books: Desk, asked: dict[str, Any], closing: int) -> None:
    assert drawn(books, replace(MARCH, **asked)).closing == closing


def test_sums_beyond_a_float_are_exact(desk: Desk) -> None:
    desk.whole(KEY, row(KEY, id="k", organization_id="org", counterparty_id="party", contract_id="c"))
    huge = 2**61
    rows = [moved(1, "k", huge, "2026-02-01T00:00:00"), moved(2, "k", huge - 1, "2026-03-02T00:00:00")]
    unit = desk.land(Scope(), b"1", entity=ENTRY.name, watermark="2026-04-02T00:00:00")
    desk.merge(unit, {ENTRY: rows}, main=ENTRY, nested=(), entity=ENTRY.name)
    with desk.store.transaction() as tx:
        balances.refresh(tx, SOURCE)
    assert drawn(desk, MARCH).closing == 2 * huge - 1


def test_a_source_that_was_never_pulled_has_no_statement(desk: Desk) -> None:
    with desk.store.reading() as tx, pytest.raises(StoreError, match="no settlements"):
        reconciliation.statement(tx, MARCH)


@pytest.mark.parametrize("request_", [MARCH, replace(MARCH, contract_kind="sale")], ids=["all", "kind"])
@pytest.mark.parametrize("query", [reconciliation.balances_of, reconciliation.postings_of])
def test_movements_are_looked_up_by_settlement_key_and_time(
    books: Desk, store: Store, query: Any, request_: StatementRequest
) -> None:
    crowd(store)
    steps = plan(store, query(request_))
    assert "settlement_key_by_source_counterparty_id" in steps, steps
    assert "settlement_entry_by_source_settlement_key_id_at" in steps, steps
    assert "SCAN" not in steps
    assert "Seq Scan" not in steps, steps


COPIES = """
INSERT INTO {table} SELECT made.* FROM {table} one, generate_series(1, 5000) number,
    jsonb_populate_record(one, jsonb_build_object({changed})) made WHERE one.{key} = '{value}'
"""
CROWD = (
    ("settlement_key", "'id', 'key-' || number, 'counterparty_id', 'party-' || number", "id", "k2"),
    ("settlement_entry", "'recorder_id', 'd-' || number, 'settlement_key_id', 'key-' || number",
     "recorder_id", "d2"),
)  # fmt: skip


def crowd(store: Store) -> None:
    """Many other movements of other keys: PostgreSQL walks along tables that fit into a page."""
    with store.transaction() as tx:
        for table, changed, key, value in CROWD if tx.dialect == "postgresql" else ():
            copies = COPIES.format(table=table, changed=changed, key=key, value=value)
            tx.connection.exec_driver_sql(copies)
            tx.connection.exec_driver_sql(f"ANALYZE {table}")


def plan(store: Store, query: Any) -> str:
    with store.reading() as tx:
        compiled = query.compile(tx.connection.engine)
        given = compiled.params
        values = tuple(given[name] for name in compiled.positiontup) if compiled.positional else given
        how = "EXPLAIN" if tx.dialect == "postgresql" else "EXPLAIN QUERY PLAN"
        steps = tx.connection.exec_driver_sql(f"{how} {compiled}", values)
        return "\n".join(str(step[-1]) for step in steps)
