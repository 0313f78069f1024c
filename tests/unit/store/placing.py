"""A counterparty with a branch, what it owes, and orders of it: for tests of the flow before the push."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from schemas import TABLES
from schemas.orders import Order, OrderLine
from schemas.settings import HubSettings, OrderSettings, Secret, SourceSettings, TermsSettings
from schemas.submissions import State
from store import credit, order_flow, submissions
from store.credit import CreditDecision
from store.engine import Store
from store.submissions import Submission
from tests.unit.store.desk import KEY, SOURCE, Desk, row
from tests.unit.store.test_balances import due, entry, movements, refreshed

PARTY, CONTRACT = TABLES["counterparty"], TABLES["contract"]
BASE = SourceSettings(
    SOURCE, "УТ", "http://127.0.0.1:1", "x", Secret("x"), ZoneInfo("Europe/Moscow"), date(2026, 1, 1)
)
STAFF = "user:ito"


def settings(**orders: Any) -> HubSettings:
    source = replace(BASE, orders=OrderSettings(accept=True, **orders))
    return HubSettings("", "", (source,), TermsSettings(default_days=14), fresh_for_s=3600)


def order(amount: int = 1000, *, contract: str = "c1", currency: str = "RUB", **more: Any) -> Order:
    line = OrderLine(item_id="item", quantity=1_000_000, price=amount * 10_000, amount=amount)
    told = {"counterparty_id": "party", "organization_id": "org", "contract_id": contract, "lines": (line,)}
    return Order(**{**told, "currency": currency, "amount": amount} | more)


@dataclass(frozen=True, slots=True)
class Portal:
    """What the storefront and the company's people do, each in a transaction of its own."""

    store: Store
    settings: HubSettings

    def draft(self, reference: str, said: Order, by: str = "key:1") -> Submission:
        with self.store.transaction() as tx:
            return order_flow.draft(tx, SOURCE, reference, said, by)

    def place(self, reference: str = "Z-1", amount: int = 1000, **more: Any) -> Submission:
        kept = self.draft(reference, order(amount, **more))
        with self.store.transaction() as tx:
            return order_flow.place(tx, self.settings, kept, "key:1")

    def approve(self, one: Submission, by: str = STAFF, **more: Any) -> Submission:
        with self.store.transaction() as tx:
            return order_flow.approve(tx, self.settings, one, by, "", **more)

    def release(self, one: Submission, note: str = "paid yesterday") -> Submission:
        with self.store.transaction() as tx:
            return order_flow.release(tx, self.settings, one, STAFF, note)

    def cancel(self, one: Submission) -> Submission:
        with self.store.transaction() as tx:
            return order_flow.cancel(tx, one, STAFF, "not wanted any more")

    def pushed(self, one: Submission, *states: State, **fields: Any) -> Submission:
        """As the worker would take it on."""
        with self.store.transaction() as tx:
            for state in states:
                one = submissions.step(tx, one, state, by="saldo push", **fields)
        return one

    def decision(self, one: Submission) -> CreditDecision:
        with self.store.reading() as tx:
            found = credit.latest(tx, one)
        assert found is not None
        return found


def books(
    desk: Desk, *, limit: int | None = None, blocks_when_overdue: bool = False, **contract: Any
) -> None:
    branch = {"is_branch": True, "head_id": "party", "partner_id": None}
    desk.whole(
        PARTY, row(PARTY, id="party", status="active"), row(PARTY, id="branch", status="active", **branch)
    )
    owner = {"organization_id": "org", "counterparty_id": "party"}
    terms = {"kind": "sale", "status": "active", "currency": "RUB", "payment_terms_days": 14, **contract}
    first = {"credit_limit": limit, "blocks_when_overdue": blocks_when_overdue, **terms}
    desk.whole(CONTRACT, row(CONTRACT, id="c1", **owner, **first), row(CONTRACT, id="c2", **owner, **terms))
    desk.whole(
        KEY, row(KEY, id="key", contract_id="c1", **owner), row(KEY, id="none", contract_id=None, **owner)
    )


def owing(desk: Desk, debt: int, *, due_on: str = "2099-01-01", key: str = "key", **told: Any) -> None:
    """It owes this, and an item of the same amount is behind it; read just now, if nothing else is said."""
    item = due(key, debt, "note", arose_on="2026-03-05", due_on=due_on, currency="RUB")
    movements(desk, entry(key, debt), dues=(item,), **{"seen": datetime.now(UTC)} | told)
    refreshed(desk)
