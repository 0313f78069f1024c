"""What may be asked for: whom a counterparty settles with, in which currencies, under which contracts."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from schemas import TABLES
from schemas.types import Day
from store import tenancy
from store.balance_sql import ENTRY, KEY, of_key
from store.engine import Tx
from store.record_tables import STORED
from store.tables_of_change import AGREED_PERIOD

CONTRACT = STORED[TABLES["contract"]]
ORGANIZATION = STORED[TABLES["organization"]]


class Organization(NamedTuple):
    """One of the company's own; `id` is "" where settlements name none."""

    id: str
    name: str


class ContractChoice(NamedTuple):
    id: str
    number: str
    name: str
    kind: str
    currency: str
    organization_id: str
    settled: bool  # whether anything was ever settled under it


def organizations_of(tx: Tx, source: str, counterparty_id: str) -> tuple[Organization, ...]:
    """Those of the company's own that the counterparty ever settled anything with, by name."""
    own = func.coalesce(KEY.c.organization_id, "").label("organization_id")
    keys = _moved(tx, select(own), source, counterparty_id).distinct().subquery()
    named = and_(ORGANIZATION.c.source == source, ORGANIZATION.c.id == keys.c.organization_id)
    joined = keys.outerjoin(ORGANIZATION, named)
    rows = tx.connection.execute(
        select(keys.c.organization_id, func.coalesce(ORGANIZATION.c.name, "")).select_from(joined)
    )
    return tuple(sorted((Organization(*row) for row in rows), key=lambda one: (one.name, one.id)))


def currencies_of(
    tx: Tx,
    source: str,
    organization_id: str,
    counterparty_id: str,
    contract_id: str | None = None,
    contract_kind: str | None = None,
) -> tuple[str, ...]:
    """The currencies in which anything was ever settled, else those of the contracts; in order of the alphabet."""
    moved = _moved(tx, select(ENTRY.c.currency), source, counterparty_id)
    moved = moved.where(func.coalesce(KEY.c.organization_id, "") == organization_id)
    contract = func.coalesce(KEY.c.contract_id, "")
    if contract_id is not None:
        moved = moved.where(contract == contract_id)
    if contract_kind is not None:
        moved = moved.where(contract.in_(_of_kind(source, counterparty_id, contract_kind)))
    found = set(tx.connection.execute(moved.distinct()).scalars())
    if not found:
        found = {
            one.currency
            for one in contracts_of(tx, source, counterparty_id)
            if one.organization_id == organization_id
            and contract_id in (None, one.id)
            and contract_kind in (None, one.kind)
        }
    return tuple(sorted(found))


def contracts_of(tx: Tx, source: str, counterparty_id: str) -> tuple[ContractChoice, ...]:
    """All that are there, by number; those under which something was settled even if they are gone."""
    settled = select(KEY.c.contract_id).select_from(ENTRY.join(KEY, of_key(ENTRY)))
    settled = settled.where(KEY.c.source == source, KEY.c.counterparty_id == counterparty_id)
    column = CONTRACT.c
    is_settled = column.id.in_(settled).label("settled")
    names = (column.id, column.number, column.name, column.kind, column.currency)
    wanted = select(*names, func.coalesce(column.organization_id, ""), is_settled).where(
        column.source == source,
        column.counterparty_id == counterparty_id,
        or_(and_(column.gone_at.is_(None), ~column.deletion_mark), is_settled),
        *tenancy.limits(tx, column.source, column.counterparty_id),
    )
    rows = tx.connection.execute(wanted.order_by(column.number, column.id))
    return tuple(ContractChoice(*row)._replace(settled=bool(row.settled)) for row in rows)


def contracts_of_kind(
    tx: Tx, source: str, organization_id: str, counterparty_id: str, kind: str
) -> tuple[str, ...]:
    """The contracts of a kind under which anything was settled with this organisation."""
    contract = func.coalesce(KEY.c.contract_id, "")
    moved = _moved(tx, select(contract), source, counterparty_id).where(
        func.coalesce(KEY.c.organization_id, "") == organization_id,
        contract.in_(_of_kind(source, counterparty_id, kind)),
    )
    return tuple(sorted(tx.connection.execute(moved.distinct()).scalars()))


def last_agreed_on(
    tx: Tx, source: str, organization_id: str, counterparty_id: str, contract_id: str | None = None
) -> Day | None:
    """The last day that both sides agreed to, whether with a statement here or at the command line.

    With a contract: a period of that contract, or of all.
    """
    column = AGREED_PERIOD.c
    wanted = select(func.max(column.end_on)).where(
        column.source == source,
        column.organization_id == organization_id,
        column.counterparty_id == counterparty_id,
        column.withdrawn_at.is_(None),
        *tenancy.limits(tx, column.source, column.counterparty_id),
    )
    of_all = column.contract_id.is_(None)
    wanted = wanted.where(of_all if contract_id is None else or_(of_all, column.contract_id == contract_id))
    found = tx.connection.execute(wanted).scalar_one_or_none()
    return None if found is None else Day(found)


def _moved(tx: Tx, wanted: Any, source: str, counterparty_id: str) -> Any:
    """From the movements that count of one counterparty."""
    return wanted.select_from(ENTRY.join(KEY, of_key(ENTRY))).where(
        ENTRY.c.source == source,
        KEY.c.counterparty_id == counterparty_id,
        ENTRY.c.gone_at.is_(None),
        ENTRY.c.active,
        *tenancy.limits(tx, KEY.c.source, KEY.c.counterparty_id),
    )


def _of_kind(source: str, counterparty_id: str, kind: str) -> Any:
    column = CONTRACT.c
    of_kind: ColumnElement[bool] = and_(
        column.source == source, column.counterparty_id == counterparty_id, column.kind == kind
    )
    return select(column.id).where(of_kind)
