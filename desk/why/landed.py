"""An answer of the accounting system as it was landed: the record that is meant, its neighbours, its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from api.web.hub import Hub
from connectors import cut
from connectors.dialects import DIALECTS
from desk.why import declared, links
from desk.why.declared import Declared
from store import landing
from store.landed import Answer

NEIGHBOURS = 2  # records before and after the one that is meant
MOST_RECORDS = 20
MOST_TEXT = 200_000  # letters of one answer or one record: more is what the download is for
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TOP = 2  # blanks before a field of the record itself
_NAME = re.compile(
    r'^(?P<indent>\s*)(?:"(?P<json>(?:[^"\\]|\\.)+)"\s*:|<(?:[\w.-]+:)?(?P<xml>[\w.-]+)[\s/>])'
)

Name = tuple[str, bool]


class Line(NamedTuple):
    """A line of a record; `read` tells that the declaration reads it, `meant` that the asked field is from it."""

    text: str
    read: bool
    meant: bool


@dataclass(frozen=True, slots=True)
class Record:
    place: int
    lines: list[Line]
    meant: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """`records` of `count`; for an answer that is no list of records its `text`. `cut` tells that text is left out."""

    records: list[Record]
    count: int
    text: str
    cut: bool
    reads: Declared | None

    @property
    def first(self) -> int:
        return self.records[0].place if self.records else 0

    @property
    def last(self) -> int:
        return self.records[-1].place if self.records else -1


def show(
    hub: Hub, answer: Answer, *, place: int | None, field: str | None, first: int | None = None
) -> Shown:
    """From the record at `first` on, or around the one at `place`. Errors: LineageError for bytes that are lost."""
    body, reads = landing.read(hub.store, answer.page), declared.of(hub, answer.source, answer.entity)
    begin = max((place or 0) - NEIGHBOURS, 0) if first is None else first
    most = 2 * NEIGHBOURS + 1 if first is None and place is not None else MOST_RECORDS
    found = None
    if reads is not None and answer.error is None:
        dialect = DIALECTS[hub.source(answer.source).dialect]
        source_set = reads.entity.source_set
        found = cut.some(body, source_set, dialect, answer.page.media_type, first=begin, most=most)
    if found is None:
        text = cut.text_of(body[: 4 * MOST_TEXT])
        return Shown([], 0, text[:MOST_TEXT], len(text) > MOST_TEXT or len(body) > 4 * MOST_TEXT, reads)
    names, meant = _names(reads), _meant(reads, field)
    records = [
        Record(at, list(_lines(text, names, meant if at == place else frozenset())), at == place)
        for at, text in enumerate(found.records, begin)
    ]
    too_long = any(len(text) > MOST_TEXT for text in found.records)
    return Shown(records, found.count, "", too_long, reads)


def owner(answer: Answer, shown: Shown) -> str | None:
    """Where the record that is meant is shown as it is stored, by the key in its bytes."""
    meant = next((one for one in shown.records if one.meant), None)
    if meant is None or shown.reads is None:
        return None
    entity = shown.reads.entity
    wire = next(iter(entity.fields[entity.table.key[0]].reads), None)
    text = next((line.text for line in meant.lines if wire and wire.name in line.text), "")
    found = _GUID.search(text)
    if found is None:
        return None
    key = found[0].lower()
    if entity.table.name == "document" or entity.table.key[0] == "recorder_id":
        return links.document(answer.source, key)
    return links.record(entity.table.name, answer.source, key) if entity.table.key == ("id",) else None


def _lines(text: str, names: frozenset[Name], meant: frozenset[Name]) -> Iterator[Line]:
    for line in text[:MOST_TEXT].splitlines():
        found = _NAME.match(line)
        told = _told(found) if found else frozenset()
        yield Line(line, bool(told & names), bool(told & meant))


def _told(found: re.Match[str]) -> frozenset[Name]:
    """What a line may be: JSON is indented by us, so its depth tells; XML stays as it came."""
    if found["xml"]:
        return frozenset({(found["xml"], False), (found["xml"], True)})
    return frozenset({(found["json"], len(found["indent"]) > _TOP)})


def _names(reads: Declared | None) -> frozenset[Name]:
    """The accounting fields that the declaration reads, each with whether it is in a tabular part."""
    paths = reads.paths.values() if reads else ()
    return frozenset(_name(path) for those in paths for path in those)


def _meant(reads: Declared | None, field: str | None) -> frozenset[Name]:
    if reads is None or not field:
        return frozenset()
    table, _, name = field.rpartition(".")
    return frozenset(_name(path) for path in reads.read_from(table or reads.entity.table.name, name))


def _name(path: str) -> Name:
    return path.rpartition("/")[2], "/" in path
