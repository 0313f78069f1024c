"""How one entity is counted on both sides, and what of it differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from connectors.decode import decoder_of
from connectors.dialects import DIALECTS
from connectors.wire_types import attribute
from mappings.compiled import compile_entity
from mappings.entity import Entity
from mappings.values import Context
from schemas.settings import SourceSettings
from schemas.source import RawUnit, WireField, WireRow
from store import census as tally
from store import landing, reference
from store.engine import Store

NO_DATE = "0001-01-01"
Stored = tuple[str, str, str]  # day, first part of the key, everything that is told


@dataclass(frozen=True, slots=True)
class Told:
    """One record as the source tells it: the day it is counted in, its key, all that makes it another."""

    day: str
    head: str
    text: str
    kind: str = ""


@dataclass(slots=True)
class Difference:
    """Keys that only one side has as they are, with their days; `there` are keys that the source has.

    `texts` and `kinds` are what the source tells of its own; `seen` are those in quarantine that it has.
    """

    records: int = 0
    days: int = 0
    differing_days: int = 0
    source_only: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    store_only: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    texts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    kinds: dict[str, str] = field(default_factory=dict)
    there: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)


class Counting:
    """How one entity is counted on both sides.

    A record with a version is told by it. A movement has none: it is told by everything that is mapped of it.
    """

    def __init__(self, store: Store, source: SourceSettings, entity: Entity) -> None:
        self._store, self._entity, self._dialect = store, entity, DIALECTS[source.dialect]
        self.has_versions = "version" in entity.table.fields
        told = ("version",) if self.has_versions else tuple(entity.table.fields)[1:]
        period = entity.period_field if entity.period else None
        self._moment = self._text(period) if period else None
        self.of = tally.Counted(source.id, entity.name, entity.table, told, period)
        with store.reading() as tx:
            self.quarantine = tally.quarantined(tx, source.id, entity.name)
            currencies = reference.currency_codes(tx, source.id)
        self.source_set, self._tell = entity.source_set, self._by_content
        if self.has_versions:
            names = (entity.table.key[0], "version", *([period] if period else []))
            self.source_set = replace(self.source_set, row=WireRow(tuple(map(self._wire, names))))
            self._tell = self._by_version
        else:
            self._mapper = compile_entity(entity, Context(currencies), attribute)

    def _wire(self, name: str) -> WireField:
        return self._entity.fields[name].reads[0]

    def _text(self, name: str) -> Callable[[Any], str]:
        """What gives a field of a row as the source tells it."""
        get = attrgetter(attribute(self._wire(name).name))
        return lambda row: str(get(row))

    def compare(self, unit: RawUnit, found: Difference) -> None:
        """Hold a unit, which is complete in itself, against the same part of the store."""
        theirs: dict[str, list[Told]] = defaultdict(list)
        for page in unit.pages:
            decoded = decoder_of(self.source_set, self._dialect, page.media_type).rows(page.body)
            found.refused |= {item.record_id.partition("/")[0] for item in decoded.rejected}
            for told in self._tell(decoded.rows):
                theirs[told.day].append(told)
                if told.head in self.quarantine:
                    found.seen.add(told.head)
        found.refused |= {refused.record_id.partition("/")[0] for refused in unit.refused}
        with self._store.reading() as tx:
            ours = tally.days(tx, self.of, unit.scope)
            differing = {
                day for day in theirs.keys() | ours.keys() if _folded(theirs[day]) != ours.get(day, (0, 0))
            }
            stored = tally.records(tx, self.of, unit.scope, differing) if differing else []
        found.records += sum(map(len, theirs.values()))
        found.days += len(theirs)
        found.differing_days += len(differing)
        self._note([told for day in sorted(differing) for told in theirs[day]], stored, found)

    def _note(
        self, theirs: Sequence[Told], stored: Sequence[tuple[str, str, str]], found: Difference
    ) -> None:
        ours = {text for _, _, text in stored}
        texts = {told.text for told in theirs}
        found.there |= {told.head for told in theirs}
        for told in theirs:
            if told.text not in ours:
                found.source_only[told.head].add(told.day)
                found.texts[told.head].add(told.text)
                found.kinds[told.head] = told.kind
        for day, head, text in stored:
            if text not in texts:
                found.store_only[head].add(day)

    def quarantined(self, found: Difference) -> tuple[set[str], set[str]]:
        """Keys in quarantine: known there as they are now, and those whose bytes were never had."""
        heads = found.source_only.keys() & self.quarantine.keys()
        never = {head for head in heads if not self.quarantine[head][1]}
        pages = {self.quarantine[head][0] for head in heads - never}
        refused: dict[str, set[str]] = defaultdict(set)
        for page in sorted(pages, key=lambda page: page.id):
            decoder = decoder_of(self.source_set, self._dialect, page.media_type)
            for told in self._tell(decoder.rows(landing.read(self._store, page)).rows):
                refused[told.head].add(told.text)
        return {head for head in heads - never if found.texts[head] <= refused[head]}, never

    def _by_version(self, rows: Sequence[Any]) -> Iterator[Told]:
        key, version = self._text(self._entity.table.key[0]), self._text("version")
        for row in rows:
            head = key(row)
            yield Told(self._day(row, head), head, f"{head}{tally.SEPARATOR}{version(row)}")

    def _by_content(self, rows: Sequence[Any]) -> Iterator[Told]:
        """By what the store would keep; a record that it would refuse, by what the source says."""
        table = self._entity.table
        mapped = self._mapper.map_page(enumerate(rows), 0)
        kind = list(table.fields).index("recorder_kind") if "recorder_kind" in table.fields else None
        for *record, _, place in mapped.rows[table.name]:
            day, head = self._day(rows[place], record[0]), record[0]
            yield Told(day, head, tally.text_of(record), record[kind] if kind is not None else "")
        for refusal in mapped.refused:
            row, head = rows[refusal.place], refusal.record_id
            yield Told(self._day(row, head), head, tally.text_of((head, "refused", repr(row))))

    def _day(self, row: Any, head: str) -> str:
        if self._moment is None:
            return head[:2]
        day = self._moment(row)[:10]
        return "" if day == NO_DATE else day

    def recorder_kinds(self, keys: Iterable[str], found: Difference) -> Mapping[str, str]:
        """What recorded each movement, in the hub's words; {} where there are no recorders."""
        told = {key: found.kinds[key] for key in keys if found.kinds.get(key)}
        with self._store.reading() as tx:
            return tally.recorder_kinds(tx, self.of, set(keys) - told.keys()) | told


def _folded(told: Iterable[Told]) -> tuple[int, int]:
    hashes = [tally.digest(one.text) for one in told]
    return len(hashes), sum(hashes) % tally.MODULUS
