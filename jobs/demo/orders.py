"""Three orders placed through the API: one goes into the books, one waits for approval, one is held on credit."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from jobs.demo.bases import Running
from jobs.demo.compare import Storefront
from schemas.errors import StoreError

WAIT_S = 120.0
LOOK_S = 0.3
FEW = 3
SETTLED = ("confirmed", "awaiting_approval", "held", "uncertain", "rejected", "cancelled")
NEXT = {
    "confirmed": "nothing: posted, and equal to what was sent",
    "awaiting_approval": "approve or decline it, over the API or at the desk",
    "held": "release or refuse it at the desk, with a reason",
}

Body = Mapping[str, Any]
Balances = Sequence[Body]


@dataclass(frozen=True, slots=True)
class Goods:
    """One item at its list price, tax within it."""

    item_id: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """One contract of a counterparty that owes nothing too late."""

    counterparty_id: str
    contract_id: str
    currency: str
    available: Decimal | None  # None: no limit

    @property
    def room(self) -> Decimal:
        """What may still be ordered on credit; nothing where the limit is used up."""
        return max(self.available or Decimal(), Decimal())


@dataclass(frozen=True, slots=True)
class Placed:
    """Whether each came to what it should, and the one that the books have."""

    as_wanted: bool
    order_id: str
    document: str  # its reference in the books; "" where they have none


def place(storefront: Storefront, item: Running, balances: Balances, console: Console) -> Placed:
    """Place them, wait until each is settled, and show them."""
    wanted = _wanted(storefront, item, balances)
    with console.status("Placing three orders through the API"):
        placed = [storefront.post("/v1/orders", body)["id"] for body in wanted.values()]
        settled = [_settled(storefront, order_id) for order_id in placed]
    _show(settled, console)
    first = settled[0]
    document = first["document"]["id"].rpartition(":")[2] if first["document"] else ""
    return Placed([one["state"] for one in settled] == list(wanted), first["id"], document)


def _wanted(storefront: Storefront, item: Running, balances: Balances) -> dict[str, Body]:
    """Orders by the state they should come to: of customers and goods that the API itself tells of."""
    currency = item.base.currency
    goods = sorted(_on_sale(storefront, item), key=lambda one: one.price)
    accounts = [one for one in _accounts(balances) if one.currency == currency]
    tight = [one for one in accounts if one.available is not None]
    limited = min(tight, key=lambda one: one.room, default=None)
    free = next((one for one in accounts if one.available is None), None)
    others = (one for one in accounts if free and one.counterparty_id != free.counterparty_id)
    careful = next((one for one in others if one is not limited), None)
    if not (goods and free and careful and limited):
        raise StoreError(f"nobody in {item.base.id} suits the demo's orders", hint="Report this.")
    _demand_approval(storefront, item.base.id, careful)
    chosen = goods[len(goods) // 2]
    too_many = int(limited.room // chosen.price) + 1
    return {
        "confirmed": _order("DEMO-1", free, chosen, FEW),
        "awaiting_approval": _order("DEMO-2", careful, chosen, FEW),
        "held": _order("DEMO-3", limited, chosen, too_many),
    }


def _on_sale(storefront: Storefront, item: Running) -> Iterator[Goods]:
    """What the price list has in the item's own unit, tax within it, and the warehouse has some of."""
    source, warehouse = item.base.id, f"{item.base.id}:{item.warehouse}"
    free = {
        row["item_id"]
        for row in _all(storefront, f"/v1/stock?source={source}&warehouse_id={warehouse}")
        if row["characteristic"] is None and Decimal(row["available"]) >= FEW
    }
    for row in _all(storefront, f"/v1/prices?source={source}"):
        plain = row["includes_vat"] and row["unit"] is None and row["characteristic"] is None
        if plain and row["currency"] == item.base.currency and row["item_id"] in free:
            yield Goods(row["item_id"], Decimal(row["price"]))


def _all(storefront: Storefront, path: str) -> Iterator[dict[str, Any]]:
    page = storefront.get(path)
    yield from page["items"]
    while page["next_cursor"]:
        page = storefront.get(f"{path}&cursor={page['next_cursor']}")
        yield from page["items"]


def _accounts(balances: Balances) -> Iterator[Account]:
    for answer in balances:
        rows = answer["contracts"]
        if any(Decimal(row["overdue"]) for row in rows):
            continue
        for row in rows:
            contract, available = row["contract"], row["credit_available"]
            if contract and (contract["kind"], contract["status"]) == ("sale", "active"):
                room = None if available is None else Decimal(available)
                yield Account(answer["counterparty"]["id"], contract["id"], row["currency"], room)


def _demand_approval(storefront: Storefront, source: str, account: Account) -> None:
    rule = {"source": source, "counterparty_id": account.counterparty_id, "reason": "for the demo"}
    storefront.post("/v1/approval-rules", rule)


def _order(reference: str, account: Account, goods: Goods, quantity: int) -> Body:
    return {
        "reference": reference,
        "counterparty_id": account.counterparty_id,
        "contract_id": account.contract_id,
        "lines": [{"item_id": goods.item_id, "quantity": str(quantity), "price": str(goods.price)}],
        "total": str(goods.price * quantity),
    }


def _settled(storefront: Storefront, order_id: str) -> Body:
    """The order once it has come to rest; what it was last, where that takes too long."""
    deadline = time.monotonic() + WAIT_S
    while True:
        order = storefront.get(f"/v1/orders/{order_id}")
        if order["state"] in SETTLED or time.monotonic() > deadline:
            return order
        time.sleep(LOOK_S)


def _show(orders: list[Body], console: Console) -> None:
    table = Table("order", "state", "number in 1C", "total", "what to do next")
    table.columns[3].justify = "right"
    for order in orders:
        document = order["document"]
        advice = NEXT.get(order["state"]) or order["explained"] or "look at the desk, page Orders"
        state = f"{order['state']} ({order['why']})" if order["why"] else order["state"]
        total = f"{Decimal(order['total']):,.2f} {order['currency']}"
        table.add_row(
            order["reference"],
            state,
            document["number"] if document else "",
            total,
            advice,
        )
    console.print(table)
    told = ", ".join(f"{order['reference']} {order['state']}{_known_as(order)}" for order in orders)
    console.print(f"orders: {told}", soft_wrap=True)


def _known_as(order: Body) -> str:
    return f" as {order['document']['number']}" if order["document"] else ""
