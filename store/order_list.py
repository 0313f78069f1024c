"""Orders as the storefront lists them, a page at a time, and the names of whom and what they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from schemas import TABLES
from schemas.orders import Order as Content
from schemas.submissions import State, Status
from store import submissions, tenancy
from store.engine import Tx
from store.paging import Key, Order, Page, page
from store.record_tables import STORED
from store.submissions import Submission
from store.tables_of_orders import SUBMISSION, SUBMISSION_VERSION

_FIELDS = tuple(one.name for one in fields(Submission))
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "counterparty": ("name",),
    "organization": ("name",),
    "contract": ("number", "name"),
    "contact": ("name",),
    "item": ("code", "article", "name", "unit_id"),
    "characteristic": ("name",),
    "unit": ("name",),
}
_OWNED = {
    "counterparty": "id",
    "contract": "counterparty_id",
}  # what a reader of some counterparties may not see


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilters:
    """None filters nothing. With `updated_since` orders come in the order in which they changed."""

    states: Collection[State] | None = None
    statuses: Collection[Status] | None = None
    counterparty_id: str | None = None
    branch_id: str | None = None
    contact_id: str | None = None
    reference: str | None = None
    updated_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """Rows by table and key; what is not in the store, or not for the reader, is not there."""

    known: Mapping[tuple[str, str], Row[Any]]

    def get(self, table: str, key: str | None) -> Row[Any] | None:
        return self.known.get((table, key)) if key else None


def orders(tx: Tx, filters: OrderFilters, *, sources: Collection[str], after: Key | None, limit: int) -> Page:
    """A page of what the reader may see, the newest first; `submission` makes one of a row."""
    column = SUBMISSION.c
    query = select(SUBMISSION).where(column.kind == "order", *submissions.seen(tx), *_wanted(filters))
    order = Order(column.source, (), (column.number,), descending=True)
    if filters.updated_since is not None:
        order = Order(column.source, (column.number,), (column.updated_at,))
    return page(tx, query, order, sources=sources, after=after, limit=limit)


def submission(row: Row[Any]) -> Submission:
    return Submission(**{name: row._mapping[name] for name in _FIELDS})


def names(tx: Tx, source: str, of: Iterable[Submission], content: Content | None = None) -> Names:
    """Of some orders of one base; with `content` also of what one of them says. A statement for each table."""
    wanted: dict[str, set[str | None]] = {table: set() for table in _SHOWN}
    for one in of:
        wanted["counterparty"] |= {one.counterparty_id, one.branch_id}
        wanted["organization"].add(one.organization_id)
        wanted["contract"].add(one.contract_id)
        wanted["contact"].add(one.contact_id)
    if content is not None:
        wanted["contact"].add(content.on_behalf_of)
        wanted["item"] |= {line.item_id for line in content.lines}
        wanted["characteristic"] |= {line.characteristic_id for line in content.lines}
        wanted["unit"] |= {line.unit_id for line in content.lines}
    found = {
        (table, row.id): row
        for table, ids in wanted.items()
        for row in _named(tx, source, table, sorted(filter(None, ids)))
    }
    return Names(found)


def makers(tx: Tx, of: Submission) -> set[str]:
    """Who wrote any of what it ever said."""
    column = SUBMISSION_VERSION.c
    wanted = select(column.made_by).where(column.submission_number == of.number)
    return set(tx.connection.execute(wanted).scalars())


def _named(tx: Tx, source: str, table: str, ids: list[str]) -> Iterable[Row[Any]]:
    if not ids:
        return ()
    column = STORED[TABLES[table]].c
    wanted = select(column.id, *(column[name] for name in _SHOWN[table])).where(
        column.source == source, column.id.in_(ids)
    )
    if table in _OWNED:
        wanted = wanted.where(*tenancy.limits(tx, column.source, column[_OWNED[table]]))
    return tx.connection.execute(wanted)


def _wanted(filters: OrderFilters) -> list[ColumnElement[bool]]:
    column = SUBMISSION.c
    same = {
        "counterparty_id": filters.counterparty_id,
        "branch_id": filters.branch_id,
        "contact_id": filters.contact_id,
        "reference": filters.reference,
    }
    found = [column[name] == value for name, value in same.items() if value is not None]
    if filters.states is not None:
        found.append(column.state.in_(sorted(filters.states)))
    if filters.statuses is not None:
        found.append(column.status.in_(sorted(filters.statuses)))
    if filters.updated_since is not None:
        found.append(column.updated_at >= filters.updated_since)
    return found
