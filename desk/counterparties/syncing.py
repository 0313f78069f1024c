"""Bringing a counterparty up to date, with its progress: the desk asks, the hub's worker reads."""

from __future__ import annotations

import re
from gettext import NullTranslations
from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.parties.party import CounterpartyId, Party
from api.syncing.operations import MOST_OPEN
from api.web.hub import Hub
from desk.counterparties import opened, rules
from desk.counterparties.opened import ADDRESS
from desk.frame import pages
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from store import operations, parties
from store.operations import Operation

SHORTEST_MS, LONGEST_MS = 300, 5_000
_GROWS = 1.25
After = Annotated[int, QueryParameter(ge=0, le=60_000, description="How long the last pause was, in ms.")]
_NUMBER = re.compile(r"[0-9a-f]{32}")


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
        asked = operations.ask(
            tx, operations.SYNC, of.source.id, of.guid, key_number=visit.by, most=MOST_OPEN
        )
        if asked is None:
            raise too_many(visit)
        rules.noted(tx, visit, of, "syncCounterparty", asked.id)
    if not visit.htmx:
        return pages.redirect(visit, of_page(request, of))
    return _shown(request, visit, of, asked, SHORTEST_MS)


@get(ADDRESS + "/sync/{operation:str}", sync_to_thread=True)
def progress(
    counterparty_id: CounterpartyId,
    operation: FromPath[str],
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
    after: After = SHORTEST_MS,
) -> Response[str]:
    of = opened.party(hub, visit, counterparty_id)
    found = None
    if _NUMBER.fullmatch(operation):
        with hub.store.reading() as tx:
            found = operations.get(tx, operation)
    if found is None or (found.source, found.counterparty_id) != (of.source.id, of.guid):
        raise pages.not_found(visit, visit.text.gettext("This request is no longer known."))
    return _shown(request, visit, of, found, grown(after))


ROUTES = (begin, progress)


def grown(pause_ms: int) -> int:
    """The next pause between two looks."""
    return min(max(int(pause_ms * _GROWS), SHORTEST_MS), LONGEST_MS)


def of_page(request: Request[Any, Any, Any], of: Party) -> str:
    """The page that somebody looks at, to be shown anew: one of this counterparty's."""
    address = opened.address(of.id)
    told = request.headers.get("hx-current-url") or request.headers.get("referer") or ""
    here = urlsplit(told)
    if here.path != address and not here.path.startswith(f"{address}/"):
        return address
    return here.path + (f"?{here.query}" if here.query else "")


def _shown(
    request: Request[Any, Any, Any], visit: Visit, of: Party, found: Operation, pause_ms: int
) -> Response[str]:
    return pages.fragment(
        visit,
        "counterparties/syncing.html",
        operation=found,
        is_open=found.state in operations.OPEN,
        again=f"{opened.address(of.id, 'sync')}/{found.id}?after={pause_ms}",
        pause_ms=pause_ms,
        page=of_page(request, of),
        waits=_waits(visit.text),
        failures=_failures(visit.text),
    )


def _waits(text: NullTranslations) -> dict[str, tuple[str, str]]:
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


def _failures(text: NullTranslations) -> dict[str, str]:
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


def too_many(visit: Visit) -> DeskError:
    _ = visit.text.gettext
    hint = _("Wait until some of them have ended.")
    return DeskError(429, _("You have asked for many things that are still under way."), hint)
