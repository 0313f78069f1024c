"""A counterparty that orders, and orders wherever a test wants them: taken there by the hub's own functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from desk.app import create_app
from schemas.desk import Role
from schemas.languages import Language
from schemas.orders import Order, OrderLine, priced, total
from schemas.settings import OrderSettings
from schemas.submissions import State
from store import approval_rules, order_flow, outbox, submissions
from store.engine import Store
from store.submissions import Submission
from tests.unit.api.books import CONTRACT, ORGANIZATION, PARTY, Books, guid, record
from tests.unit.desk import signed_in

SOURCE = "ut11"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ITEM, UNIT, VERA, PETR, HEAD = map(guid, range(40, 45))
LIMIT = 50_000_00
WAY: dict[State, tuple[State, ...]] = {
    "queued": (),
    "sending": ("sending",),
    "uncertain": ("sending", "uncertain"),
    "created": ("sending", "created"),
    "posted": ("sending", "created", "posted"),
    "confirmed": ("sending", "created", "posted", "confirmed"),
    "rejected": ("sending", "created", "rejected"),
}


def order(amount: int = 1_200_00, **said: Any) -> Order:
    """One line of ten pieces with VAT within, for this many kopecks in all."""
    line = OrderLine(
        item_id=ITEM, quantity=10_000_000, price=amount * 1_000, amount=0, vat_percent=20_000_000
    )
    line = priced(line, 2, prices_include_vat=True)
    given = {
        "counterparty_id": PARTY,
        "organization_id": ORGANIZATION,
        "contract_id": CONTRACT,
        "contact_id": VERA,
        "currency": "RUB",
        "lines": (line,),
        "amount": total((line,), prices_include_vat=True),
        "comment": "К вечеру, пожалуйста",
        **said,
    }
    return Order(**given)


@dataclass
class OrderBooks:
    books: Books
    app: Litestar

    @classmethod
    def of(cls, books: Books, **orders: Any) -> OrderBooks:
        books.parties(limit=LIMIT)
        partner = {"partner_id": guid(39), "name": "Покупатель", "kind": "company", "status": "active"}
        books.put("counterparty", [record("counterparty", id=PARTY, **partner)])
        people = {VERA: "Вера Ким", PETR: "Пётр Лунин"}
        rows = [record("contact", id=key, partner_id=guid(39), name=name) for key, name in people.items()]
        books.put("contact", rows)
        books.put("unit", [record("unit", id=UNIT, name="шт", factor=1_000_000)])
        item = {"name": "Чайник", "article": "Ч-7", "unit_id": UNIT, "kind": "goods"}
        books.put("item", [record("item", id=ITEM, **item)])
        books.settle([("RUB", 10_000_00)], [{"debt": 10_000_00, "due_on": "2027-01-01"}])
        first, *others = books.settings.sources
        accepting = replace(first, orders=OrderSettings(accept=True, **orders))
        books.settings = replace(books.settings, sources=(accepting, *others), fresh_for_s=10**9)
        return cls(books, create_app(books.settings, books.store, lambda: NOW))

    @property
    def store(self) -> Store:
        return self.books.store

    def browser(self, role: Role = "accountant", language: Language = "en") -> TestClient[Litestar]:
        return signed_in.browser(
            self.store,
            self.books.settings,
            role=role,
            language=language,
            login=f"{role}-{language}",
            clock=lambda: NOW,
            app=self.app,
        )

    def placed(self, reference: str = "Z-1", amount: int = 1_200_00, **said: Any) -> Submission:
        """As far as the flow lets it go: queued, held or awaiting approval."""
        with self.store.transaction() as tx:
            kept = order_flow.draft(tx, SOURCE, reference, order(amount, **said), "key:1")
            return order_flow.place(tx, self.books.settings, kept, "key:1")

    def to(self, state: State, reference: str = "Z-1", **last: Any) -> Submission:
        """As the worker would take it there; `last` belongs to the last step."""
        one, way = self.placed(reference), WAY[state]
        assert one.state == "queued", one.state
        with self.store.transaction() as tx:
            for place, after in enumerate(way, 1):
                given = last if place == len(way) else {}
                one = submissions.step(tx, one, after, by="saldo push", **given)
        return one

    def needs_approval(self, amount: int = 0, **about: Any) -> int:
        with self.store.transaction() as tx:
            given = {"by": "user:olga", "reason": "by the contract", "counterparty_id": PARTY, **about}
            currency = "RUB" if amount else None
            return approval_rules.add(tx, SOURCE, amount=amount, currency=currency, **given)

    def now(self, one: Submission) -> Submission:
        with self.store.reading() as tx:
            return submissions.by_number(tx, one.number)

    def is_waited_for(self) -> bool:
        """Whether a worker would find something to do."""
        with self.store.reading() as tx:
            return SOURCE in outbox.waiting(tx)
