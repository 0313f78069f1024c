"""What is kept always equals what would be made afresh, whatever changes; and it sums to what the balance shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from api.money import figures, open_item_list
from api.money.answers import Balance
from api.money.panel import Panels
from api.money.summary import Summary
from api.web.callers import Caller
from api.web.hub import Hub
from schemas import TABLES
from schemas.api_keys import EVERYBODY, ApiKey
from store import agreement, balances, records, site_terms
from store.agreement import Agreement, Difference, Document
from tests.unit.api.books import CONTRACT, ORGANIZATION, PARTY, READ_AT, Books, guid, record

OTHER, SECOND, FOREIGN = guid(11), guid(12), guid(13)  # a counterparty; a contract of PARTY's; one of OTHER's
KEYS = {
    guid(21): (PARTY, CONTRACT),
    guid(22): (PARTY, SECOND),
    guid(23): (PARTY, ""),
    guid(24): (OTHER, FOREIGN),
}
DOCUMENTS = [guid(number) for number in range(31, 37)]
KEY = ApiKey("k", "", (), None, None, None, "branch", None, READ_AT, "", None, None, None)
CALLER = Caller(KEY, EVERYBODY)
STEPS = 40


@dataclass
class Life:
    """Books in which something changes at each step."""

    books: Books
    random: Random
    overrides: list[int] = field(default_factory=list)
    read: int = 0

    def anything(self) -> None:
        """One change of any kind, an hour after the last one or so."""
        changes: list[Callable[[], None]] = [
            *(self.names, self.contracts, self.organization, self.documents, self.terms, self.compare),
            *(self.settle, self.settle, self.still_true, self.wait),
        ]
        self.random.choice(changes)()

    def put(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        self.read += 1
        self.books.put(table, rows, READ_AT + timedelta(seconds=self.read))

    def names(self) -> None:
        name = self.random.choice(["Покупатель", "Дилер", "Buyer"])
        kinds = [(PARTY, name), (OTHER, "Другой")]
        self.put(
            "counterparty", [record("counterparty", id=key, name=one, kind="company") for key, one in kinds]
        )

    def contracts(self) -> None:
        owners = {CONTRACT: PARTY, SECOND: PARTY, FOREIGN: OTHER}
        self.put(
            "contract",
            [self._contract(key, owner) for key, owner in owners.items() if self.random.random() < 0.9],
        )

    def _contract(self, key: str, owner: str) -> tuple[Any, ...]:
        return record(
            "contract", id=key, counterparty_id=owner, organization_id=ORGANIZATION, number=key[-2:],
            currency=self.random.choice(["RUB", "JPY"]), credit_limit=self.random.choice([None, 0, 10_000]),
            payment_terms_days=self.random.choice([None, None, 0, 30]), deletion_mark=self.random.random() < 0.1,
        )  # fmt: skip

    def organization(self) -> None:
        name = self.random.choice(["Наша фирма", "Мы"])
        self.put("organization", [record("organization", id=ORGANIZATION, name=name)])

    def documents(self) -> None:
        days = [READ_AT - timedelta(days=self.random.randint(0, 60)) for _ in DOCUMENTS]
        rows = [
            record(
                "document",
                id=key,
                kind="shipping_note",
                dated_at=f"{day:%Y-%m-%d}T10:00:00",
                counterparty_id=PARTY,
            )
            for key, day in zip(DOCUMENTS, days)
        ]
        self.put("document", rows)

    def settle(self) -> None:
        keys = [
            record(
                "settlement_key",
                id=key,
                counterparty_id=party,
                contract_id=contract,
                organization_id=ORGANIZATION,
            )
            for key, (party, contract) in KEYS.items()
        ]
        self.put("settlement_key", keys)
        pick = self.random.choice
        debts = [(pick(["RUB", "JPY"]), self.random.randint(-500, 5000), pick([*KEYS])) for _ in range(5)]
        self.books.settle(debts, [self._item() for _ in range(self.random.randint(0, 12))])

    def _item(self) -> dict[str, Any]:
        pick, day = self.random.choice, READ_AT.date() - timedelta(days=self.random.randint(-20, 100))
        side = pick(["debt", "debt", "advance"])
        return {
            "currency": pick(["RUB", "JPY"]), "settlement_key_id": pick([*KEYS]), side: self.random.randint(1, 900),
            "settled_id": pick([None, *DOCUMENTS]), "settled_kind": "shipping_note",
            "arose_on": pick([None, str(day)]), "due_on": pick([None, None, str(day)]),
        }  # fmt: skip

    def terms(self) -> None:
        with self.books.store.transaction() as tx:
            if self.overrides and self.random.random() < 0.4:
                site_terms.end(tx, self.overrides.pop(), by="test", reason="test")
                return
            subject, key = self.random.choice([("counterparty", PARTY), ("counterparty", OTHER)])
            number = site_terms.add(
                tx, "ut11", subject, key, days=self.random.randint(0, 60),
                valid_from=date(2026, self.random.randint(8, 11), 1), by="test", reason="test",
            )  # fmt: skip
            self.overrides = (
                [*self.overrides[-1:], number] if number not in self.overrides else self.overrides
            )

    def compare(self) -> None:
        verdict = self.random.choice(["differs", "unsettled"])
        state: Any = self.random.choice(["agreed", "agreed", "differs", "unsettled", "failed"])
        found = Document(DOCUMENTS[0], "shipping_note", None, 1, 2, verdict)  # type: ignore[arg-type]
        one = Difference("settlement_entry", "amount", self.random.choice([*KEYS]), "RUB", 1, 2, (found,))
        moment: Any = f"2026-11-{self.random.randint(10, 22)}T00:00:00"
        differences = () if state == "agreed" else (one,)
        with self.books.store.transaction() as tx:
            agreement.save(
                tx,
                Agreement(
                    "ut11", "now", "run", READ_AT, None, moment, 3, 0, 1, state, differences=differences
                ),
            )

    def still_true(self) -> None:
        with self.books.store.transaction() as tx:
            balances.still_true(tx, "ut11", self.books.now)

    def wait(self) -> None:
        self.books.now += timedelta(hours=self.random.choice([1, 8, 14, 30 * 24]))


def test_kept_bytes_equal_fresh_ones_after_any_change(database_url: str, tmp_path: Path) -> None:
    books = Books.open(database_url, tmp_path / "landing")
    life = Life(books, Random(1))
    life.names()
    life.contracts()
    try:
        asyncio.run(_live(life))
    finally:
        books.store.close()


async def _live(life: Life) -> None:
    hub = Hub(life.books.settings, life.books.store, lambda: life.books.now)
    kept = Panels.over(hub)
    tags: dict[str, tuple[str, bytes]] = {}
    for _ in range(STEPS):
        life.anything()
        for party in (PARTY, OTHER):
            body = await _same(kept, Panels.over(hub), party, tags)
            _sums(hub, party, msgspec.json.decode(body, type=Summary))
    kept.close()


async def _same(kept: Panels, fresh: Panels, party: Any, tags: dict[str, tuple[str, bytes]]) -> bytes:
    """Gives the bytes. One tag never names two of them, and what a client has is only left to it while it is right."""
    source = kept.hub.source("ut11")
    made = await fresh.answer(CALLER, source, party, "")
    fresh.close()
    assert made.body is not None
    given = await kept.answer(CALLER, source, party, "")
    assert (given.etag, given.body) == (made.etag, made.body)
    tag, body = tags.get(party, ("", b""))
    asked = await kept.answer(CALLER, source, party, tag)
    assert asked.body == (None if tag == made.etag else made.body)
    assert tag != made.etag or body == made.body
    tags[party] = (made.etag, made.body)
    return made.body


def _sums(hub: Hub, party: str, shown: Summary) -> None:
    """The panel says what the balance and the table of open items say."""
    source = hub.source("ut11")
    with hub.store.reading() as tx:
        known = balances.counterparty(tx, "ut11", party)
        counterparty = records.get(tx, TABLES["counterparty"], "ut11", (party,))
        agreed = agreement.state_of(tx, "ut11", party)
    assert known is not None
    balance = figures.balance(counterparty, known, source, hub.settings, agreed, hub.clock())
    assert _rows(shown) == _rows(balance)
    assert [(one.organization, one.currency, one.debt, one.overdue) for one in shown.totals] == [
        (one.organization, one.currency, one.debt, one.overdue) for one in balance.totals
    ]
    assert (shown.as_of, shown.synced_at, shown.agreement) == (
        balance.as_of,
        balance.synced_at,
        balance.agreement,
    )
    assert (shown.freshness.state, shown.overdue_on) == (balance.freshness.state, balance.computed_at.date())
    listed = open_item_list.open_item_list.fn(f"ut11:{party}", hub, CALLER)
    for currency in ("RUB", "JPY"):
        debt = sum(Decimal(one.debt) for one in shown.totals if one.currency == currency)
        overdue = sum(Decimal(one.overdue) for one in shown.totals if one.currency == currency)
        rows = [one for one in listed.items if one.currency == currency]
        assert (sum(Decimal(one.unpaid) for one in rows), sum(Decimal(one.overdue) for one in rows)) == (
            debt,
            overdue,
        )


def _rows(answer: Summary | Balance) -> list[tuple[Any, ...]]:
    return [
        (
            one.contract,
            one.organization,
            one.currency,
            one.debt,
            one.overdue,
            one.credit_limit,
            one.credit_available,
        )
        for one in answer.contracts
    ]
