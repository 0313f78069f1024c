"""Rules that demand approval of orders: kept on the site, ended by a person's word, never overwritten (BC-06)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas import TABLES, approvals
from schemas.approvals import ANY_AMOUNT, ApprovalRule, Ordered
from schemas.errors import InvalidValueError
from schemas.money import MAX_UNITS, currencies
from schemas.orders import Order
from store import records, site_rows, tenancy
from store.engine import Tx
from store.site_rows import SiteRow
from store.submissions import Submission
from store.tables_of_site import APPROVAL_RULE

LISTED_BY = "saldo approvals list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(SiteRow):
    """See `schemas.approvals.ApprovalRule`."""

    counterparty_id: str | None
    branch_id: str | None
    contact_id: str | None
    currency: str | None
    amount: int

    def judged(self) -> ApprovalRule:
        """The rule as it is decided by."""
        about = (self.counterparty_id, self.branch_id, self.contact_id)
        return ApprovalRule(self.id, *about, self.currency, self.amount)


def add(
    tx: Tx,
    source: str,
    *,
    by: str,
    reason: str,
    counterparty_id: str | None = None,
    branch_id: str | None = None,
    contact_id: str | None = None,
    currency: str | None = None,
    amount: int = ANY_AMOUNT,
) -> int:
    """Keep a rule. Gives its number.

    Errors: InvalidValueError for an amount without its currency, for whom the store does not know, and for a
            branch that is not below the counterparty.
    """
    if currency is not None and currency not in currencies():
        hint = "Give the ISO code, such as RUB"
        raise InvalidValueError("The rule is about no known currency", hint=hint, field="currency")
    if not ANY_AMOUNT <= amount <= MAX_UNITS or (amount > ANY_AMOUNT and currency is None):
        hint = "Give an amount above zero with its currency, or no amount: then every order needs approval"
        what = "The rule names an amount that cannot be compared"
        raise InvalidValueError(what, hint=hint, field="amount")
    _known(tx, source, "counterparty", counterparty_id, "counterparty_id")
    _known(tx, source, "counterparty", branch_id, "branch_id")
    _known(tx, source, "contact", contact_id, "contact_id")
    if branch_id and counterparty_id and branch_id not in tenancy.below(tx, source, counterparty_id):
        hint = "Name a branch of it, or leave the counterparty out"
        raise InvalidValueError("The branch is not the counterparty's", hint=hint, field="branch_id")
    about = {"counterparty_id": counterparty_id, "branch_id": branch_id, "contact_id": contact_id}
    values = {**about, "currency": currency, "amount": amount}
    return site_rows.add(tx, APPROVAL_RULE, source, by=by, reason=reason, **values)


def end(tx: Tx, number: int, *, by: str, reason: str) -> None:
    site_rows.end(tx, APPROVAL_RULE, number, by=by, reason=reason, listed_by=LISTED_BY)


def get(tx: Tx, number: int) -> Rule | None:
    """By its number, if the reader may see it."""
    row = site_rows.get(tx, APPROVAL_RULE, number)
    return Rule(**row) if row is not None and _is_seen(tx, Rule(**row)) else None


def list_(tx: Tx, source: str, *, ended: bool = False) -> list[Rule]:
    """Rules that were not ended, or with `ended` all there ever were, the newest first."""
    every = [Rule(**row) for row in site_rows.read(tx, APPROVAL_RULE, source, ended=ended)]
    return [rule for rule in every if _is_seen(tx, rule)]


def demanding(tx: Tx, submission: Submission, order: Order) -> Rule | None:
    """The rule that demands approval of an order as it is now."""
    ordered_by = tenancy.above(tx, submission.source, order.branch_id or order.counterparty_id)
    settles = tenancy.above(tx, submission.source, order.counterparty_id)
    contacts = {one for one in (order.contact_id, order.on_behalf_of) if one is not None}
    ordered = Ordered({*ordered_by, *settles}, ordered_by, contacts, order.currency, order.amount)
    rules = list_(tx, submission.source)
    return _of(rules, approvals.demanding((rule.judged() for rule in rules), ordered))


def _of(rules: Iterable[Rule], found: ApprovalRule | None) -> Rule | None:
    return next((rule for rule in rules if found is not None and rule.id == found.number), None)


def _is_seen(tx: Tx, rule: Rule) -> bool:
    """A company sees rules about itself; those for everybody are the supplier's own."""
    return tx.tenancy.admits(rule.source, rule.counterparty_id)


def _known(tx: Tx, source: str, table: str, key: str | None, field: str) -> None:
    if key is not None and records.get(tx, TABLES[table], source, (key,)) is None:
        hint = "Check the key; what is new in the accounting system comes with the next sync"
        raise InvalidValueError(
            f"The store has no {table} with this key", hint=hint, field=field, source=source
        )
