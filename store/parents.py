"""The statements of a merge that let a record have changed where only its nested rows did: parameters as there."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Select, Update, select, update

from schemas.records import RecordTable
from store.absence import vanished
from store.merge_sql import given_source, moment
from store.record_tables import STORED
from store.staging import STAGES


@cache
def of_written(record: RecordTable, parent: RecordTable) -> Update:
    """Where nested rows were written now."""
    table = STORED[record]
    staged = select(STAGES[parent].c[parent.key[0]])
    written = select(table.c[str(record.parent)]).where(
        table.c.source == given_source(),
        table.c[str(record.parent)].in_(staged),
        table.c.changed_at == moment(),
    )
    return _changed(parent, written)


@cache
def of_vanished(record: RecordTable, parent: RecordTable, dialect: str) -> Update:
    """Where nested rows are about to be deleted."""
    table = STORED[record]
    return _changed(parent, select(table.c[str(record.parent)]).where(*vanished(record, parent, dialect)))


def _changed(parent: RecordTable, keys: Select[tuple[str]]) -> Update:
    table = STORED[parent]
    return (
        update(table)
        .values(changed_at=moment())
        .where(table.c.source == given_source(), table.c[parent.key[0]].in_(keys))
        .where(table.c.gone_at.is_(None), table.c.changed_at < moment())
    )
