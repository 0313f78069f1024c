"""The statements behind `summaries`: rows of four kinds in one answer, so in one look at the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.selectable import CTE, CompoundSelect

from schemas import TABLES
from store.agreement import COMPARED
from store.compiled import given
from store.record_tables import STORED
from store.tables import BALANCE_STATE, CONTRACT_BALANCE, OPEN_ITEM
from store.tables_of_news import SOURCE_VERSION
from store.tables_of_proof import AGREEMENT, AGREEMENT_DIFFERENCE, AGREEMENT_DOCUMENT
from store.tables_of_site import TERMS_OVERRIDE

UNPROVEN, PROVEN = 1, 2

_PARTY = STORED[TABLES["counterparty"]].c
_DOCUMENT = STORED[TABLES["document"]].c
_CONTRACT = STORED[TABLES["contract"]].c
_ORGANIZATION = STORED[TABLES["organization"]].c
_OWED = CONTRACT_BALANCE.c
_SOURCE, _ID = given("source"), given("party")
_AFTER = 5  # a row of any kind: its kind, 3 texts, a number, 7 texts, of which few kinds use 5, 2 numbers


def version() -> Select[Any]:
    return select(_version())


def state() -> CompoundSelect[Any]:
    """Kinds: 0 the source, once, 1 every counterparty that the last comparison found to differ, 2 organisations.

    UNPROVEN is a counterparty whose books were changing meanwhile.
    """
    last = _newest(*COMPARED).cte("last")
    agreed = select(_newest("agreed").subquery("agreed").c.moment).scalar_subquery()
    one = select(_number(1).label("one")).subquery("one")
    source = (
        select(
            _number(0), _version(), cast(BALANCE_STATE.c.as_of, Text), cast(BALANCE_STATE.c.refreshed_at, Text),
            last.c.id, cast(last.c.moment, Text), cast(agreed, Text),
        )
        .select_from(one)
        .outerjoin(BALANCE_STATE, BALANCE_STATE.c.source == _SOURCE)
        .outerjoin(last, true())
    )  # fmt: skip
    own = select(
        _number(2), _nothing(), _ORGANIZATION.id, _ORGANIZATION.name, _nothing(), _none(), _none()
    ).where(_ORGANIZATION.source == _SOURCE)
    return union_all(source, _differing(select(last.c.id).scalar_subquery()), own)


def _newest(*states: str) -> Select[Any]:
    """The last comparison that ended in one of these states."""
    compared, among = AGREEMENT.c, AGREEMENT.alias("among").c
    last = select(func.max(among.id)).where(among.source == _SOURCE, among.state.in_(states))
    return select(compared.id, compared.moment).where(compared.id == last.scalar_subquery())


def _version() -> Any:
    known = select(SOURCE_VERSION.c.version).where(SOURCE_VERSION.c.source == _SOURCE)
    return func.coalesce(known.scalar_subquery(), _number(0))


def _differing(last: Any) -> Select[Any]:
    own, document = AGREEMENT_DIFFERENCE.c, AGREEMENT_DOCUMENT.c
    named = (
        select(document.id).where(document.difference_id == own.id, document.verdict != "unsettled").exists()
    )
    worst = case((or_(own.range_end.is_not(None), named), _number(PROVEN)), else_=_number(UNPROVEN))
    each = (
        select(own.counterparty_id, worst.label("worst"))
        .where(own.source == _SOURCE, own.agreement_id == last, own.counterparty_id.is_not(None))
        .subquery("each_difference")
        .c
    )
    return select(
        _number(1), func.max(each.worst), each.counterparty_id, _none(), _nothing(), _none(), _none()
    ).group_by(each.counterparty_id)


def whole() -> CompoundSelect[Any]:
    """Kinds: 0 the counterparty, 1 running accounts, 2 open items by due date, 3 terms set on the site, 4 contracts.

    The same as `balance_views.contracts`, without names of organisations: contracts that have an account are
    told from those without by who reads, which costs the database less.
    """
    items = _items()
    return union_all(_head(), _accounts(), _contracts(), _rows_of_items(items), _overrides(items))


def _number(value: int) -> Any:
    return literal_column(str(value), Integer)


def _none() -> Any:
    return cast(null(), Text)


def _nothing() -> Any:
    return cast(null(), BigInteger)


def _head() -> Select[Any]:
    return select(
        _number(0), _PARTY.name, _PARTY.kind, _PARTY.status, _version(), _none(), _none(), *[_none()] * _AFTER,
        _nothing(), _nothing(),
    ).where(_PARTY.source == _SOURCE, _PARTY.id == _ID)  # fmt: skip


def _accounts() -> Select[Any]:
    of_account = and_(_CONTRACT.source == _OWED.source, _CONTRACT.id == _OWED.contract_id)
    return (
        select(
            _number(1), _OWED.contract_id, _OWED.organization_id, _OWED.currency, _OWED.debt, *_of_contract(),
        )
        .select_from(CONTRACT_BALANCE)
        .outerjoin(STORED[TABLES["contract"]], of_account)
        .where(_OWED.source == _SOURCE, _OWED.counterparty_id == _ID)
    )  # fmt: skip


def _contracts() -> Select[Any]:
    return select(
        _number(4), _CONTRACT.id, func.coalesce(_CONTRACT.organization_id, ""), _CONTRACT.currency, _number(0),
        *_of_contract(),
    ).where(
        _CONTRACT.source == _SOURCE, _CONTRACT.counterparty_id == _ID,
        _CONTRACT.gone_at.is_(None), ~_CONTRACT.deletion_mark,
    )  # fmt: skip


def _of_contract() -> list[Any]:
    """The rest of a `ContractBalance`; "" where the store knows no contract."""
    named = ("number", "name", "kind", "status", "settlement_order")
    texts = [func.coalesce(_CONTRACT[name], "") for name in named]
    in_currency = func.coalesce(_CONTRACT.currency, "")
    return [*texts, _none(), in_currency, _CONTRACT.credit_limit, _CONTRACT.payment_terms_days]


def _items() -> CTE:
    """What arose on one day and is due on one is as overdue as each other; advances are due to nobody.

    Where the accounting system says when a debt is due, it does not matter when it arose.
    """
    item = OPEN_ITEM.c
    settled = and_(_DOCUMENT.source == item.source, _DOCUMENT.id == item.settled_id)
    day = func.substr(cast(_DOCUMENT.dated_at, Text), _number(1), _number(10))
    arose_on = func.coalesce(cast(item.arose_on, Text), select(day).where(settled).scalar_subquery())
    is_debt = item.debt > item.advance
    each = (
        select(
            item.contract_id, item.organization_id, item.currency, (item.debt - item.advance).label("unpaid"),
            case((and_(is_debt, item.due_on.is_(None)), arose_on)).label("arose_on"),
            case((is_debt, cast(item.due_on, Text))).label("due_on"),
            case((is_debt, _number(1)), else_=_number(0)).label("is_debt"),
        )
        .where(item.source == _SOURCE, item.counterparty_id == _ID, item.debt != item.advance)
        .subquery("each_item")
        .c
    )  # fmt: skip
    same = (each.contract_id, each.organization_id, each.currency, each.arose_on, each.due_on)
    unpaid = cast(func.sum(each.unpaid), BigInteger).label("unpaid")
    return select(*same, unpaid).group_by(*same, each.is_debt).cte("item")


def _rows_of_items(item: CTE) -> Select[Any]:
    of = item.c
    return select(
        _number(2), of.contract_id, of.organization_id, of.currency, of.unpaid, of.arose_on, of.due_on,
        *[_none()] * _AFTER, _nothing(), _nothing(),
    )  # fmt: skip


def _overrides(items: CTE) -> Select[Any]:
    """For the counterparty, and for every contract that is named in the other rows."""
    set_ = TERMS_OVERRIDE.c
    named = union_all(
        select(_OWED.contract_id).where(_OWED.source == _SOURCE, _OWED.counterparty_id == _ID),
        select(_CONTRACT.id).where(_CONTRACT.source == _SOURCE, _CONTRACT.counterparty_id == _ID),
        select(items.c.contract_id),
    )
    of_party = and_(set_.subject == "counterparty", set_.subject_id == _ID)
    of_contract = and_(set_.subject == "contract", set_.subject_id.in_(named))
    return select(
        _number(3), set_.subject, set_.subject_id, set_.set_by, set_.days, cast(set_.valid_from, Text),
        cast(set_.set_at, Text), *[_none()] * _AFTER, _nothing(), _nothing(),
    ).where(set_.source == _SOURCE, set_.ended_at.is_(None), or_(of_party, of_contract))  # fmt: skip
