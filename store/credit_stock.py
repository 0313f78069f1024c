"""Whether what an order wants is free: on hand, not promised to anybody, and not in orders on their way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select

from schemas import TABLES, freshness
from schemas import orders as content
from schemas.credit import Doubt, Goods
from schemas.freshness import State
from schemas.orders import Order, OrderLine
from schemas.settings import HubSettings, SourceSettings
from store import submissions, sync_state
from store.balance_sql import total
from store.credit_in_flight import Sent
from store.engine import Tx
from store.record_tables import STORED

Sort = tuple[str, str]  # item, characteristic
STOCK = ("stock",)
GOODS = "goods"  # services are in no warehouse
DOUBTS: Mapping[State, Doubt] = {"never": "never_read", "stale": "stale"}

_ITEM, _UNIT, _STOCK = (STORED[TABLES[name]] for name in ("item", "unit", "stock"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """See `schemas.credit.Facts`; nothing where the base does not ask for it."""

    goods: tuple[Goods, ...] = ()
    as_of: datetime | None = None
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class _Units:
    """`own` is the item's unit, `factors` how many base units (in millionths) each unit holds."""

    kinds: dict[str, str]
    own: dict[str, str | None]
    factors: dict[str, int]


def read(tx: Tx, settings: HubSettings, source: SourceSettings, order: Order, sent: Sent) -> Stock:
    """Of the goods among the lines; where stock changes nothing, nothing is read.

    Orders of other counterparties want the same goods: who asks is alone with the stock of the base.
    """
    if source.orders.over_stock == "pass":
        return Stock()
    tx.alone(f"stock {source.id}")
    items = {line.item_id for line in order.lines}
    units = _units(tx, source.id, items)
    others = [content.order(submissions.body(tx, one)).lines for one in sent.not_in_books]
    promised = _wanted((line for lines in others for line in lines if line.item_id in items), units)
    free = _free(tx, source.id, items)
    goods = tuple(
        Goods(
            item_id=sort[0],
            characteristic_id=sort[1],
            wanted=wanted,
            free=free.get(sort, 0),
            in_flight=promised.get(sort) or 0,
        )
        for sort, wanted in sorted(_wanted(order.lines, units).items())
    )
    as_of = sync_state.of(tx, source.id, STOCK).as_of
    target = freshness.target_s(source, "stock", settings.fresh_for_s)
    doubt = DOUBTS.get(freshness.state(as_of, tx.now, target))
    return Stock(goods=goods, as_of=as_of, doubts=(doubt,) if doubt else ())


def _wanted(lines: Iterable[OrderLine], units: _Units) -> dict[Sort, int | None]:
    """By item and characteristic, in the item's own unit; None where a line's unit cannot be told in it."""
    found: dict[Sort, int | None] = {}
    for line in lines:
        if units.kinds.get(line.item_id, GOODS) != GOODS:
            continue
        sort, own = (line.item_id, line.characteristic_id), units.own.get(line.item_id)
        before, one = found.get(sort, 0), _in_own(line, own, units)
        found[sort] = None if before is None or one is None else before + one
    return found


def _in_own(line: OrderLine, own: str | None, units: _Units) -> int | None:
    if line.unit_id in (None, own):
        return line.quantity
    factor, of_own = units.factors.get(line.unit_id or ""), units.factors.get(own or "")
    if factor is None or not of_own:
        return None
    return -(-line.quantity * factor // of_own)  # up: a part of a piece is a piece more


def _units(tx: Tx, source: str, items: Iterable[str]) -> _Units:
    column = _ITEM.c
    rows = tx.connection.execute(
        select(column.id, column.kind, column.unit_id).where(
            column.source == source, column.id.in_(sorted(items))
        )
    ).all()
    unit = _UNIT.c
    factors = tx.connection.execute(select(unit.id, unit.factor).where(unit.source == source)).all()
    return _Units(
        {row.id: row.kind for row in rows},
        {row.id: row.unit_id for row in rows},
        {row.id: row.factor for row in factors},
    )


def _free(tx: Tx, source: str, items: Iterable[str]) -> dict[Sort, int]:
    """What is set apart for somebody's order is nobody else's."""
    column = _STOCK.c
    free = case((column.purpose_id == "", column.on_hand - column.to_ship), else_=0)
    wanted = (
        select(column.item_id, column.characteristic_id, total(free))
        .where(column.source == source, column.item_id.in_(sorted(items)), column.gone_at.is_(None))
        .group_by(column.item_id, column.characteristic_id)
    )
    return {(item, sort): int(units) for item, sort, units in tx.connection.execute(wanted)}
