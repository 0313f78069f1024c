"""The rows that tell what payments paid: documents of an account, and the lines of payments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from schemas import TABLES
from schemas.journal import CHARGES, PAYMENTS, RETURNS
from store.engine import Tx
from store.record_tables import STORED
from store.standing_documents import DOCUMENT, chunks, counts, visible

LINE = STORED[TABLES["allocation"]]
_ACCOUNT = ("counterparty_id", "organization_id", "contract_id")
_DOCUMENT = (
    *("id", "kind", "number", "dated_at", "currency", "amount", "settlement_currency", "settlement_amount"),
    *("base_id", *_ACCOUNT),
)
_LINE = ("document_id", "base_id", "base_kind", "amount", "settlement_currency", "settlement_amount")

Account = tuple[str | None, ...]


def account(row: Row[Any]) -> Account:
    """Under whom a document is settled: counterparty, own legal entity, contract."""
    return tuple(getattr(row, name) for name in _ACCOUNT)


def payments(tx: Tx, source: str, ids: Collection[str]) -> dict[str, Row[Any]]:
    """Those of these documents that are payments, count and may be seen."""
    found: dict[str, Row[Any]] = {}
    for part in chunks(ids):
        found |= _documents(tx, source, PAYMENTS, DOCUMENT.c.id.in_(part))
    return found


def of_account(tx: Tx, source: str, account: Account) -> dict[str, Row[Any]]:
    """The payments of an account, and what they may pay."""
    same = [DOCUMENT.c[name] == value for name, value in zip(_ACCOUNT, account, strict=True)]
    return _documents(tx, source, (*PAYMENTS, *CHARGES, *RETURNS), *same)


def accounts_of(tx: Tx, source: str, document_ids: Collection[str]) -> set[Account]:
    """The accounts that these documents are charged to; none for what charges nothing."""
    found: set[Account] = set()
    for part in chunks(document_ids):
        found.update(map(account, _documents(tx, source, CHARGES, DOCUMENT.c.id.in_(part)).values()))
    return found


def lines(tx: Tx, source: str, ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    """What these payments say they are for, in the order of their lines."""
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for part in chunks(ids):
        query = select(*(LINE.c[name] for name in _LINE)).where(
            LINE.c.source == source, LINE.c.document_id.in_(part)
        )
        for row in tx.connection.execute(query.order_by(LINE.c.document_id, LINE.c.line_no)):
            found[row.document_id].append(row)
    return found


def naming(tx: Tx, source: str, document_ids: Collection[str]) -> set[str]:
    """The payments whose lines name one of these documents."""
    found: set[str] = set()
    for part in chunks(document_ids):
        query = select(LINE.c.document_id).where(LINE.c.source == source, LINE.c.base_id.in_(part))
        found.update(tx.connection.execute(query).scalars())
    return found


def _documents(
    tx: Tx, source: str, kinds: Collection[str], *which: ColumnElement[bool]
) -> dict[str, Row[Any]]:
    """Kinds are told apart here: SQLite would rather walk along all documents of a kind."""
    query = select(*(DOCUMENT.c[name] for name in _DOCUMENT)).where(
        DOCUMENT.c.source == source, counts(DOCUMENT), *visible(tx, DOCUMENT), *which
    )
    return {row.id: row for row in tx.connection.execute(query) if row.kind in kinds}
