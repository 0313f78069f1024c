"""Whether every stored row still follows from its landed bytes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from assets.pages import Pages
from assets.source import Source
from mappings.compiled import Mapped
from mappings.entity import Entity
from schemas.errors import LineageError, SourceContractError
from schemas.records import RecordTable
from schemas.types import Json
from store import by_page, landing
from store.by_page import StoredRow
from store.comparing import meaning
from store.engine import Store
from store.landing import LandedPage

Progress = Callable[[str, int, int], None]  # entity, pages done, pages in all
KEPT = 200  # findings that are listed; all are counted


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What does not follow: a field of a row (or the whole of it), or a page, then `key` is its number."""

    table: str
    key: str
    field: str
    page: int
    what: str


@dataclass(slots=True)
class Verified:
    """`older` rows were mapped by an older declaration and are not compared: replay first."""

    pages: int = 0
    rows: int = 0
    older: int = 0
    gone: int = 0
    wrong: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)

    def found(self, mismatch: Mismatch) -> None:
        self.wrong += 1
        if len(self.mismatches) < KEPT:
            self.mismatches.append(mismatch)


def verify(
    store: Store,
    source: Source,
    *,
    sample: int | None = None,
    progress: Progress = lambda *_: None,
    chance: random.Random | None = None,
) -> Verified:
    """Recompute the stored rows of a source page by page, each page's bytes read once.

    `sample` is how many pages of each entity are looked at; None is every page, also those that no row
    refers to any more: a replay will want them.
    """
    result = Verified()
    for entity in source.entities:
        pages = {
            page.id: page for unit in landing.units(store, source.id, entity.name) for page in unit.pages
        }
        chosen = set(pages)
        if sample is not None and sample < len(pages):
            chosen = set((chance or random.Random()).sample(sorted(pages), sample))  # noqa: S311
        _Entity(store, source, entity, result).check(pages, chosen, progress)
    return result


class _Entity:
    def __init__(self, store: Store, source: Source, entity: Entity, result: Verified) -> None:
        self.store, self.source, self.entity, self.result = store, source, entity, result
        self.reader = Pages(store, source.settings, entity)

    def check(self, pages: dict[int, LandedPage], chosen: set[int], progress: Progress) -> None:
        done = 0
        for page_id, rows in self._by_page(sorted(pages)):
            if page_id not in pages:
                self._wrong(self.entity.table.name, page_id, "the landing page of its rows is not known")
            elif page_id in chosen:
                done += 1
                self._page(pages[page_id], rows)
                progress(self.entity.name, done, len(chosen))

    def _by_page(self, pages: Iterable[int]) -> Iterator[tuple[int, list[StoredRow]]]:
        """Every page once, in order: with the rows that refer to it, or with none."""
        nested = [part.table for part in self.entity.rows]
        waiting = iter(pages)
        upcoming = next(waiting, None)
        with self.store.reading() as tx:
            found = by_page.rows(tx, self.source.id, self.entity.name, self.entity.table, nested)
            for page_id, rows in found:
                while upcoming is not None and upcoming < page_id:
                    yield upcoming, []
                    upcoming = next(waiting, None)
                if upcoming == page_id:
                    upcoming = next(waiting, None)
                yield page_id, rows
        while upcoming is not None:
            yield upcoming, []
            upcoming = next(waiting, None)

    def _page(self, page: LandedPage, rows: list[StoredRow]) -> None:
        self.result.pages += 1
        living = [row for row in rows if not row.gone]
        today = [row for row in living if row.digest == self.entity.digest]
        self.result.gone += len(rows) - len(living)
        self.result.older += len(living) - len(today)
        try:
            mapped = self.reader.mapped(page)
        except LineageError as error:
            self._wrong("landing_page", page.id, str(error))
        except SourceContractError as error:
            if living:  # a page that never could be read has brought no row
                self._wrong("landing_page", page.id, str(error))
        else:
            self.result.rows += len(today)
            self._compare(page.id, today, mapped)

    def _compare(self, page: int, rows: list[StoredRow], mapped: Mapped) -> None:
        tables = (self.entity.table, *(part.table for part in self.entity.rows))
        told = {table.name: _index(table, mapped.rows[table.name]) for table in tables}
        for row in rows:
            expected = told[row.table.name].get((row.place, row.key))
            if expected is None:
                self._row(row, page, "", "is not in its page at its place")
                continue
            if row.values != expected:
                self._fields(row, page, expected)
        for part in self.entity.rows:
            self._complete(page, rows, part.table, told[part.table.name])

    def _fields(self, row: StoredRow, page: int, expected: tuple[Any, ...]) -> None:
        for (name, kind), stored, landed in zip(row.table.fields.items(), row.values, expected, strict=True):
            if stored != landed and not (kind is Json and meaning(stored) == meaning(landed)):
                self._row(row, page, name, "is not what its page says")

    def _complete(self, page: int, rows: list[StoredRow], nested: RecordTable, told: _Index) -> None:
        """Nothing that the page has under a record is missing from the store."""
        heads = {(row.place, row.key[0]) for row in rows if row.table is self.entity.table}
        stored = {(row.place, row.key) for row in rows if row.table is nested}
        position = nested.key.index(str(nested.parent))
        for place, key in told.keys() - stored:
            if (place, key[position]) in heads:
                self._row_of(nested.name, key, page, "", "is in the page and not stored")

    def _row(self, row: StoredRow, page: int, field: str, what: str) -> None:
        self._row_of(row.table.name, row.key, page, field, what)

    def _row_of(self, table: str, key: tuple[Any, ...], page: int, field: str, what: str) -> None:
        self.result.found(Mismatch(table, "/".join(map(str, key)), field, page, what))

    def _wrong(self, table: str, page: int, what: str) -> None:
        self.result.found(Mismatch(table, str(page), "", page, what))


_Index = dict[tuple[int, tuple[Any, ...]], tuple[Any, ...]]


def _index(table: RecordTable, rows: list[tuple[Any, ...]]) -> _Index:
    positions = by_page.key_places(table)
    return {(row[-1], tuple(row[at] for at in positions)): row[:-2] for row in rows}
