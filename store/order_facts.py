"""What the store knows of everything that an order names: a few statements, however many lines it has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, case, select

from schemas import TABLES
from schemas.orders import Order
from schemas.records.contract import Contract
from schemas.records.counterparty import Contact, Counterparty
from store import contact_points, tenancy
from store.balance_sql import total
from store.catalog import lives, on_sale
from store.engine import Tx
from store.record_tables import STORED

_ITEM, _UNIT, _RATE = (STORED[TABLES[name]] for name in ("item", "unit", "vat_rate"))
_SORT, _CONTACT, _KIND = (STORED[TABLES[name]] for name in ("characteristic", "contact", "price_kind"))
_PRICE, _STOCK = STORED[TABLES["price"]], STORED[TABLES["stock"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Keys of what an order names, all of one base."""

    counterparty_id: str
    branch_id: str | None
    organization_id: str | None
    contract_id: str | None
    contacts: Collection[str]
    items: Collection[str]
    characteristics: Collection[str]
    units: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is not, or no longer, there is None, or not among the others; `branch` also where it is not below.

    `partners` are whose people may order; `sorts` are characteristics. A row of `items` tells by `withdrawn` whether
    it is. `prices` are those of all kinds that things are sold for; `free` is what no one else is promised, by item
    and characteristic, in the item's own unit.
    """

    counterparty: Counterparty | None
    branch: Counterparty | None
    partners: Collection[str]
    contract: Contract | None
    organization: str | None
    contacts: Mapping[str, Contact]
    delivery: Mapping[int, str]
    items: Mapping[str, Row[Any]]
    units: Mapping[str, Row[Any]]
    sorts: Collection[str]
    prices: Mapping[str, list[Row[Any]]]
    free: Mapping[tuple[str, str], int]

    def priced_in(self, item_id: str) -> set[str]:
        return {row.unit_id for row in self.prices.get(item_id, ()) if row.unit_id}


def named(order: Order) -> Named:
    return Named(
        counterparty_id=order.counterparty_id,
        branch_id=order.branch_id,
        organization_id=order.organization_id,
        contract_id=order.contract_id,
        contacts={one for one in (order.contact_id, order.on_behalf_of) if one},
        items={line.item_id for line in order.lines},
        characteristics={line.characteristic_id for line in order.lines if line.characteristic_id},
        units={line.unit_id for line in order.lines if line.unit_id},
    )


def gather(tx: Tx, source: str, of: Named) -> Facts:
    """Read whatever the reader may see: who asks for somebody else's checks first that he may."""
    counterparty = _living(tx, "counterparty", source, of.counterparty_id)
    below = tenancy.below(tx, source, of.counterparty_id) if of.branch_id else set()
    branch = _living(tx, "counterparty", source, of.branch_id) if of.branch_id in below else None
    partners = {one.partner_id for one in (counterparty, branch) if one and one.partner_id}
    contract = _living(tx, "contract", source, of.contract_id)
    organization_id = of.organization_id or (contract.organization_id if contract else None)
    organization = _living(tx, "organization", source, organization_id)
    items = {row.id: row for row in tx.connection.execute(_items(source, of.items))}
    units = {*of.units, *(row.unit_id for row in items.values() if row.unit_id)}
    return Facts(
        counterparty=counterparty,
        branch=branch,
        partners=partners,
        contract=contract,
        organization=organization.id if organization else None,
        contacts=_contacts(tx, source, of.contacts),
        delivery=_delivery(tx, source, counterparty),
        items=items,
        units=_units(tx, source, units),
        sorts=_sorts(tx, source, of.characteristics),
        prices=_prices(tx, source, of.items),
        free=_free(tx, source, of.items),
    )


def _living(tx: Tx, table: str, source: str, key: str | None) -> Any:
    """The record, unless it is gone from the books or marked for deletion; of a counterparty `status` tells that."""
    if not key:
        return None
    declared = TABLES[table]
    column = STORED[declared].c
    wanted = select(*(column[name] for name in declared.fields)).where(
        column.source == source, column.id == key, column.gone_at.is_(None)
    )
    if table != "counterparty":
        wanted = wanted.where(~column.deletion_mark)
    row = tx.connection.execute(wanted).one_or_none()
    build: Any = declared.record
    return None if row is None else build(*row)


def _contacts(tx: Tx, source: str, ids: Collection[str]) -> dict[str, Contact]:
    column = _CONTACT.c
    wanted = select(*(column[name] for name in TABLES["contact"].fields)).where(
        column.source == source, column.id.in_(sorted(ids)), column.gone_at.is_(None), ~column.deletion_mark
    )
    return {row.id: Contact(*row) for row in tx.connection.execute(wanted)} if ids else {}


def _delivery(tx: Tx, source: str, counterparty: Counterparty | None) -> dict[int, str]:
    if counterparty is None or counterparty.partner_id is None:
        return {}
    return {row.line_no: row.address for row in contact_points.delivery(tx, source, counterparty.partner_id)}


def _items(source: str, ids: Collection[str]) -> Any:
    column = _ITEM.c
    is_rate = and_(_RATE.c.source == column.source, _RATE.c.id == column.vat_rate_id)
    return (
        select(column.id, column.unit_id, column.vat_rate_id, (~lives()).label("withdrawn"))
        .add_columns(_RATE.c.percent.label("vat_percent"))
        .select_from(_ITEM.outerjoin(_RATE, is_rate))
        .where(column.source == source, column.id.in_(sorted(ids)))
    )


def _units(tx: Tx, source: str, ids: Collection[str]) -> dict[str, Row[Any]]:
    column = _UNIT.c
    wanted = select(column.id, column.factor).where(
        column.source == source, column.id.in_(sorted(ids)), column.gone_at.is_(None), ~column.deletion_mark
    )
    found: Any = tx.connection.execute(wanted) if ids else ()
    return {row.id: row for row in found}


def _sorts(tx: Tx, source: str, ids: Collection[str]) -> set[str]:
    column = _SORT.c
    wanted = select(column.id).where(
        column.source == source, column.id.in_(sorted(ids)), column.gone_at.is_(None), ~column.deletion_mark
    )
    return set(tx.connection.execute(wanted).scalars()) if ids else set()


def _prices(tx: Tx, source: str, ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    column = _PRICE.c
    own = ("item_id", "characteristic_id", "unit_id", "price", "currency")
    wanted = (
        select(*(column[name] for name in own), _KIND.c.includes_vat)
        .join(_KIND, and_(_KIND.c.source == column.source, _KIND.c.id == column.price_kind_id))
        .where(column.source == source, column.item_id.in_(sorted(ids)), column.gone_at.is_(None), on_sale())
    )
    found: dict[str, list[Row[Any]]] = {}
    rows: Any = tx.connection.execute(wanted)
    for row in rows:
        found.setdefault(row.item_id, []).append(row)
    return found


def _free(tx: Tx, source: str, ids: Collection[str]) -> dict[tuple[str, str], int]:
    column = _STOCK.c
    free = case((column.purpose_id == "", column.on_hand - column.to_ship), else_=0)
    wanted = (
        select(column.item_id, column.characteristic_id, total(free).label("free"))
        .where(column.source == source, column.item_id.in_(sorted(ids)), column.gone_at.is_(None))
        .group_by(column.item_id, column.characteristic_id)
    )
    return {(row.item_id, row.characteristic_id): row.free for row in tx.connection.execute(wanted)}
