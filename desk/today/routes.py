"""The addresses of this section."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from litestar.types import ControllerRouterHandler

from api.web.hub import Hub
from desk.frame import audited, charts, pages
from desk.frame.errors import DeskError
from desk.frame.roles import needs
from desk.frame.visits import Visit
from desk.today import attention, bases, money
from desk.today.notices import Notice
from store import pauses

HOME = "/desk/today"
REASON = 500

Seen = Annotated[str, QueryParameter(max_length=64)]


@get(HOME, sync_to_thread=True)
def today(hub: NamedDependency[Hub], visit: NamedDependency[Visit]) -> Response[str]:
    with hub.store.reading() as tx:
        known = bases.every(tx, hub, visit)
        found = attention.everything(tx, hub, visit, known)
        owed = money.every(tx, hub, visit)
    return pages.page(
        visit,
        "today/page.html",
        notices=found,
        seen=_seen(found),
        bases=[(base, _freshness(visit, base)) for base in known],
        money=owed,
    )


@get(f"{HOME}/attention", sync_to_thread=True)
def again(hub: NamedDependency[Hub], visit: NamedDependency[Visit], seen: Seen = "") -> Response[str]:
    """Nothing where nothing changed: what stands on the page stays, and so does the reader's place in it."""
    with hub.store.reading() as tx:
        found = attention.everything(tx, hub, visit, bases.every(tx, hub, visit))
    if _seen(found) == seen:
        return Response("", status_code=204)
    return pages.fragment(visit, "today/attention.html", notices=found, seen=_seen(found))


@get(f"{HOME}/bases", sync_to_thread=True)
def ages(hub: NamedDependency[Hub], visit: NamedDependency[Visit]) -> Response[str]:
    with hub.store.reading() as tx:
        known = bases.every(tx, hub, visit)
    return pages.fragment(
        visit, "today/bases.html", bases=[(base, _freshness(visit, base)) for base in known]
    )


@post(HOME + "/bases/{source:str}/pause", sync_to_thread=True, status_code=200, opt=needs("ops"))
def pause(
    source: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    reason, known = data.get("reason", "").strip()[:REASON], hub.source(source)
    if not reason:
        _ = visit.text.gettext
        raise DeskError(
            422, _("Nobody would know why it is paused."), _("Write the reason: others will read it.")
        )
    with hub.store.transaction() as tx:
        pauses.pause(tx, known.id, by=visit.by, reason=reason)
        audited.note(tx, visit, "pauseSource", source=known.id, details={"reason": reason})
    return pages.redirect(visit, HOME)


@post(HOME + "/bases/{source:str}/resume", sync_to_thread=True, status_code=200, opt=needs("ops"))
def resume(source: FromPath[str], hub: NamedDependency[Hub], visit: NamedDependency[Visit]) -> Response[str]:
    known = hub.source(source)
    with hub.store.transaction() as tx:
        if pauses.resume(tx, known.id):
            audited.note(tx, visit, "resumeSource", source=known.id)
    return pages.redirect(visit, HOME)


ROUTES: tuple[ControllerRouterHandler, ...] = (today, again, ages, pause, resume)


def _freshness(visit: Visit, base: bases.Base) -> Any:
    rows = [age for _family, age in base.ages]
    title = visit.text.gettext("How old the data is; the mark is when it counts as old")
    return charts.freshness(visit, rows, key=f"fresh-{base.source.id}", title=title)


def _seen(found: list[Notice]) -> str:
    return hashlib.sha256(repr(found).encode()).hexdigest()[:32]
