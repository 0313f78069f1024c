"""The life of a company: named events, and a random one after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate

from simulator.base import Base
from simulator.company.chance import Chance
from simulator.life import (
    contracts,
    debts,
    documents,
    edits,
    goods,
    order_payments,
    order_shipments,
    orders,
    papers,
    silent,
)
from simulator.life.desk import Desk
from simulator.life.event import Event, NothingFitsError

EVENTS = "life"  # in the base's meta: how many events there were
_ATTEMPTS = 50

_WEIGHTS: dict[str, int] = {
    "new_shipment": 18,
    "new_payment": 16,
    "late_commit": 4,
    "post": 6,
    "unpost": 6,
    "mark": 4,
    "unmark": 3,
    "delete": 3,
    "backdate": 4,
    "move_date": 2,
    "move_contract": 4,
    "edit_amount": 8,
    "edit_text": 7,
    "resave": 6,
    "rename_counterparty": 3,
    "new_counterparty": 2,
    "edit_contract": 3,
    "ship_goods": 4,
    "change_price": 3,
}
_SILENT = ("silent_edit", "silent_delete", "silent_movement_edit")
_ORDERS = ("ship_order", "invoice_order", "edit_order", "cancel_order", "pay_order_of_portal")
ACTIONS = (*_WEIGHTS, *_SILENT, *_ORDERS)  # what is done with orders is done on demand only


class Life:
    """Each event is one transaction and leaves the books closed.

    The same seed on the same base under the same clock gives the same events; a life goes on where an
    earlier one with this base has stopped. `silent` is the share of steps nobody is told of.
    """

    def __init__(self, base: Base, seed: int, silent: float = 0.0) -> None:
        self._base = base
        self._seed = seed
        self._silent = silent
        base.settle()
        debts.index(base)

    @property
    def events(self) -> int:
        return int(self._base.meta.get(EVENTS, "0"))

    def step(self) -> Event:
        """One random event."""
        chance = Chance("life step", self._seed, self.events)
        kinds, weights = tuple(_WEIGHTS), tuple(accumulate(_WEIGHTS.values()))
        for attempt in range(_ATTEMPTS):
            hidden = chance.often(self._silent)
            kind = chance.pick(_SILENT) if hidden else chance.weighted(kinds, weights)
            try:
                return self._do(kind, {}, attempt)
            except NothingFitsError:
                continue
        raise NothingFitsError("the base has no contract to do business under: build a company into it first")

    def do(self, kind: str, arguments: Mapping[str, str]) -> Event:
        """An event by its name, one of `ACTIONS`, with the arguments of its method."""
        return self._do(kind, arguments, 0)

    def _do(self, kind: str, arguments: Mapping[str, str], attempt: int) -> Event:
        act: Callable[..., Event] = _ACTS[kind]
        with self._base.database.writing():
            number = self.events + 1
            self._base.meta[EVENTS] = str(number)
            return act(Desk(self._base, self._seed, number, attempt), **arguments)

    def new_shipment(self, contract: str = "", on: str = "") -> Event:
        return self.do("new_shipment", {"contract": contract, "on": on})

    def new_payment(self, contract: str = "", on: str = "") -> Event:
        return self.do("new_payment", {"contract": contract, "on": on})

    def late_commit(self, contract: str = "") -> Event:
        return self.do("late_commit", {"contract": contract})

    def ship_goods(self, contract: str = "", item: str = "") -> Event:
        return self.do("ship_goods", {"contract": contract, "item": item})

    def change_price(self, item: str = "", kind: str = "", price: str = "") -> Event:
        return self.do("change_price", {"item": item, "kind": kind, "price": price})

    def post(self, ref: str = "") -> Event:
        return self.do("post", {"ref": ref})

    def unpost(self, ref: str = "") -> Event:
        return self.do("unpost", {"ref": ref})

    def mark(self, ref: str = "") -> Event:
        return self.do("mark", {"ref": ref})

    def unmark(self, ref: str = "") -> Event:
        return self.do("unmark", {"ref": ref})

    def delete(self, ref: str = "") -> Event:
        return self.do("delete", {"ref": ref})

    def backdate(self, ref: str = "", to: str = "") -> Event:
        return self.do("backdate", {"ref": ref, "to": to})

    def move_date(self, ref: str = "", to: str = "") -> Event:
        return self.do("move_date", {"ref": ref, "to": to})

    def move_contract(self, ref: str = "", to: str = "") -> Event:
        return self.do("move_contract", {"ref": ref, "to": to})

    def edit_amount(self, ref: str = "") -> Event:
        return self.do("edit_amount", {"ref": ref})

    def edit_text(self, ref: str = "") -> Event:
        return self.do("edit_text", {"ref": ref})

    def resave(self, ref: str = "") -> Event:
        return self.do("resave", {"ref": ref})

    def rename_counterparty(self, ref: str = "") -> Event:
        return self.do("rename_counterparty", {"ref": ref})

    def new_counterparty(self) -> Event:
        return self.do("new_counterparty", {})

    def edit_contract(self, ref: str = "") -> Event:
        return self.do("edit_contract", {"ref": ref})

    def ship_order(self, ref: str = "", lines: str = "", quantity: str = "") -> Event:
        return self.do("ship_order", {"ref": ref, "lines": lines, "quantity": quantity})

    def invoice_order(self, ref: str = "") -> Event:
        return self.do("invoice_order", {"ref": ref})

    def edit_order(self, ref: str = "", quantity: str = "", cancel: str = "") -> Event:
        return self.do("edit_order", {"ref": ref, "quantity": quantity, "cancel": cancel})

    def cancel_order(self, ref: str = "") -> Event:
        return self.do("cancel_order", {"ref": ref})

    def pay_order_of_portal(self, ref: str = "", amount: str = "") -> Event:
        return self.do("pay_order_of_portal", {"ref": ref, "amount": amount})

    def silent_edit(self, ref: str = "") -> Event:
        return self.do("silent_edit", {"ref": ref})

    def silent_delete(self, ref: str = "") -> Event:
        return self.do("silent_delete", {"ref": ref})

    def silent_movement_edit(self, ref: str = "") -> Event:
        return self.do("silent_movement_edit", {"ref": ref})


_ACTS: dict[str, Callable[..., Event]] = {
    act.__name__: act
    for act in (
        papers.new_shipment,
        papers.new_payment,
        papers.late_commit,
        papers.ship_goods,
        goods.change_price,
        documents.post,
        documents.unpost,
        documents.mark,
        documents.unmark,
        documents.delete,
        edits.backdate,
        edits.move_date,
        edits.move_contract,
        edits.edit_amount,
        edits.edit_text,
        edits.resave,
        contracts.rename_counterparty,
        contracts.new_counterparty,
        contracts.edit_contract,
        order_shipments.ship_order,
        orders.invoice_order,
        orders.edit_order,
        orders.cancel_order,
        order_payments.pay_order_of_portal,
        silent.silent_edit,
        silent.silent_delete,
        silent.silent_movement_edit,
    )
}
