"""The list of orders, by what is to be done with them; and those of one counterparty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.di import NamedDependency

from api.documents.document_rows import CounterpartyLink
from api.statements.links import Links
from api.web.hub import Hub
from desk.counterparties.finding import DIRECTORY
from desk.frame import pages
from desk.frame.visits import Visit
from desk.orders import words
from desk.orders.narrowing import ADDRESS, COUNTED, DECLINED, SHOWS, VIEWS, Narrowed, View
from store import submission_lists
from store.directory import Directory
from store.engine import Tx
from store.submission_lists import Wanted
from store.submissions import Submission

PAGE_ROWS = 50
MOST_PARTIES = 300  # whose name has what was typed


@dataclass(frozen=True, slots=True)
class Listed:
    order: Submission
    counterparty: CounterpartyLink | None
    base: str
    zone: ZoneInfo | None


@get(ADDRESS, sync_to_thread=True, dependencies=DIRECTORY)
def page(
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
    directory: NamedDependency[Directory],
) -> Response[str]:
    narrowed = Narrowed.of(request.query_params)
    with hub.store.reading() as tx:
        found = submission_lists.found(
            tx, _wanted(hub, directory, narrowed), after=narrowed.after, limit=PAGE_ROWS + 1
        )
        rows, more = listed(tx, hub, found[:PAGE_ROWS]), len(found) > PAGE_ROWS
        counts = counted(tx, narrowed)
        name = None
        if narrowed.source and narrowed.counterparty_id:
            name = Links(tx).counterparty(narrowed.source, narrowed.counterparty_id).name
    values = {
        "narrowed": narrowed,
        "counterparty_name": name,
        "beginning": replace(narrowed, after=None).beyond(None),
        "next_url": narrowed.beyond(rows[-1].order.number) if more else None,
        "tabs": _tabs(visit, narrowed, counts),
        "states_shown": SHOWS[narrowed.view],
        "bases": [(one.id, one.title) for one in hub.settings.sources],
        **values_of(visit, rows),
    }
    if visit.htmx:
        answer = pages.fragment(visit, "orders/found.html", **values)
        answer.headers["HX-Replace-Url"] = narrowed.beyond(None)
        return answer
    return pages.page(visit, "orders/list.html", **values)


def listed(tx: Tx, hub: Hub, orders: Sequence[Submission]) -> list[Listed]:
    """Each with whose it is, and its base's name where there are several."""
    links, bases = Links(tx), {one.id: one for one in hub.settings.sources}
    several = len(bases) > 1
    return [
        Listed(
            one,
            links.counterparty(one.source, one.counterparty_id) if one.counterparty_id else None,
            (bases[one.source].title if one.source in bases else one.source) if several else "",
            bases[one.source].time_zone if one.source in bases else None,
        )
        for one in orders
    ]


def values_of(visit: Visit, rows: Sequence[Listed]) -> dict[str, Any]:
    """What the template of rows needs."""
    return {
        "rows": rows,
        "states": words.states(visit.text),
        "state_badges": words.STATE_BADGES,
        "statuses": words.statuses(visit.text),
        "status_badges": words.STATUS_BADGES,
        "whys": words.whys(visit.text),
    }


def counted(tx: Tx, narrowed: Narrowed) -> dict[View, int]:
    """How many wait in each view that somebody or the hub has work in."""
    states = sorted({state for view in COUNTED for state in SHOWS[view]})
    wanted = Wanted(
        kind="order", states=states, source=narrowed.source, counterparty_id=narrowed.counterparty_id
    )
    found = submission_lists.counts(tx, wanted)
    return {
        view: sum(
            count
            for (state, declined), count in found.items()
            if state in SHOWS[view] and (state != "rejected" or declined is DECLINED[view])
        )
        for view in COUNTED
    }


def _wanted(hub: Hub, directory: Directory, narrowed: Narrowed) -> Wanted:
    sources = [one.id for one in hub.settings.sources]
    parties = directory.search(sources, narrowed.text)[:MOST_PARTIES] if narrowed.text else []
    return Wanted(
        kind="order",
        states=narrowed.states,
        declined=DECLINED.get(narrowed.view),
        source=narrowed.source or narrowed.base or None,
        counterparty_id=narrowed.counterparty_id,
        text=narrowed.text,
        parties=[(one.source, one.id) for one in parties],
    )


def _tabs(visit: Visit, narrowed: Narrowed, counts: dict[View, int]) -> list[tuple[View, str, str, int]]:
    _ = visit.text.gettext
    names: dict[View, str] = {
        "decide": _("To decide"),
        "trouble": _("Trouble"),
        "moving": _("On the way"),
        "confirmed": _("Confirmed"),
        "closed": _("Called off"),
        "all": _("All"),
    }
    return [(view, narrowed.to(view), names[view], counts.get(view, 0)) for view in VIEWS]
