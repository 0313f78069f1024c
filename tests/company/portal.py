"""Orders of some from the portal, with what people and the books said about them: neither is told."""

from __future__ import annotations

from schemas.orders import Order, OrderLine
from schemas.submissions import State, identity
from store import order_flow, submissions
from store.engine import Tx
from store.submissions import Submission
from tests.company.owners import BRANCH, PARTNER_OF, PLACED, SHARED, STRANGER, guid, source_of
from tests.unit.api.books import Books

OF = (BRANCH, STRANGER)
NAMES = (PLACED, "note")  # the first one was placed by a contact, the other by nobody in particular
WHO, WORDS = "said~who", "hush~words"
FORWARD: tuple[State, ...] = ("approved", "queued", "sending", "created", "posted", "confirmed")


def id_(owner: str, name: str) -> str:
    source, tag = source_of(owner), f"{owner}.{name}"
    return f"{source}:{identity(source, 'order', guid('counterparty', owner), _reference(tag))}"


def made(books: Books) -> list[str]:
    """Of each a confirmed one, and one that the books refused and that is wanted cancelled."""
    for owner in OF:
        for name in NAMES:
            with books.store.transaction() as tx:
                row = order_flow.draft(
                    tx, source_of(owner), _reference(f"{owner}.{name}"), _order(owner, name), WHO
                )
            with books.store.transaction() as tx:
                _sent(tx, row, f"{owner}.{name}", refused=name != PLACED)
    return [id_(owner, name) for owner in OF for name in NAMES]


def _sent(tx: Tx, row: Submission, tag: str, *, refused: bool) -> None:
    for state in FORWARD[: 3 if refused else None]:
        row = submissions.step(tx, row, state, by=WHO, note=WORDS, said=WORDS)
    if refused:
        row = submissions.step(
            tx, row, "rejected", by=WHO, why="creation_refused", note=WORDS, said=WORDS, cancel_reason=WORDS
        )
        return
    books_own = {"document_number": f"{tag}~order~number", "document_at": "2026-11-20T10:00:00"}
    submissions.note(tx, row, ref_key=guid("document", tag), status="shipped", status_at=tx.now, **books_own)


def _reference(tag: str) -> str:
    return f"{tag}~order~reference"


def _order(owner: str, name: str) -> Order:
    shared, tag = SHARED[source_of(owner)], f"{owner}.{name}"
    line = OrderLine(
        item_id=guid("item", shared),
        unit_id=guid("unit", shared),
        quantity=2_000_000,
        price=3_000_000,
        amount=600,
    )
    return Order(
        counterparty_id=guid("counterparty", owner),
        organization_id=guid("organization", shared),
        contract_id=guid("contract", owner),
        contact_id=guid("contact", PARTNER_OF[owner]) if name == PLACED else None,
        delivery_address=f"{tag}~order~address",
        comment=f"{tag}~order~comment",
        currency="RUB",
        lines=(line,),
        amount=600,
    )


def hidden(seen: set[str]) -> set[str]:
    """Ids of those that are not among what is seen."""
    return {id_(owner, name) for owner in OF for name in NAMES if f"{owner}.{name}" not in seen}
