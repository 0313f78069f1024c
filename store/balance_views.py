"""The balance of one counterparty as the storefront asks for it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Select, Text, and_, bindparam, func, literal, select

from schemas import TABLES
from schemas.terms import Override
from schemas.types import CurrencyCode, Day, Units, WallClock
from store import site_terms
from store.engine import Tx
from store.record_tables import STORED
from store.tables import BALANCE_STATE, CONTRACT_BALANCE, OPEN_ITEM

_COUNTERPARTY = STORED[TABLES["counterparty"]]
_CONTRACT = STORED[TABLES["contract"]]
_ORGANIZATION = STORED[TABLES["organization"]]
_DOCUMENT = STORED[TABLES["document"]]


class ContractBalance(NamedTuple):
    """What is owed under a contract; 0 under one without movements. Ids are "" where the books name none.

    `number`, `name`, `kind`, `status`, `settlement_order` and `contract_currency` (the limit's) are "" for a
    contract the store does not know.
    """

    contract_id: str
    organization_id: str
    currency: CurrencyCode
    debt: Units
    number: str
    name: str
    kind: str
    status: str
    settlement_order: str
    organization_name: str
    contract_currency: str
    credit_limit: Units | None
    payment_terms_days: int | None


class OpenItem(NamedTuple):
    """An unsettled part of one document: a `debt`, or an `advance` (a positive number lowers what is owed).

    `amount` is what once arose, signed: of it `debt - advance` is left, the rest is settled.
    """

    contract_id: str
    organization_id: str
    currency: CurrencyCode
    settled_id: str | None
    settled_kind: str
    number: str
    dated_at: WallClock | None
    arose_on: Day | None
    due_on: Day | None
    amount: Units
    debt: Units
    advance: Units


@dataclass(frozen=True, slots=True)
class CounterpartyBalance:
    """`as_of` is the moment the figures are true for; both moments are None before the first refresh.

    `overrides` are the payment terms that the site sets for the counterparty and its contracts.
    """

    contracts: list[ContractBalance]
    open_items: list[OpenItem]
    as_of: datetime | None
    refreshed_at: datetime | None
    overrides: tuple[Override, ...] = ()

    def overrides_of(self, contract_id: str) -> list[Override]:
        """Those that concern debts under one contract."""
        return [
            one for one in self.overrides if one.subject == "counterparty" or one.subject_id == contract_id
        ]


def counterparty(tx: Tx, source: str, counterparty_id: str) -> CounterpartyBalance | None:
    """Give the balance by contract and the documents it is made of; None for an unknown counterparty."""
    given = {"b_source": source, "b_id": counterparty_id}
    contracts = [ContractBalance(*row) for row in tx.connection.execute(_contracts(), given)]
    if not contracts and tx.connection.execute(_known(), given).one_or_none() is None:
        return None
    items = [OpenItem(*row) for row in tx.connection.execute(_open_items(), given)]
    state = tx.connection.execute(_state(), given).one_or_none()
    as_of, refreshed_at = (None, None) if state is None else (state.as_of, state.refreshed_at)
    named = {one.contract_id for one in contracts} | {one.contract_id for one in items}
    overrides = site_terms.in_force(tx, source, [counterparty_id], named)
    return CounterpartyBalance(contracts, items, as_of, refreshed_at, overrides)


def counterparties(tx: Tx, source: str, ids: Collection[str]) -> dict[str, CounterpartyBalance]:
    """The same for several; those the store does not know and that owe nothing have nothing in it."""
    given = {"b_source": source, "b_ids": sorted(ids)}
    contracts: dict[str, list[ContractBalance]] = {party: [] for party in ids}
    items: dict[str, list[OpenItem]] = {party: [] for party in ids}
    for party, *row in tx.connection.execute(_contracts_of_many(), given):
        contracts[party].append(ContractBalance(*row))
    for party, *row in tx.connection.execute(_open_items_of_many(), given):
        items[party].append(OpenItem(*row))
    state = tx.connection.execute(_state(), given).one_or_none()
    as_of, refreshed_at = (None, None) if state is None else (state.as_of, state.refreshed_at)
    named = {
        party: {one.contract_id for one in contracts[party]} | {one.contract_id for one in items[party]}
        for party in ids
    }
    terms = site_terms.in_force(tx, source, ids, set().union(*named.values()))
    return {
        party: CounterpartyBalance(
            contracts[party],
            items[party],
            as_of,
            refreshed_at,
            tuple(one for one in terms if one.subject_id == party or one.subject_id in named[party]),
        )
        for party in ids
    }


def _given(name: str) -> Any:
    return bindparam(name, type_=Text())


def _given_many(name: str) -> Any:
    return bindparam(name, type_=Text(), expanding=True)


@cache
def _known() -> Select[Any]:
    row = _COUNTERPARTY.c
    return select(row.id).where(row.source == _given("b_source"), row.id == _given("b_id"))


@cache
def _state() -> Select[Any]:
    row = BALANCE_STATE.c
    return select(row.as_of, row.refreshed_at).where(row.source == _given("b_source"))


@cache
def _contracts() -> Any:
    both = contracts(_given("b_source"), _given("b_id")).subquery()
    return select(both).order_by(*list(both.c)[:3])


@cache
def _contracts_of_many() -> Any:
    ids, parties = _given_many("b_ids"), (CONTRACT_BALANCE.c.counterparty_id, _CONTRACT.c.counterparty_id)
    both = _contracts_whose(_given("b_source"), lambda party: party.in_(ids), *parties).subquery()
    return select(both).order_by(*list(both.c)[:4])


def contracts(source: Any, counterparty_id: Any) -> CompoundSelect[Any]:
    """Balances with their contracts, and the living contracts that have no balance: rows of `ContractBalance`."""
    return _contracts_whose(source, lambda party: party == counterparty_id)


def _contracts_whose(
    source: Any, whose: Callable[[Any], Any], of_balance: Any = None, of_contract: Any = None
) -> CompoundSelect[Any]:
    """The same of each counterparty that is one `whose`, headed by a column of either table if one is given."""
    owed, contract = CONTRACT_BALANCE.c, _CONTRACT.c
    mine = and_(owed.source == source, whose(owed.counterparty_id))
    heads = ([of_balance], [of_contract]) if of_balance is not None else ([], [])
    text = [
        func.coalesce(contract[name], "") for name in ("number", "name", "kind", "status", "settlement_order")
    ]
    in_currency = func.coalesce(contract.currency, "").label("contract_currency")
    terms = [_organization_name(), in_currency, contract.credit_limit, contract.payment_terms_days]
    with_balance = (
        select(*heads[0], owed.contract_id, owed.organization_id, owed.currency, owed.debt, *text, *terms)
        .select_from(CONTRACT_BALANCE)
        .outerjoin(_CONTRACT, and_(contract.source == owed.source, contract.id == owed.contract_id))
        .outerjoin(_ORGANIZATION, _is_organization(owed.source, owed.organization_id))
        .where(mine)
    )
    same = and_(owed.counterparty_id == contract.counterparty_id, owed.contract_id == contract.id)
    balance = select(owed.contract_id).where(owed.source == source, same).exists()
    organization = func.coalesce(contract.organization_id, "")
    without = (
        select(*heads[1], contract.id, organization, contract.currency, literal(0), *text, *terms)
        .select_from(_CONTRACT)
        .outerjoin(_ORGANIZATION, _is_organization(contract.source, contract.organization_id))
        .where(contract.source == source, whose(contract.counterparty_id))
        .where(contract.gone_at.is_(None), ~contract.deletion_mark, ~balance)
    )
    return with_balance.union_all(without)


def _organization_name() -> Any:
    return func.coalesce(_ORGANIZATION.c.name, "").label("organization_name")


def _is_organization(source: Any, organization_id: Any) -> Any:
    return and_(_ORGANIZATION.c.source == source, _ORGANIZATION.c.id == organization_id)


@cache
def _open_items() -> Select[Any]:
    return _open_items_whose(OPEN_ITEM.c.counterparty_id == _given("b_id"))


@cache
def _open_items_of_many() -> Select[Any]:
    party = OPEN_ITEM.c.counterparty_id
    return _open_items_whose(party.in_(_given_many("b_ids")), party)


def _open_items_whose(whose: Any, *heads: Any) -> Select[Any]:
    item, document = OPEN_ITEM.c, _DOCUMENT.c
    return (
        select(
            *heads,
            item.contract_id,
            item.organization_id,
            item.currency,
            item.settled_id,
            item.settled_kind,
            func.coalesce(document.number, ""),
            document.dated_at,
            item.arose_on,
            item.due_on,
            item.amount,
            item.debt,
            item.advance,
        )
        .select_from(OPEN_ITEM)
        .outerjoin(_DOCUMENT, and_(document.source == item.source, document.id == item.settled_id))
        .where(item.source == _given("b_source"), whose)
        .order_by(item.contract_id, item.arose_on, document.dated_at, item.settled_id, item.due_on)
    )
