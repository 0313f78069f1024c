"""A mirror of the journal that asks with updated_since ends equal to the store, what was withdrawn included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas import TABLES
from store import safe_moments
from tests.unit.api import papers
from tests.unit.api.books import record
from tests.unit.api.papers import DRAFT, INVOICE, ORDER, OTHERS, RETURN, TAX, every
from tests.unit.api.shelf import Shelf, opened
from tests.unit.api.test_documents import NEWEST_FIRST

BEGIN = "2020-01-01T00:00:00Z"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    yield from opened(request, tmp_path_factory.mktemp("shelf"))


def walked(shelf: Shelf, since: str, limit: int = 3) -> tuple[list[dict[str, Any]], str]:
    """All rows of one walk, and what to ask next time."""
    rows: list[dict[str, Any]] = []
    cursor, seen = None, set()
    while True:
        asked = {"cursor": cursor} if cursor else {}
        answer = shelf.get("/v1/documents", updated_since=since, limit=limit, **asked)
        rows += answer["items"]
        seen.add(answer["next_updated_since"])
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 1, "every page of a walk names the same moment"
    return rows, seen.pop()


def test_a_mirror_is_told_what_changed_and_what_no_longer_counts(shelf: Shelf) -> None:
    rows, following = walked(shelf, BEGIN)
    assert {row["id"] for row in rows} == {f"ut11:{one}" for one in NEWEST_FIRST}, "the draft never counted"
    assert {row["state"] for row in rows} == {"ready"}
    unposted = {**_given(INVOICE), "posted": False}
    marked = {**_given(TAX), "posted": False, "deletion_mark": True}
    changed = {**_given(ORDER), "amount": 20_000}
    left = [row for row in every() if row[0] not in (INVOICE, TAX, ORDER, RETURN)]
    shelf.books.put("document", [*left, *(record("document", **one) for one in (unposted, marked, changed))])
    rows, _ = walked(shelf, following)
    found = {row["id"].partition(":")[2]: (row["state"], row["withdrawn_reason"]) for row in rows}
    assert found.items() >= {
        (INVOICE, ("withdrawn", "unposted")),
        (TAX, ("withdrawn", "deletion_marked")),
        (RETURN, ("withdrawn", "deleted")),
        (ORDER, ("ready", None)),
    }
    assert DRAFT not in found
    assert [row["amount"] for row in rows if row["id"].endswith(ORDER)] == ["200.00"]
    listed = shelf.ids("/v1/documents")
    assert listed == [one for one in NEWEST_FIRST if one not in (INVOICE, TAX, RETURN)]
    gone = shelf.get(f"/v1/documents/ut11:{RETURN}")
    assert (gone["state"], gone["withdrawn_reason"], gone["paid_by"]) == ("withdrawn", "deleted", [])


def test_rows_come_in_the_order_in_which_they_changed(shelf: Shelf) -> None:
    late = {**_given(ORDER), "amount": 1}
    shelf.books.put("document", [*(row for row in every() if row[0] != ORDER), record("document", **late)])
    rows, _ = walked(shelf, BEGIN, limit=2)
    assert rows[-1]["id"] == f"ut11:{ORDER}"
    moments = [datetime.fromisoformat(row["updated_at"]) for row in rows]
    assert moments == sorted(moments)


def test_what_changes_while_pages_are_read_is_read_at_the_end(shelf: Shelf) -> None:
    first = shelf.get("/v1/documents", updated_since=BEGIN, limit=4)
    late = {**_given(OTHERS), "amount": 1}
    shelf.books.put("document", [*(row for row in every() if row[0] != OTHERS), record("document", **late)])
    seen, cursor = [row["id"] for row in first["items"]], first["next_cursor"]
    while cursor:
        page = shelf.get("/v1/documents", updated_since=BEGIN, limit=4, cursor=cursor)
        seen += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert seen[-1] == f"ut11:{OTHERS}"
    assert set(seen) == {f"ut11:{one}" for one in NEWEST_FIRST}


def test_a_change_of_lines_alone_is_a_change_of_the_document(shelf: Shelf) -> None:
    def put(*lines: tuple[Any, ...], version: str) -> None:
        documents = [row for row in every() if row[0] != ORDER]
        order = record("document", **{**_given(ORDER), "version": version})
        papers.put(shelf.books, "document", [*documents, order], document_line=list(lines))

    line = {"document_id": ORDER, "line_no": 1, "amount": 10_000}
    other = record("document_line", document_id=ORDER, line_no=2, amount=0)
    for version, lines in enumerate(
        (
            [record("document_line", **line, quantity=1)],
            [record("document_line", **line, quantity=2)],
            [record("document_line", **line, quantity=2), other],
            [record("document_line", **line, quantity=2)],
        )
    ):
        before = _updated(shelf)
        put(*lines, version=str(version))
        assert _updated(shelf) > before, lines
    before = _updated(shelf)
    put(record("document_line", **line, quantity=2), version="saved again")
    assert _updated(shelf) == before, "saved again without a change"


def test_next_time_begins_before_every_transaction_that_is_under_way(shelf: Shelf) -> None:
    """A row is stamped when its transaction begins and seen when it ends: in between nobody may step over it."""
    store = shelf.books.store
    if store.engine.dialect.name != "postgresql":
        assert datetime.now(UTC) - safe_moments.safe(store) > safe_moments.MARGIN - timedelta(seconds=1)
        return
    with store.engine.connect() as writer:
        began = writer.exec_driver_sql("SELECT now() - interval '0'").scalar_one()
        assert safe_moments.safe(store) < began - timedelta(seconds=1)
        writer.rollback()


def _updated(shelf: Shelf) -> datetime:
    return datetime.fromisoformat(shelf.get(f"/v1/documents/ut11:{ORDER}")["updated_at"])


def _given(key: str) -> dict[str, Any]:
    """A document of `every` as keywords."""
    (row,) = (one for one in every() if one[0] == key)
    return dict(zip(TABLES["document"].fields, row, strict=True))
