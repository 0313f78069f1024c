"""Orders of the portal that the books have, without anybody having pushed them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from schemas.orders import Order, OrderLine
from schemas.submissions import State
from store import submissions
from store.engine import Tx
from store.submissions import Submission

WAY: tuple[State, ...] = ("approved", "queued", "sending", "created", "posted", "confirmed")


def content(counterparty_id: str, *lines: tuple[str, int, int], **given: Any) -> Order:
    """Lines of (item, pieces, amount)."""
    said = tuple(
        OrderLine(item_id=item, quantity=pieces * 10**6, price=amount * 10**4 // pieces, amount=amount)
        for item, pieces, amount in lines
    )
    basis = Order(
        counterparty_id=counterparty_id,
        organization_id="us",
        contract_id=f"of-{counterparty_id}",
        currency="RUB",
        lines=said,
        amount=sum(line.amount for line in said),
    )
    return replace(basis, **given)


def place(tx: Tx, source: str, reference: str, order: Order) -> Submission:
    """A draft."""
    named = {
        "counterparty_id": order.counterparty_id,
        "contract_id": order.contract_id,
        "contact_id": order.contact_id,
        "organization_id": order.organization_id,
        "currency": order.currency,
        "amount": order.amount,
    }
    return submissions.add(
        tx,
        source=source,
        kind="order",
        lane=order.counterparty_id,
        reference=reference,
        body=order.body(),
        by="key:1",
        named=named,
    )


def confirm(tx: Tx, source: str, reference: str, order: Order, ref_key: str) -> Submission:
    """The books have it as this document."""
    found = place(tx, source, reference, order)
    for state in WAY:
        fields: dict[str, Any] = {"approved_digest": found.digest} if state == "approved" else {}
        fields |= {"ref_key": ref_key} if state == "created" else {}
        fields |= {"document_number": f"П-{reference}"} if state == "posted" else {}
        found = submissions.step(tx, found, state, by="saldo push", said="words of the books", **fields)
    return found
