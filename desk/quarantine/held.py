"""What is held and why, with the bytes it came in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from api.web.hub import Hub
from assets import quarantine
from assets.quarantine import Shown
from assets.source import Source, sources
from desk.frame import pages
from desk.frame.visits import Visit
from desk.quarantine import words
from desk.quarantine.words import Why
from desk.why import links
from schemas.errors import ConfigurationError, StoreError
from schemas.settings import SourceSettings
from store import rejections
from store.engine import Store, Tx

HOME = "/desk/quarantine"
SHOWN = 300
MOST_TEXT = 200_000  # letters of one record that a page shows


@dataclass(frozen=True, slots=True)
class Row:
    source: SourceSettings
    kind: str
    record_id: str
    field: str
    why: Why
    since: datetime
    href: str


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one kind that are held for like reasons."""

    source: SourceSettings
    entity: str
    kind: str
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    meant: bool


@dataclass(frozen=True, slots=True)
class Record:
    """One reason why a record is held, and its text; `why_bytes` is where the whole answer is."""

    shown: Shown
    why: Why
    lines: tuple[Line, ...]
    cut: bool
    correctable: bool
    why_bytes: str | None


def listed(tx: Tx, visit: Visit, chosen: SourceSettings, entity: str | None) -> list[Row]:
    kinds = words.entities(visit)
    return [
        Row(
            chosen,
            kinds.get(one.entity, one.entity),
            one.record_id,
            one.field.rpartition(".")[2],
            words.why(visit.text, one.reason, refused=not one.field),
            one.first_seen_at,
            address(chosen.id, one.entity, one.record_id),
        )
        for one in rejections.open_(tx, chosen.id, entity, limit=SHOWN)
    ]


def groups(tx: Tx, visit: Visit, source: SourceSettings) -> Iterator[Group]:
    kinds = words.entities(visit)
    for entity, (count, oldest) in rejections.by_entity(tx, source.id).items():
        yield Group(source, entity, kinds.get(entity, entity), count, oldest)


def address(source: str, entity: str, record_id: str) -> str:
    return f"{HOME}/{source}/{quote(entity)}/record?id={quote(record_id)}"


def of(hub: Hub, visit: Visit, source: str, entity: str, record_id: str) -> list[Record]:
    """Errors: not found where nothing is open about it (any more)."""
    known = source_of(hub, source)
    try:
        found = quarantine.show(hub.store, known, entity, record_id)
    except (StoreError, ConfigurationError) as error:
        raise pages.not_found(
            visit, visit.text.gettext("Nothing is held of this record any more.")
        ) from error
    return [_record(known, visit, one) for one in found]


def source_of(hub: Hub, source: str) -> Source:
    """Errors: ProblemError for a base that is not read here."""
    wanted = hub.source(source).id
    return next(one for one in sources(hub.settings) if one.id == wanted)


def count(store: Store, source: str, entity: str) -> int:
    with store.reading() as tx:
        return rejections.count(tx, source, entity)


def _record(source: Source, visit: Visit, shown: Shown) -> Record:
    held = shown.held
    names = {path.rpartition("/")[2] for path in held.paths}
    lines = tuple(Line(text, _names(text) in names) for text in shown.text[:MOST_TEXT].splitlines())
    return Record(
        shown,
        words.why(visit.text, held.reason, refused=shown.instead),
        lines,
        len(shown.text) > MOST_TEXT,
        quarantine.can_be_corrected(source, shown) and len(shown.text) <= MOST_TEXT,
        links.page(held.page.id, held.place) if held.page else None,
    )


def _names(line: str) -> str:
    """The field that a line begins: in JSON "Name": ..., in XML <d:Name>..."""
    bare = line.strip()
    if bare.startswith('"'):
        return bare[1:].partition('"')[0]
    if bare.startswith("<"):
        return bare[1:].partition(">")[0].partition(" ")[0].rpartition(":")[2].rstrip("/")
    return ""
