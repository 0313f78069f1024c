"""Bringing a counterparty up to date, with its progress: the desk asks, the hub's worker reads."""

from __future__ import annotations

from gettext import NullTranslations
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.parties.party import CounterpartyId, Party
from api.web.hub import Hub
from desk.counterparties import opened, rules
from desk.counterparties.opened import ADDRESS
from desk.frame import pages, waiting
from desk.frame.visits import Visit
from store import operations, parties
from store.operations import Operation


@post(f"{ADDRESS}/sync", sync_to_thread=True, status_code=200)
def begin(
    counterparty_id: CounterpartyId,
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """Asked again while the first one waits, it is the same one."""
    of = opened.party(hub, visit, counterparty_id)
    with hub.store.transaction() as tx:
        if parties.one(tx, of.source.id, of.guid) is None:
            raise opened.not_found(visit)
        asked = waiting.ask(tx, visit, operations.SYNC, of.source.id, of.guid)
        rules.noted(tx, visit, of, "syncCounterparty", asked.id)
    if not visit.htmx:
        return pages.redirect(visit, of_page(request, of))
    return _shown(request, visit, of, asked)


@get(ADDRESS + "/sync/{operation:str}", sync_to_thread=True)
def progress(
    counterparty_id: CounterpartyId,
    operation: FromPath[str],
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    of = opened.party(hub, visit, counterparty_id)
    with hub.store.reading() as tx:
        found = waiting.find(tx, operation)
    if found is None or (found.source, found.counterparty_id) != (of.source.id, of.guid):
        raise pages.not_found(visit, visit.text.gettext("This request is no longer known."))
    return _shown(request, visit, of, found)


ROUTES = (begin, progress)


def of_page(request: Request[Any, Any, Any], of: Party) -> str:
    """The page that somebody looks at, to be shown anew: one of this counterparty's."""
    address = opened.address(of.id)
    told = request.headers.get("hx-current-url") or request.headers.get("referer") or ""
    here = urlsplit(told)
    if here.path != address and not here.path.startswith(f"{address}/"):
        return address
    return here.path + (f"?{here.query}" if here.query else "")


def _shown(request: Request[Any, Any, Any], visit: Visit, of: Party, found: Operation) -> Response[str]:
    before = waiting.looks(request)
    return pages.fragment(
        visit,
        "counterparties/syncing.html",
        operation=found,
        zone=of.source.time_zone,
        is_open=waiting.is_open(found),
        again=f"{opened.address(of.id, 'sync')}/{found.id}?n={before + 1}",
        pause_ms=waiting.pause_ms(before),
        page=of_page(request, of),
        waits=waits(visit.text),
        failures=failures(visit.text),
    )


def waits(text: NullTranslations) -> dict[str, tuple[str, str]]:
    """What goes on, and what a person makes of it."""
    return {
        "queued": (text.gettext("Waiting for its turn"), text.gettext("It begins within some seconds.")),
        "source_paused": (
            text.gettext("The base is paused"),
            text.gettext("It is read as soon as somebody resumes it; the figures stay as they are."),
        ),
        "quiet_hours": (
            text.gettext("Quiet hours"),
            text.gettext("The base is left alone at these hours; it is read when they end."),
        ),
        "source_unavailable": (
            text.gettext("Waiting for the base"),
            text.gettext("It does not answer; it is asked again by itself."),
        ),
        "reading": (text.gettext("Reading from 1C"), text.gettext("This takes some seconds.")),
    }


def failures(text: NullTranslations) -> dict[str, str]:
    """Why it came to nothing, and what to do."""
    return {
        "source_paused": text.gettext("The base is paused. Ask again when it is resumed."),
        "quiet_hours": text.gettext("The base is left alone at these hours. Ask again when they end."),
        "source_unavailable": text.gettext("The base does not answer. Ask again in some minutes."),
        "source_refused": text.gettext("The base refuses to be read. Tell whoever operates the hub."),
        "change_too_large": text.gettext(
            "So much would change that somebody has to look at it first. Tell whoever operates the hub."
        ),
        "waited_too_long": text.gettext("It waited too long for its turn. Ask again in some minutes."),
        "internal_error": text.gettext("The hub could not read. Tell whoever operates the hub."),
    }
