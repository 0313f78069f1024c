"""One order: where it is, what it says, why it was held or refused, what became of it."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.web.hub import Hub
from desk.frame import pages, waiting
from desk.frame.visits import Visit
from desk.orders import (
    approval,
    attempts,
    candidates,
    contents,
    credit,
    differences,
    found,
    life,
    progress,
    told,
    words,
)
from schemas.submissions import State
from store import submission_lists
from store.engine import Tx
from store.submissions import Submission

MOVING: tuple[State, ...] = ("approved", "queued", "sending", "created", "posted", "cancelling", "uncertain")

WAITING: tuple[State, ...] = ("queued", "uncertain", "cancelling")


@get("/desk/orders/{order_id:str}", sync_to_thread=True)
def page(order_id: FromPath[str], hub: NamedDependency[Hub], visit: NamedDependency[Visit]) -> Response[str]:
    with hub.store.reading() as tx:
        order = found.order(tx, visit, order_id)
        differing = differences.of(tx, visit, order)
        values = {
            **standing(tx, hub, visit, order, 0),
            "told": told.of(order, visit.text, changed=bool(differing)),
            "contents": contents.of(tx, visit, order),
            "credit": credit.of(tx, visit, order),
            "approval": approval.of(tx, visit, order),
            "differing": differing,
            "progress": progress.of(tx, visit, order),
            "life": life.of(tx, visit, order, hub.source(order.source).time_zone),
            "versions": submission_lists.versions(tx, order),
            "attempts": attempts.of(tx, visit, order) if visit.user.may("ops") else [],
        }
    return pages.page(visit, "orders/sheet.html", **values)


@get("/desk/orders/{order_id:str}/standing", sync_to_thread=True)
def part(
    request: Request[Any, Any, Any],
    order_id: FromPath[str],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """Where it is, asked for until it is somewhere else: then the whole page is loaded again."""
    with hub.store.reading() as tx:
        order = found.order(tx, visit, order_id)
        if str(request.query_params.get("seen", "")) != found.seen(order):
            return pages.redirect(visit, found.address(order))
        values = standing(tx, hub, visit, order, waiting.looks(request))
    return pages.fragment(visit, "orders/standing.html", **values)


def standing(tx: Tx, hub: Hub, visit: Visit, order: Submission, looks: int) -> dict[str, Any]:
    source, text = hub.source(order.source), visit.text
    decisions, settlements = found.decisions(order), found.settlements(order, visit.user)
    return {
        "order": order,
        "base": source.title,
        "zone": source.time_zone,
        "told": told.of(order, text),
        "state": words.states(text)[order.state],
        "state_badge": words.STATE_BADGES[order.state],
        "status": words.statuses(text)[order.status]
        if order.status and order.status != order.state
        else None,
        "status_badge": words.STATUS_BADGES[order.status] if order.status else None,
        "alert": _ALERTS.get(words.STATE_BADGES[order.state], "wait"),
        "decisions": decisions,
        "settlements": settlements,
        "candidates": candidates.of(tx, visit, source, order) if "found" in settlements else [],
        "next_try": submission_lists.next_try(tx, order) if order.state in WAITING else None,
        "moves": order.state in MOVING or (order.cancel_asked_at is not None and order.state != "cancelled"),
        "seen": found.seen(order),
        "pause_ms": waiting.pause_ms(looks),
        "n": looks + 1,
    }


_ALERTS = {"ok": "ok", "warn": "warn", "bad": "bad"}
