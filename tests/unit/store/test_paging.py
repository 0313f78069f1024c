from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from store.engine import Store
from store.paging import Key, Order, page
from store.tables_of_news import TOLD

ROWS = [
    {"source": source, "topic": "t", "subject_id": f"s{number}", "version": version, "state": "{}"}
    for source, number, version in (
        *(("b_base", number, number // 3) for number in range(7)),
        *(("a_base", number, number // 2) for number in range(6)),
        *(("c_base", number, 1) for number in range(2)),
    )
]


def walked(store: Store, order: Order, limit: int, sources: tuple[str, ...]) -> list[tuple[str, str, int]]:
    seen: list[tuple[str, str, int]] = []
    after: Key | None = None
    while True:
        with store.reading() as tx:
            query = select(TOLD.c.source, TOLD.c.subject_id, TOLD.c.version)
            found = page(tx, query, order, sources=sources, after=after, limit=limit)
        assert len(found.rows) <= limit
        seen += [(row.source, row.subject_id, row.version) for row in found.rows]
        after = found.next_key
        if after is None:
            return seen


@pytest.mark.parametrize("limit", [1, 2, 4, 15])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("by_version", [False, True])
def test_pages_of_any_size_give_every_row_once_and_in_order(
    store: Store, limit: int, descending: bool, by_version: bool
) -> None:
    with store.transaction() as tx:
        tx.connection.execute(insert(TOLD), [{**row, "told_at": tx.now} for row in ROWS])
    column = TOLD.c
    order = Order(column.source, (column.subject_id,), (column.version,) if by_version else (), descending)
    sources = ("c_base", "a_base", "b_base", "unread")
    expected = sorted(
        ((row["source"], row["subject_id"], row["version"]) for row in ROWS),
        key=lambda row: (row[2] if by_version else 0, row[0], row[1]),
        reverse=descending,
    )
    assert walked(store, order, limit, sources) == expected
    assert walked(store, order, limit, ("a_base",)) == [row for row in expected if row[0] == "a_base"]
    assert walked(store, order, limit, ()) == []


def test_a_moment_is_a_key_too(store: Store) -> None:
    """And rows of one moment are told apart by the rest of the key."""
    with store.transaction() as tx:
        tx.connection.execute(insert(TOLD), [{**row, "told_at": tx.now} for row in ROWS])
    column = TOLD.c
    order = Order(column.source, (column.topic, column.subject_id), (column.told_at,))
    seen = walked(store, order, 4, ("a_base", "b_base", "c_base"))
    assert seen == sorted((row["source"], row["subject_id"], row["version"]) for row in ROWS)
