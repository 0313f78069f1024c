"""Landed bytes that nothing needs any more, dropped: rows of the landing first, committed, then their files.

A unit stays as long as a stored row, living or gone, or an open rejection names one of its pages, or the page
that had the last content of a row which is gone, or a statement is drawn from it, or a push was answered by it.
So what is left still maps to the store as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, union

from store import outbox_attempts
from store.engine import Store, Tx
from store.merge_sql import record_id
from store.record_tables import STORED
from store.tables import LANDING_PAGE, LANDING_UNIT, REJECTED
from store.tables_of_change import RECORD_HISTORY
from store.tables_of_orders import PUSH_ATTEMPT
from store.tables_of_statements import STATEMENT_DRAWING

# A file may be written some time before the rows that name it are committed.
UNCOMMITTED_FOR = timedelta(hours=1)
BATCH = 500
T = TypeVar("T")
_Page = tuple[int, str, int]  # id, sha256, size of the file


@dataclass(frozen=True, slots=True)
class Dropped:
    """`bytes` are those of the files on disk; `files` may be fewer than `pages`: equal bytes are kept once."""

    units: int = 0
    pages: int = 0
    files: int = 0
    bytes: int = 0

    def __add__(self, other: Dropped) -> Dropped:
        return Dropped(
            self.units + other.units,
            self.pages + other.pages,
            self.files + other.files,
            self.bytes + other.bytes,
        )


def drop(store: Store, older_than: datetime, *, dry_run: bool = False) -> Dropped:
    """Drop the units all of whose pages were fetched before `older_than` and that nothing names.

    The caller holds the readers' leases: a reading under way may land bytes that equal dropped ones.
    """
    with store.reading() as tx:
        sets = tx.connection.execute(select(LANDING_UNIT.c.source, LANDING_UNIT.c.entity).distinct()).all()
    dropped = Dropped()
    for source, entity in sets:
        dropped += _entity(store, source, entity, older_than, dry_run=dry_run)
    return dropped + _answers_of_no_unit(store, older_than, dry_run=dry_run)


def _entity(store: Store, source: str, entity: str, older_than: datetime, *, dry_run: bool) -> Dropped:
    with store.reading() if dry_run else store.transaction() as tx:
        if not dry_run:
            tx.alone(f"merge {source} {entity}")
        units = _unneeded(tx, source, entity, older_than)
        pages = [page for some in _batches(units) for page in _pages(tx, LANDING_PAGE.c.unit_id.in_(some))]
        lonely = _named_by_no_other(tx, pages)
        if not dry_run:
            _forget(tx, pages, units)
    return _freed(store, len(units), pages, lonely, dry_run=dry_run)


def _answers_of_no_unit(store: Store, older_than: datetime, *, dry_run: bool) -> Dropped:
    """What came in place of an answer and was kept for a person to look at."""
    page = LANDING_PAGE.c
    with store.reading() if dry_run else store.transaction() as tx:
        held = select(REJECTED.c.landing_id).where(REJECTED.c.resolved_at.is_(None))
        alone = and_(page.unit_id.is_(None), page.fetched_at < older_than, page.id.not_in(held))
        pages = _pages(tx, alone)
        lonely = _named_by_no_other(tx, pages)
        if not dry_run:
            _forget(tx, pages, [])
    return _freed(store, 0, pages, lonely, dry_run=dry_run)


def _freed(
    store: Store, units: int, pages: Sequence[_Page], lonely: Mapping[str, int], *, dry_run: bool
) -> Dropped:
    """Delete the files of pages that are forgotten, in a transaction that is committed; tells how much."""
    files = {name: size for name, size in lonely.items() if dry_run or _delete_file(store, name)}
    return Dropped(units, len(pages), len(files), sum(files.values()))


def _unneeded(tx: Tx, source: str, entity: str, older_than: datetime) -> list[int]:
    """Mapped units that are old, not named, and not newer than one that still waits to be mapped.

    A unit without pages stays: it is all there is to say that a scope was empty.
    """
    unit, page = LANDING_UNIT.c, LANDING_PAGE.c
    of_entity = (unit.source == source, unit.entity == entity)
    waiting = select(func.min(unit.id)).where(*of_entity, unit.state == "landed")
    before = tx.connection.execute(waiting).scalar_one()
    found = (
        select(page.unit_id, page.id, page.fetched_at)
        .select_from(LANDING_UNIT.join(LANDING_PAGE, page.unit_id == unit.id))
        .where(*of_entity, unit.state != "landed")
    )
    if before is not None:
        found = found.where(unit.id < before)
    needed = _needed(tx, source)
    kept: set[int] = set()
    units: set[int] = set()
    for unit_id, page_id, fetched_at in tx.connection.execute(found):
        units.add(unit_id)
        if fetched_at >= older_than or page_id in needed:
            kept.add(unit_id)
    return sorted(units - kept)


def _needed(tx: Tx, source: str) -> set[int]:
    """Every page that something in the store refers to."""
    named: list[Select[tuple[int]]] = [
        select(REJECTED.c.landing_id).where(REJECTED.c.source == source, REJECTED.c.resolved_at.is_(None))
    ]
    named += [select(table.c.landing_id).where(table.c.source == source) for table in STORED.values()]
    drawn = select(STATEMENT_DRAWING.c.landing_unit_id)
    pushed = select(PUSH_ATTEMPT.c.sha256).where(PUSH_ATTEMPT.c.sha256.is_not(None))
    of_source = select(LANDING_PAGE.c.id).where(LANDING_PAGE.c.source == source)
    named.append(of_source.where(LANDING_PAGE.c.unit_id.in_(drawn)))
    named.append(
        of_source.where(LANDING_PAGE.c.entity == outbox_attempts.ENTITY, LANDING_PAGE.c.sha256.in_(pushed))
    )
    return {*tx.connection.execute(union(*named)).scalars(), *_last_contents(tx, source)}


def _last_contents(tx: Tx, source: str) -> Iterator[int]:
    """Of each row that is gone, the page of its last version: its own page only says that it went."""
    column = RECORD_HISTORY.c
    for record, table in STORED.items():
        if record.parent:
            continue
        gone = select(record_id(record, table)).where(table.c.source == source, table.c.gone_at.is_not(None))
        last = (
            select(func.max(column.id))
            .where(column.source == source, column.record == record.name, column.record_id.in_(gone))
            .group_by(column.record_id)
        )
        yield from tx.connection.execute(select(column.landing_id).where(column.id.in_(last))).scalars()


def _pages(tx: Tx, condition: ColumnElement[bool]) -> list[_Page]:
    page = LANDING_PAGE.c
    rows = tx.connection.execute(select(page.id, page.sha256, page.stored_size).where(condition))
    return [(page_id, sha256, size) for page_id, sha256, size in rows]


def _named_by_no_other(tx: Tx, pages: Sequence[_Page]) -> dict[str, int]:
    """The files of these pages that no other page has, with their sizes."""
    own, page = {page_id for page_id, _, _ in pages}, LANDING_PAGE.c
    lonely = {sha256: size for _, sha256, size in pages}
    for some in _batches(list(lonely)):
        for page_id, sha256 in tx.connection.execute(
            select(page.id, page.sha256).where(page.sha256.in_(some))
        ):
            if page_id not in own:
                lonely.pop(sha256, None)
    return lonely


def _forget(tx: Tx, pages: Sequence[_Page], units: Sequence[int]) -> None:
    for some in _batches([page_id for page_id, _, _ in pages]):
        tx.connection.execute(delete(LANDING_PAGE).where(LANDING_PAGE.c.id.in_(some)))
    for some_units in _batches(units):
        tx.connection.execute(delete(LANDING_UNIT).where(LANDING_UNIT.c.id.in_(some_units)))


def _delete_file(store: Store, sha256: str) -> bool:
    """Delete a file that no committed page names, unless somebody has just written it again."""
    with store.reading() as tx:
        if tx.connection.execute(select(LANDING_PAGE.c.id).where(LANDING_PAGE.c.sha256 == sha256)).first():
            return False
    return store.blobs.delete(sha256, written_before=datetime.now(UTC) - UNCOMMITTED_FOR)


def _batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
