"""Every request that was made for an order, with what came back: for whoever operates the hub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations
from urllib.parse import unquote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.web.hub import Hub
from connectors import cut
from desk.frame import pages
from desk.frame.pages import Badge
from desk.frame.roles import needs
from desk.frame.visits import Visit
from desk.orders import found
from store import outbox
from store.engine import Tx
from store.outbox_attempts import Action, Attempt, Outcome
from store.submissions import Submission

SHOWN = 200
MOST_TEXT = 100_000  # letters of one answer: more is what the download is for
BADGES: Mapping[Outcome, Badge] = {
    "under_way": "wait",
    "done": "ok",
    "refused": "bad",
    "not_received": "warn",
    "unclear": "bad",
    "not_understood": "bad",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """`answer` is where what came back can be read; None where nothing came."""

    at: datetime
    action: str
    request: str
    outcome: str
    badge: Badge
    milliseconds: int
    fence: int
    answer: str | None


def of(tx: Tx, visit: Visit, order: Submission) -> list[Asked]:
    """The newest first."""
    did, came = actions(visit.text), outcomes(visit.text)
    return [
        Asked(
            one.at,
            did[one.action],
            unquote(one.request),
            came[one.outcome],
            BADGES[one.outcome],
            one.milliseconds,
            one.fence,
            found.address(order, "attempts", str(one.id)) if one.sha256 else None,
        )
        for one in reversed(outbox.attempts(tx, order)[-SHOWN:])
    ]


@get("/desk/orders/{order_id:str}/attempts/{number:int}", sync_to_thread=True, opt=needs("ops"))
def answer(
    order_id: FromPath[str],
    number: FromPath[int],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """What came back, as text, for the place on the page where it was asked for."""
    one, body = _kept(hub, visit, order_id, number)
    text = cut.text_of(body[: 4 * MOST_TEXT])
    return pages.fragment(
        visit,
        "orders/answer.html",
        text=text[:MOST_TEXT],
        is_cut=len(text) > MOST_TEXT or len(body) > 4 * MOST_TEXT,
        size=len(body),
        bytes_url=f"/desk/orders/{order_id}/attempts/{one.id}/bytes",
    )


@get("/desk/orders/{order_id:str}/attempts/{number:int}/bytes", sync_to_thread=True, opt=needs("ops"))
def answer_bytes(
    order_id: FromPath[str],
    number: FromPath[int],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[bytes]:
    """The exact bytes, proven by their hash, to keep."""
    one, body = _kept(hub, visit, order_id, number)
    return Response(
        body,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="answer-{one.id}.bin"'},
    )


def actions(text: NullTranslations) -> dict[Action, str]:
    return {
        "look": text.gettext("Looked for it"),
        "read": text.gettext("Read it back"),
        "create": text.gettext("Asked to create it"),
        "change": text.gettext("Asked to change it"),
        "post": text.gettext("Asked to post it"),
        "unpost": text.gettext("Asked to undo the posting"),
        "mark": text.gettext("Asked to mark it for deletion"),
    }


def outcomes(text: NullTranslations) -> dict[Outcome, str]:
    return {
        "under_way": text.gettext("without an answer yet"),
        "done": text.gettext("done"),
        "refused": text.gettext("refused"),
        "not_received": text.gettext("did not arrive"),
        "unclear": text.gettext("unclear"),
        "not_understood": text.gettext("not understood"),
    }


def _kept(hub: Hub, visit: Visit, order_id: str, number: int) -> tuple[Attempt, bytes]:
    with hub.store.reading() as tx:
        order = found.order(tx, visit, order_id)
        one = next((one for one in outbox.attempts(tx, order) if one.id == number), None)
    if one is None or one.sha256 is None:
        raise pages.not_found(visit, visit.text.gettext("There is no such answer."))
    try:
        return one, hub.store.blobs.proven(one.sha256)
    except ValueError as error:
        raise pages.not_found(visit, visit.text.gettext("The bytes of this answer are lost.")) from error
