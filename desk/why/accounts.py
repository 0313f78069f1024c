"""An account's amount, shown as the sum it is: what is newer, the documents of this page, what is older."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from desk.why import links
from schemas.settings import TermsSettings
from schemas.types import WallClock
from store import accounts, balances, movements
from store.accounts import Item
from store.balances import ContractBalance, CounterpartyBalance
from store.engine import Tx
from store.movements import Account, Amount, Moved, Place

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Ledger:
    """`newer` + the rows + `older` is what the movements come to. `next` is where the next page begins."""

    amount: Amount
    rows: list[Moved]
    newer: int
    older: int
    next: Place | None

    @property
    def turnover(self) -> int:
        return sum(row.amount for row in self.rows)

    @property
    def proven(self) -> bool:
        """What is shown adds up to what its movements come to, and that is the balance."""
        return self.newer + self.turnover + self.older == self.amount.moved == self.amount.shown


@dataclass(frozen=True, slots=True)
class Items:
    """The unpaid parts of documents that make the amount: `rest` is what no document explains."""

    rows: list[tuple[ContractBalance, Item]]
    rest: int

    @property
    def documents(self) -> int:
        return sum(item.unpaid.units for _, item in self.rows)

    @property
    def overdue(self) -> int:
        return sum(item.overdue.units for _, item in self.rows)


def ledger(tx: Tx, account: Account, before: Place | None = None, limit: int = PAGE_ROWS) -> Ledger:
    amount = movements.amount(tx, account)
    found = movements.by_document(tx, account, before=before, limit=limit + 1)
    rows = found[:limit]
    if not rows:
        return Ledger(amount, rows, newer=amount.moved, older=0, next=None)
    older = rows[-1].after - rows[-1].amount
    further = rows[-1].place if len(found) > limit else None
    return Ledger(amount, rows, newer=amount.moved - rows[0].after, older=older, next=further)


def items(known: CounterpartyBalance, account: Account, terms: TermsSettings, today: date) -> Items:
    rows, rest = [], 0
    for one in accounts.explained(known, terms, today):
        if not includes(account, one.owed):
            continue
        rows += [(one.owed, item) for item in one.items if item.stored is not None]
        rest += accounts.unexplained(one.items, one.owed.currency).units
    rows.sort(key=lambda row: (not row[1].is_overdue, row[1].due.due_on if row[1].due else date.max))
    return Items(rows, rest)


def parts(known: CounterpartyBalance, account: Account) -> list[ContractBalance]:
    """The accounts that an account is the sum of."""
    return [one for one in known.contracts if includes(account, one)]


def includes(account: Account, one: ContractBalance) -> bool:
    return (
        one.currency == account.currency
        and account.contract_id in (None, one.contract_id)
        and account.organization_id in (None, one.organization_id)
    )


def balance(tx: Tx, account: Account) -> CounterpartyBalance | None:
    return balances.counterparty(tx, account.source, account.counterparty_id)


def next_page(account: Account, ledger: Ledger) -> str | None:
    if ledger.next is None:
        return None
    address = links.balance(
        account.source,
        account.counterparty_id,
        account.currency,
        contract=account.contract_id,
        organization=account.organization_id,
    )
    return f"{address}&{urlencode({'before': '~'.join(ledger.next)})}"


def place(text: str) -> Place | None:
    """The place that `next_page` wrote; None for any other text."""
    at, _, recorder = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return WallClock(moment.replace(tzinfo=None).isoformat(timespec="seconds")), recorder
