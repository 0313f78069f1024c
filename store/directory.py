"""Counterparties by what people type of them, kept in memory: an answer for every letter, however many there are.

Neither database finds a part of a word quickly, and SQLite folds no Cyrillic letters. A process reads everything
once, a hundred bytes of each, and then only what has changed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
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


@dataclass(slots=True)
class _Shelf:
    """The counterparties of one accounting base, as of a version of it; what changed from `since` on comes next."""

    version: int = -1
    since: datetime = _BEGINNING
    entries: dict[str, Entry] = field(default_factory=dict)
    sorted: Sequence[Entry] = ()


class Directory:
    """One for a process; several threads may ask at once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._shelves: dict[str, _Shelf] = {}
        self._lock = threading.Lock()

    def all(self, sources: Iterable[str]) -> list[Entry]:
        """Those that the accounting bases still have, by name."""
        shelves = [self._current(source) for source in sorted(sources)]
        found = [entry for shelf in shelves for entry in shelf]
        return sorted(found) if len(shelves) > 1 else found

    def search(self, sources: Iterable[str], asked: str) -> list[Entry]:
        """Those that have every word that was typed, or that was meant: the best first, then by name."""
        wanted = searching.readings(asked)
        entries = self.all(sources)
        if not wanted:
            return entries
        return _best(entries, wanted)

    def _current(self, source: str) -> Sequence[Entry]:
        with self._lock:
            shelf = self._shelves.setdefault(source, _Shelf())
            safe = safe_moments.safe(self.store)
            with self.store.reading() as tx:
                version = news.version(tx, source)
                if version != shelf.version:
                    _bring(tx, source, shelf)
                    shelf.version, shelf.since = version, safe
            return shelf.sorted


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
    shelf.sorted = sorted(shelf.entries.values())


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


def _best(entries: Sequence[Entry], readings: Sequence[tuple[str, ...]]) -> list[Entry]:
    """A code that was typed to its end, then names that begin so, then those that have all the words."""
    found: dict[tuple[str, str], tuple[int, Entry]] = {}
    for place, words in enumerate(readings):
        first, *rest = sorted(words, key=len, reverse=True)
        for entry in entries:
            if first in entry.text and all(word in entry.text for word in rest):
                found.setdefault((entry.source, entry.id), (_rank(entry, words, place), entry))
    return [entry for _, entry in sorted(found.values())]


def _rank(entry: Entry, words: Sequence[str], reading: int) -> int:
    """What was typed goes before what may have been meant."""
    if len(words) == 1 and words[0] in entry.codes:
        return 0
    later = 3 if reading else 0
    if entry.key.startswith(words[0]):
        return later + 1
    return later + (2 if any(f"{before}{words[0]}" in entry.key for before in ' "') else 3)
