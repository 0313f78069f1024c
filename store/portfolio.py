"""What everybody together owes in one base, by currency, and how long it is overdue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, and_, case, cast, func, literal, or_, select

from schemas import TABLES
from schemas.money import Money
from schemas.settings import TermsSettings
from schemas.terms import AgingBucket, Override, aging, resolve
from store import site_terms
from store.balance_sql import total
from store.engine import Tx
from store.record_tables import STORED
from store.site_terms import TermsOverride
from store.tables import CONTRACT_BALANCE, OPEN_ITEM
from store.tables_of_site import TERMS_OVERRIDE

_DOCUMENT, _CONTRACT = STORED[TABLES["document"]], STORED[TABLES["contract"]]


@dataclass(frozen=True, slots=True)
class Owed:
    """`ages` is what unpaid items sum to by how long they are overdue on a day, `advance` what was paid ahead."""

    currency: str
    accounts: int
    advance: int
    ages: dict[AgingBucket, int]

    @property
    def debt(self) -> int:
        return sum(self.ages.values())

    @property
    def overdue(self) -> int:
        return sum(units for name, units in self.ages.items() if name != "current")


class _Unpaid(NamedTuple):
    """Debts that are as overdue as each other; owners are named only where the site set terms for them."""

    currency: str
    contract_id: str
    counterparty_id: str
    contract_days: int | None
    arose_on: str | None
    due_on: str | None
    units: int


def owed(tx: Tx, source: str, terms: TermsSettings, today: date) -> list[Owed]:
    """By currency, in the order of the alphabet."""
    debts: dict[str, list[tuple[int, Money]]] = {}
    for currency, days_overdue, units in _aged(tx, source, terms, today):
        debts.setdefault(currency, []).append((days_overdue, Money(units, currency)))
    ahead: dict[str, int] = dict(tx.connection.execute(_advances(source)).all())
    found = []
    for currency, accounts in tx.connection.execute(_accounts(source)):
        sums = aging(debts.get(currency, ()), currency)
        ages = {name: money.units for name, money in sums.items()}
        found.append(Owed(currency, int(accounts), int(ahead.get(currency, 0)), ages))
    return found


def _aged(tx: Tx, source: str, terms: TermsSettings, today: date) -> Iterator[tuple[str, int, int]]:
    """Currency, days overdue, units. A debt without any date counts as not due: nobody can tell."""
    overrides = [_override(one) for one in site_terms.list_(tx, source)]
    for row in tx.connection.execute(_unpaid(source)):
        one = _Unpaid(*row)
        due = resolve(
            date.fromisoformat(one.arose_on) if one.arose_on else None,
            accounting_due_on=date.fromisoformat(one.due_on) if one.due_on else None,
            contract_days=one.contract_days,
            terms=terms,
            today=today,
            overrides=[
                rule for rule in overrides if rule.subject_id in (one.contract_id, one.counterparty_id)
            ],
        )
        yield one.currency, due.days_overdue if due else 0, one.units


def _override(of: TermsOverride) -> Override:
    valid_from = date.fromisoformat(of.valid_from)
    return Override(of.subject, of.subject_id, of.days, valid_from, of.set_at, of.set_by)


def _accounts(source: str) -> Select[Any]:
    own = CONTRACT_BALANCE.c
    counted = select(own.currency, func.count()).where(own.source == source)
    return counted.group_by(own.currency).order_by(own.currency)


def _advances(source: str) -> Select[Any]:
    item = OPEN_ITEM.c
    summed = select(item.currency, total(item.advance - item.debt))
    return summed.where(item.source == source, item.advance > item.debt).group_by(item.currency)


def _unpaid(source: str) -> Select[Any]:
    """Debts that are judged alike, together: where the books say when one is due, nothing else matters."""
    item, set_ = OPEN_ITEM.c, TERMS_OVERRIDE.c
    day = func.substr(cast(_DOCUMENT.c.dated_at, Text), 1, 10)
    told = item.due_on.is_not(None)
    ruled = select(set_.subject_id).where(set_.source == source, set_.ended_at.is_(None))
    by_contract = item.contract_id.in_(ruled.where(set_.subject == "contract"))
    by_party = item.counterparty_id.in_(ruled.where(set_.subject == "counterparty"))
    named = and_(~told, or_(by_contract, by_party))
    each = (
        select(
            item.currency,
            case((named, item.contract_id), else_=literal("", Text)).label("contract_id"),
            case((named, item.counterparty_id), else_=literal("", Text)).label("counterparty_id"),
            case((~told, _CONTRACT.c.payment_terms_days)).label("contract_days"),
            case((~told, func.coalesce(cast(item.arose_on, Text), day))).label("arose_on"),
            cast(item.due_on, Text).label("due_on"),
            (item.debt - item.advance).label("units"),
        )
        .select_from(
            OPEN_ITEM.outerjoin(
                _DOCUMENT, and_(_DOCUMENT.c.source == item.source, _DOCUMENT.c.id == item.settled_id)
            ).outerjoin(
                _CONTRACT, and_(_CONTRACT.c.source == item.source, _CONTRACT.c.id == item.contract_id)
            )
        )
        .where(item.source == source, item.debt > item.advance)
        .subquery("each_item")
        .c
    )
    alike = [each[name] for name in _Unpaid._fields[:-1]]
    return select(*alike, total(each.units)).group_by(*alike)
