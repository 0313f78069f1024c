"""Quarantine: what a person sees of a held record, and how it gets out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from assets.map import map_units
from assets.source import Source
from connectors import corrections, cut
from connectors.dialects import DIALECTS
from schemas.errors import StoreError
from schemas.source import RawPage, RawUnit, Scope
from store import landing, quarantine, rejections
from store.engine import Store
from store.quarantine import Held


@dataclass(frozen=True, slots=True)
class Released:
    """How many records were held before and after, and how many units were mapped again for them."""

    before: int
    after: int
    units: int


@dataclass(frozen=True, slots=True)
class Shown:
    """Why a record is held, and the record as it came: `instead` where the source gave this in its place."""

    held: Held
    text: str
    instead: bool


def replay(
    store: Store,
    source: Source,
    entity: str | None = None,
    *,
    run_id: str,
    record_id: str | None = None,
    only_if_known_more: bool = False,
) -> Released:
    """Map again the units in which records are held; what can be read by now leaves quarantine.

    Mapping depends on the bytes, the declaration, the currencies and the kinds of contact. With
    `only_if_known_more` nothing is done unless one of the latter two has changed since the last try: cheap
    enough for after every mapping.
    """
    names = [entity] if entity else [one.name for one in source.entities]
    before, units = _count(store, source, entity), 0
    for name in names if before else ():
        with store.reading() as tx:
            if only_if_known_more and not quarantine.knows_more(tx, source.id, name):
                continue
            held = landing.found(tx, quarantine.units(tx, source.id, name, record_id))
        if held:
            map_units(store, source.settings, source.entity(name), held, run_id=run_id)
            units += len(held)
    return Released(before, _count(store, source, entity) if units else before, units)


def show(store: Store, source: Source, entity: str, record_id: str) -> list[Shown]:
    """Everything open about a record with its own bytes. Errors: StoreError where nothing is open."""
    with store.reading() as tx:
        found = quarantine.find(tx, source.id, entity, record_id)
    if not found:
        raise StoreError(
            "nothing is open about this record",
            hint="`saldo quarantine list` shows what is held and under which names",
            source=source.id,
            entity=entity,
            record=record_id,
        )
    return [_shown(store, source, held) for held in found]


def can_be_corrected(source: Source, shown: Shown) -> bool:
    """Whether its bytes are one whole record: a line of a part, or of a register, is only a part of one."""
    held = shown.held
    known = any(one.name == held.entity for one in source.entities)
    if held.page is None or shown.instead or not known or "/" in held.record_id:
        return False
    return source.entity(held.entity).table.key == ("id",)


def correct(store: Store, source: Source, entity: str, record_id: str, text: str, *, by: str) -> int:
    """Land a record as a person corrected it; the next mapping takes it. Gives the unit's id.

    It stands until the accounting system gives the record again: later landings win. The page says whose it is.
    Errors: InvalidValueError for a text that is no such record; StoreError for a record that is no whole one.
    """
    shown = next(
        (one for one in show(store, source, entity, record_id) if can_be_corrected(source, one)), None
    )
    if shown is None or shown.held.page is None:
        hint = "Correct it in the accounting system; it leaves quarantine with the next reading."
        raise StoreError("this record cannot be corrected here", hint=hint, source=source.id, entity=entity)
    page, dialect = shown.held.page, DIALECTS[source.settings.dialect]
    wanted = source.entity(entity).source_set
    body = corrections.answer_with(text, wanted, dialect, page.media_type, record_id)
    request = f"{page.request} (page {page.id}, corrected by {by})"
    corrected = RawPage(request, body, datetime.now(UTC), 0.0, page.media_type)
    unit = RawUnit(Scope(keys=(record_id,)), (corrected,))
    return landing.save(store, source.id, entity, unit, run_id=f"correction {uuid.uuid4().hex}")


def _shown(store: Store, source: Source, held: Held) -> Shown:
    if held.page is None:
        return Shown(held, "", instead=False)
    body = landing.read(store, held.page)
    if held.refused:
        return Shown(held, cut.text_of(body), instead=True)
    wanted, dialect = source.entity(held.entity).source_set, DIALECTS[source.settings.dialect]
    text = cut.record_at(body, wanted, dialect, held.page.media_type, held.place)
    return Shown(held, text, instead=False)


def _count(store: Store, source: Source, entity: str | None) -> int:
    with store.reading() as tx:
        return rejections.count(tx, source.id, entity)
