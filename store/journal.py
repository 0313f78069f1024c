"""The journal: documents of every kind by one contract (BS-03, BS-05), limited to what a reader may see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    and_,
    false,
    literal_column,
    or_,
    select,
)

from schemas import TABLES
from store import tenancy
from store.engine import Tx
from store.paging import Key, Order, Page, page
from store.record_tables import STORED
from store.standing_documents import DOCUMENT, chunks, counted, counts, visible

_CONTRACT = STORED[TABLES["contract"]]
_ORGANIZATION = STORED[TABLES["organization"]]
_COUNTERPARTY = STORED[TABLES["counterparty"]]
_ORDER, _BASE = DOCUMENT.alias("of_order"), DOCUMENT.alias("of_base")
_MOST_PARTS = 30
_LINKED = ("number", "dated_at", "kind")
_OWN = (
    *("source", "id", "kind", "number", "dated_at", "posted", "deletion_mark", "gone_at", "changed_at"),
    *("organization_id", "counterparty_id", "contract_id", "currency", "amount", "settlement_currency"),
    *("settlement_amount", "vat_amount", "status", "order_id", "base_id", "base_kind", "external_number"),
    *("external_on", "due_on", "purpose"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """None filters nothing. Both days belong to the period, which is by the document's own day.

    With `updated_since` rows come in the order in which they changed, and those that no longer count, too.
    """

    counterparties: Collection[str] | None = None
    kinds: Collection[str] | None = None
    from_on: date | None = None
    to_on: date | None = None
    contract_id: str | None = None
    order_id: str | None = None
    belongs_to: str | None = None  # an order: itself and what names it
    organization_id: str | None = None
    status: str | None = None
    number: str | None = None
    updated_since: datetime | None = None


def documents(tx: Tx, filters: Filters, *, sources: Collection[str], after: Key | None, limit: int) -> Page:
    """A page of the journal: the newest first, or by when they changed; the columns are those of `one`."""
    column = DOCUMENT.c
    few = any(one is not None for one in (filters.order_id, filters.belongs_to, filters.number))
    split = [] if few or filters.updated_since is not None else _split(tx, filters)
    query = select(column.source, column.id).where(
        *_wanted(filters), *tenancy.of_contact(tx, column.contact_id)
    )
    if not split:
        query = query.where(*_chosen(tx, filters, few=few))
    if filters.updated_since is None:
        order = Order(column.source, (column.id,), (column.dated_at,), descending=True, sorts=few)
        query = query.where(counts(DOCUMENT))
    else:
        order = Order(column.source, (column.id,), (column.changed_at,), sorts=few)
        query = query.where(or_(counts(DOCUMENT), counted(tx)))
        if after is None:  # what comes after a key has changed since then anyway
            query = query.where(column.changed_at >= filters.updated_since)
    found = page(tx, query, order, sources=sources, after=after, limit=limit, split=split)
    return Page(_full(tx, found.rows), found.next_key)


def _split(tx: Tx, filters: Filters) -> list[ColumnElement[bool]]:
    """One condition for each counterparty that is wanted and seen, or each kind: the newest of each of them lie
    together in an index. None where there is no telling, or too many: then the conditions for all.
    """
    column, seen, wanted = DOCUMENT.c, tx.tenancy.counterparties, filters.counterparties
    parties = seen if wanted is None else set(wanted) if seen is None else seen.intersection(wanted)
    if parties is not None and 0 < len(parties) <= _MOST_PARTS:
        kind = _unindexed(column.kind)
        of_kinds = [] if filters.kinds is None else [kind.in_(sorted(filters.kinds))]
        mine = [] if tx.tenancy.source is None else [column.source == tx.tenancy.source]
        return [and_(column.counterparty_id == one, *mine, *of_kinds) for one in sorted(parties)]
    if parties is None and filters.kinds is not None and 0 < len(filters.kinds) <= _MOST_PARTS:
        mine = tenancy.limits(tx, column.source, column.counterparty_id)
        return [and_(column.kind == one, *mine) for one in sorted(set(filters.kinds))]
    return []


def _chosen(tx: Tx, filters: Filters, *, few: bool) -> Iterator[ColumnElement[bool]]:
    """What `_split` says one by one, for all at once; where `few` rows are left, not by an index."""
    party = _unindexed(DOCUMENT.c.counterparty_id) if few else DOCUMENT.c.counterparty_id
    yield from tenancy.limits(tx, DOCUMENT.c.source, party)
    for key, values in ((party, filters.counterparties), (DOCUMENT.c.kind, filters.kinds)):
        if values is not None:
            yield key.in_(sorted(values)) if values else false()


def _unindexed(column: ColumnElement[str]) -> ColumnElement[str]:
    """The same text as an expression that no index has: SQLite, without statistics, would choose the wrong one."""
    return column.concat(literal_column("''"))


def _full(tx: Tx, keys: Sequence[Row[Any]]) -> list[Row[Any]]:
    """The documents with what they refer to, in the order of the keys: only the rows of the page are joined."""
    found: dict[tuple[str, str], Row[Any]] = {}
    for source in {key.source for key in keys}:
        mine = rows(tx).where(
            DOCUMENT.c.source == source, DOCUMENT.c.id.in_([key.id for key in keys if key.source == source])
        )
        found |= {(row.source, row.id): row for row in tx.connection.execute(mine)}
    return [found[key.source, key.id] for key in keys]


def one(tx: Tx, source: str, document_id: str) -> Row[Any] | None:
    """The document with what it refers to, also one that no longer counts; None for one that never did."""
    column = DOCUMENT.c
    query = rows(tx).where(column.source == source, column.id == document_id)
    return tx.connection.execute(query.where(or_(counts(DOCUMENT), counted(tx)))).one_or_none()


def some(tx: Tx, source: str, ids: Collection[str]) -> dict[str, Row[Any]]:
    """Those of these documents that count and may be seen, by their ids."""
    found: dict[str, Row[Any]] = {}
    for part in chunks(ids):
        query = select(*(DOCUMENT.c[name] for name in ("id", *_LINKED))).where(
            DOCUMENT.c.source == source, DOCUMENT.c.id.in_(part), counts(DOCUMENT), *visible(tx, DOCUMENT)
        )
        found |= {row.id: row for row in tx.connection.execute(query)}
    return found


def rows(tx: Tx) -> Select[Any]:
    """Documents that the reader may see, each with the names of what it refers to."""
    column = DOCUMENT.c
    joined: FromClause = DOCUMENT
    mine = tenancy.limits(tx, _CONTRACT.c.source, _CONTRACT.c.counterparty_id)
    for table, key, limits in (
        (_CONTRACT, column.contract_id, mine),
        (_ORGANIZATION, column.organization_id, []),
        (_COUNTERPARTY, column.counterparty_id, []),
    ):
        joined = joined.outerjoin(table, and_(table.c.source == column.source, table.c.id == key, *limits))
    for linked, key in ((_ORDER, column.order_id), (_BASE, column.base_id)):
        same = and_(linked.c.source == column.source, linked.c.id == key, *visible(tx, linked))
        joined = joined.outerjoin(linked, same)
    names = [
        _CONTRACT.c.number.label("contract_number"),
        _CONTRACT.c.name.label("contract_name"),
        _ORGANIZATION.c.name.label("organization_name"),
        _COUNTERPARTY.c.name.label("counterparty_name"),
    ]
    links = [linked.c[name].label(f"{linked.name}_{name}") for linked in (_ORDER, _BASE) for name in _LINKED]
    own = [column[name] for name in _OWN]
    return select(*own, *names, *links).select_from(joined).where(*visible(tx, DOCUMENT))


def _wanted(filters: Filters) -> Iterator[ColumnElement[bool]]:
    column = DOCUMENT.c
    same = {name: getattr(filters, name) for name in ("contract_id", "order_id", "organization_id")}
    same |= {"status": filters.status, "number": filters.number}
    yield from (column[name] == value for name, value in same.items() if value is not None)
    if filters.belongs_to is not None:
        yield or_(column.id == filters.belongs_to, column.order_id == filters.belongs_to)
    if filters.from_on is not None:
        yield column.dated_at >= f"{filters.from_on}T00:00:00"
    if filters.to_on is not None and filters.to_on < date.max:
        yield column.dated_at < f"{filters.to_on + timedelta(days=1)}T00:00:00"
