"""What an order says: who ordered, what, for how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desk.frame.visits import Visit
from printing import formats
from schemas import TABLES, orders
from schemas.ids import external
from schemas.languages import Language
from schemas.money import currencies
from schemas.orders import Order, OrderLine
from store import order_list, records, submissions
from store.engine import Tx
from store.order_list import Names
from store.submissions import Submission


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers as they are read; amounts in minor units."""

    name: str
    sort: str
    code: str
    quantity: str
    unit: str
    price: str
    discount: str
    amount: int
    vat_percent: str
    vat: int


@dataclass(frozen=True, slots=True)
class Party:
    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What the version that counts now says. What the store has no name for is told by its key."""

    order: Order
    counterparty: Party
    branch: Party | None
    organization: str
    contract: str
    contact: str
    on_behalf_of: str
    lines: Sequence[Line]
    vat: int


def of(tx: Tx, visit: Visit, found: Submission) -> Contents:
    said, source = orders.order(submissions.body(tx, found)), found.source
    names = order_list.names(tx, source, [found], said)
    contract = names.get("contract", said.contract_id)
    return Contents(
        order=said,
        counterparty=_party(names, source, said.counterparty_id),
        branch=_party(names, source, said.branch_id) if said.branch_id else None,
        organization=_name(names, "organization", said.organization_id),
        contract=(contract.name or contract.number) if contract is not None else said.contract_id,
        contact=_name(names, "contact", said.contact_id),
        on_behalf_of=_name(names, "contact", said.on_behalf_of),
        lines=_lines(tx, visit.language, source, said, names),
        vat=sum(line.vat for line in said.lines),
    )


def item_name(names: Names, item_id: str) -> str:
    return _name(names, "item", item_id)


def _party(names: Names, source: str, counterparty_id: str) -> Party:
    address = f"/desk/counterparties/{external(source, counterparty_id)}"
    return Party(address, _name(names, "counterparty", counterparty_id))


def _name(names: Names, table: str, key: str | None) -> str:
    row: Any = names.get(table, key)
    return (row.name if row is not None else "") or key or ""


def _lines(tx: Tx, language: Language, source: str, said: Order, names: Names) -> list[Line]:
    units = _own_units(tx, source, said, names)
    return [_line(line, names, units, said.currency, language) for line in said.lines]


def _own_units(tx: Tx, source: str, said: Order, names: Names) -> dict[str, str]:
    """What those units are called that items are counted in where a line names none: a few, however many lines."""
    items = [names.get("item", line.item_id) for line in said.lines if line.unit_id is None]
    found: dict[str, str] = {}
    for key in {item.unit_id for item in items if item is not None and item.unit_id}:
        unit: Any = records.get(tx, TABLES["unit"], source, (key,))
        found[key] = unit.name if unit is not None else ""
    return found


def _line(line: OrderLine, names: Names, units: Mapping[str, str], currency: str, language: Language) -> Line:
    item: Any = names.get("item", line.item_id)
    own = units.get(item.unit_id, "") if item is not None else ""
    known = currency if currency in currencies() else None
    return Line(
        name=_name(names, "item", line.item_id),
        sort=_name(names, "characteristic", line.characteristic_id),
        code=(item.article or item.code) if item is not None else "",
        quantity=formats.exact(line.quantity, language),
        unit=_name(names, "unit", line.unit_id) if line.unit_id else own,
        price=formats.exact(line.price, language, known),
        discount=formats.exact(line.discount, language) if line.discount else "",
        amount=line.amount,
        vat_percent="" if line.vat_percent is None else formats.exact(line.vat_percent, language),
        vat=line.vat,
    )
