"""Which documents count, which ever did, and which of them a reader sees."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, FromClause, Text, and_, func, literal, or_, select

from schemas import TABLES
from store import tenancy
from store.engine import Tx
from store.record_tables import STORED
from store.tables_of_change import RECORD_HISTORY

DOCUMENT = STORED[TABLES["document"]]


def visible(tx: Tx, document: FromClause) -> list[ColumnElement[bool]]:
    """Whose documents the reader sees; one person of a company those that he placed."""
    column = document.c
    return [
        *tenancy.limits(tx, column.source, column.counterparty_id),
        *tenancy.of_contact(tx, column.contact_id),
    ]


def counts(document: FromClause) -> ColumnElement[bool]:
    column = document.c
    return and_(column.posted, ~column.deletion_mark, column.gone_at.is_(None))


def chunks(ids: Collection[str], size: int = 500) -> Iterator[list[str]]:
    """Parts of a list of ids, each small enough for one statement."""
    every = sorted(ids)
    for place in range(0, len(every), size):
        yield every[place : place + size]


def counted(tx: Tx) -> ColumnElement[bool]:
    """Whether a document counted before: as it stands without its end, or in a version that was shown."""
    column, past = DOCUMENT.c, RECORD_HISTORY.c
    gone = and_(column.gone_at.is_not(None), column.posted, ~column.deletion_mark)
    was = and_(_flag(tx, "posted"), ~_flag(tx, "deletion_mark"))
    shown = (
        select(past.id)
        .where(past.source == column.source, past.record == DOCUMENT.name, past.record_id == column.id)
        .where(past.from_at < past.to_at, was)
    )
    return or_(gone, shown.exists())


def _flag(tx: Tx, name: str) -> ColumnElement[bool]:
    """A boolean field of an earlier version; SQLite gives JSON's true as 1."""
    fields = RECORD_HISTORY.c.fields
    if tx.dialect == "postgresql":
        return fields.op("->>", return_type=Text())(literal(name, Text)) == "true"
    return func.json_extract(fields, f"$.{name}") == 1
