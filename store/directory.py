"""Counterparties by what people type of them, kept in memory: an answer for every letter, however many there are.

Neither database finds a part of a word quickly, and SQLite folds no Cyrillic letters. A process reads everything
once, a hundred bytes of each, and then only what has changed.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, select

from schemas import TABLES, searching
from store import news, safe_moments
from store.engine import Store, Tx
from store.record_tables import STORED

_PARTY, _PARTNER = STORED[TABLES["counterparty"]], STORED[TABLES["partner"]]
_CODES = ("tax_id", "registry_code", "registration_number", "foreign_tax_number")
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


class Entry(NamedTuple):
    """`key` is what names are sorted by, `text` what is looked through: both in small letters."""

    key: str
    source: str
    id: str
    codes: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Row:
    """Counterparties by name. Their texts are one text, to be looked through in one go: that is ten times as quick."""

    entries: Sequence[Entry] = ()
    text: str = ""
    begins: Sequence[int] = (0,)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> _Row:
        ordered = sorted(entries)
        begins = [0, *accumulate(len(entry.text) + 1 for entry in ordered)]
        return cls(ordered, "\0".join(entry.text for entry in ordered), begins)

    def having(self, word: str) -> Iterator[Entry]:
        at = self.text.find(word)
        while at >= 0:
            place = bisect_right(self.begins, at)
            yield self.entries[place - 1]
            at = self.text.find(word, self.begins[place])


@dataclass(slots=True)
class _Shelf:
    """The counterparties of one accounting base, as of a version of it; what changed from `since` on comes next."""

    version: int = -1
    since: datetime = _BEGINNING
    entries: dict[str, Entry] = field(default_factory=dict)
    row: _Row = _Row()


class Directory:
    """One for a process; several threads may ask at once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._shelves: dict[str, _Shelf] = {}
        self._lock = threading.Lock()

    def search(self, sources: Iterable[str], asked: str) -> list[Entry]:
        """Those that have every word that was typed, or that was meant: the best first, then by name.

        Everybody that the accounting bases still have where nothing was typed.
        """
        rows = [self._current(source) for source in sources]
        readings = searching.readings(asked)
        if not readings:
            return sorted(entry for row in rows for entry in row.entries)
        return _best(rows, readings)

    def _current(self, source: str) -> _Row:
        with self._lock:
            shelf = self._shelves.setdefault(source, _Shelf())
            with self.store.reading() as tx:
                if news.version(tx, source) == shelf.version:
                    return shelf.row
            safe = safe_moments.safe(self.store)
            with self.store.reading() as tx:
                version = news.version(tx, source)
                _bring(tx, source, shelf)
            shelf.version, shelf.since = version, safe
            return shelf.row


def _bring(tx: Tx, source: str, shelf: _Shelf) -> None:
    """Read what changed since the last time; of a partner that changed, the counterparties."""
    rows = list(tx.connection.execute(_rows(source).where(_PARTY.c.changed_at >= shelf.since)))
    if shelf.entries:
        theirs = select(_PARTNER.c.id).where(
            _PARTNER.c.source == source, _PARTNER.c.changed_at >= shelf.since
        )
        rows += tx.connection.execute(_rows(source).where(_PARTY.c.partner_id.in_(theirs)))
    if not rows:
        return
    for row in rows:
        if row.gone_at is not None:
            shelf.entries.pop(row.id, None)
        else:
            shelf.entries[row.id] = _entry(source, row)
    shelf.row = _Row.of(shelf.entries.values())


def _rows(source: str) -> Select[Any]:
    own = [_PARTY.c[name] for name in ("id", "name", "legal_name", "gone_at", *_CODES)]
    is_partner = and_(_PARTNER.c.source == _PARTY.c.source, _PARTNER.c.id == _PARTY.c.partner_id)
    joined = _PARTY.outerjoin(_PARTNER, is_partner)
    names = (_PARTNER.c.code, _PARTNER.c.name.label("partner_name"))
    return select(*own, *names).select_from(joined).where(_PARTY.c.source == source)


def _entry(source: str, row: Any) -> Entry:
    codes = tuple(
        searching.folded(one) for one in (row.code, *(getattr(row, name) for name in _CODES)) if one
    )
    names = dict.fromkeys(
        searching.folded(one) for one in (row.name, row.legal_name, row.partner_name) if one
    )
    return Entry(searching.folded(row.name), source, row.id, codes, "\n".join((*names, *codes)))


def _best(rows: Sequence[_Row], readings: Sequence[tuple[str, ...]]) -> list[Entry]:
    """A code that was typed to its end, then names that begin so, then those that have all the words.

    What was typed goes before what may have been meant.
    """
    ranked: list[list[Entry]] = [[] for _ in range(3 * len(readings) + 1)]
    seen: set[tuple[str, str]] = set()
    for reading, words in enumerate(readings):
        longest, *rest = sorted(words, key=len, reverse=True)
        for entry in (entry for row in rows for entry in row.having(longest)):
            place = entry.source, entry.id
            if place not in seen and all(word in entry.text for word in rest):
                seen.add(place)
                ranked[_rank(entry, words, reading)].append(entry)
    return [entry for alike in ranked for entry in sorted(alike)]


def _rank(entry: Entry, words: Sequence[str], reading: int) -> int:
    first = words[0]
    if len(words) == 1 and first in entry.codes:
        return 0
    later = 3 * reading
    if entry.key.startswith(first):
        return later + 1
    return later + (2 if f" {first}" in entry.key or f'"{first}' in entry.key else 3)
