"""Correcting a record, trying again, settling by one's word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter, URLEncodedBody

from api.web.hub import Hub
from assets import quarantine
from assets.source import Source
from desk.agreement import words
from desk.frame import audited, pages, waiting
from desk.frame.errors import DeskError
from desk.frame.roles import needs
from desk.frame.visits import Visit
from desk.quarantine import held
from desk.quarantine.held import HOME
from schemas.errors import InvalidValueError, StoreError
from store import rejections
from store.engine import Tx
from store.operations import Operation

LONGEST_REASON = 500

Form = URLEncodedBody[dict[str, str]]
RecordId = Annotated[str, QueryParameter(name="id", max_length=300)]
OfRecord = HOME + "/{source:str}/{entity:str}/record"


@post(HOME + "/{source:str}/{entity:str}/replay", sync_to_thread=True, status_code=200, opt=needs("ops"))
def replay(
    source: FromPath[str],
    entity: FromPath[str],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
    record_id: RecordId = "",
) -> Response[str]:
    """One record, or all of its kind: a run maps their kept bytes again."""
    known = held.source_of(hub, source)
    with hub.store.transaction() as tx:
        asked = _ask(tx, visit, known, entity, record_id)
        _noted(tx, visit, "replayQuarantine", known.id, entity, record_id, asked=asked.id)
    return _shown(visit, asked) if visit.htmx else pages.redirect(visit, f"{HOME}?base={known.id}")


@post(f"{OfRecord}/correct", sync_to_thread=True, status_code=200, opt=needs("ops"))
def correct(
    source: FromPath[str],
    entity: FromPath[str],
    record_id: RecordId,
    data: Form,
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """The corrected bytes are landed beside those that came, and mapped by a run."""
    known, reason = held.source_of(hub, source), _reason(visit, data)
    try:
        unit = quarantine.correct(hub.store, known, entity, record_id, data.get("text", ""), by=visit.by)
    except StoreError as error:
        raise _not_kept(visit, error) from error
    with hub.store.transaction() as tx:
        asked = _ask(tx, visit, known, entity, record_id)
        _noted(tx, visit, "correctRecord", known.id, entity, record_id, unit=unit, reason=reason)
    return _shown(visit, asked) if visit.htmx else pages.redirect(visit, f"{HOME}?base={known.id}")


@post(f"{OfRecord}/settle", sync_to_thread=True, status_code=200, opt=needs("ops"))
def settle(
    source: FromPath[str],
    entity: FromPath[str],
    record_id: RecordId,
    data: Form,
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """By one's word: nothing more has to be done. It opens again if it is refused for another reason."""
    known, reason, _ = hub.source(source), _reason(visit, data), visit.text.gettext
    with hub.store.transaction() as tx:
        if not rejections.resolve(tx, known.id, entity, record_id, by=visit.by, resolution=reason):
            raise pages.not_found(visit, _("Nothing is held of this record any more."))
        _noted(tx, visit, "settleRecord", known.id, entity, record_id, reason=reason)
    return pages.redirect(visit, f"{HOME}?base={known.id}")


@get(HOME + "/asked/{number:str}", sync_to_thread=True)
def progress(
    number: FromPath[str], hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    with hub.store.reading() as tx:
        found = waiting.find(tx, number)
    if found is None or found.kind != "replay":
        raise pages.not_found(visit, visit.text.gettext("This is not known any more."))
    return _shown(visit, found)


def _ask(tx: Tx, visit: Visit, known: Source, entity: str, record_id: str) -> Operation:
    source, declared = known.id, [one.name for one in known.entities]
    given = {"entity": entity, "record": record_id} if record_id else {"entity": entity}
    if entity not in declared or not rejections.count(tx, source, entity):
        raise pages.not_found(visit, visit.text.gettext("Nothing of this kind is held any more."))
    return waiting.ask(tx, visit, "replay", source, input=given)


def _not_kept(visit: Visit, error: StoreError) -> DeskError:
    _ = visit.text.gettext
    if isinstance(error, InvalidValueError):
        told = _("This is not the record any more, and was not kept")
        hint = _("Change only values. Keep Ref_Key, quotes, commas and brackets as they came.")
        return DeskError(422, f"{told}: {error.message}.", hint)
    return DeskError(
        409,
        _("This record cannot be corrected here."),
        _("Correct it in 1C: it leaves with the next reading."),
    )


def _reason(visit: Visit, data: Mapping[str, str]) -> str:
    said = data.get("reason", "").strip()[:LONGEST_REASON]
    if not said:
        _ = visit.text.gettext
        raise DeskError(422, _("The reason is missing."), _("Write why: it is kept with your name."))
    return said


def _noted(
    tx: Tx,
    visit: Visit,
    operation: str,
    source: str,
    entity: str,
    record_id: str,
    **said: object,
) -> None:
    audited.note(
        tx,
        visit,
        operation,
        source=source,
        subject=f"{entity} {record_id}".strip(),
        details=said,
    )


def _shown(visit: Visit, asked: Operation) -> Response[str]:
    return pages.fragment(visit, "quarantine/asked.html", asked=asked, waits=words.waits(visit.text))
