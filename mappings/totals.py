"""How a register answers for what its movements sum to, and one movement as those sums count it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mappings.values import Context, Unreadable
from schemas.ledger import Line
from schemas.money import to_units
from schemas.source import WireField, WireRow
from schemas.types import WallClock

if TYPE_CHECKING:
    from mappings.entity import Entity

UNKNOWN_EXPONENT = 2  # of a currency that is not in the hub's list; its key stands for its code


@dataclass(frozen=True, slots=True)
class Totals:
    """`register` answers Balance and Turnovers by the dimensions `key` (of settlements) and `currency`.

    `resources` gives the register's resource behind each amount of the record: Receipt adds to it, Expense
    takes away.
    """

    register: str
    key: str
    currency: str
    resources: Mapping[str, str]

    def renamed(self, names: Mapping[str, str]) -> Totals:
        resources = {field: names.get(name, name) for field, name in self.resources.items()}
        key, currency = names.get(self.key, self.key), names.get(self.currency, self.currency)
        return replace(self, key=key, currency=currency, resources=resources)

    def needs(self) -> Mapping[str, str]:
        """The columns of its balance, each with the site field it is compared with."""
        amounts = {f"{name}Balance": field for field, name in self.resources.items()}
        return {self.key: "settlement_key_id", self.currency: "currency", **amounts}


def figure(context: Context, amount: Decimal, currency_key: str) -> tuple[str, int]:
    """Give the currency's code and the amount in its minor units. Errors: ValueError: nothing is rounded."""
    code, exponent = context.currencies.get(currency_key, (currency_key, UNKNOWN_EXPONENT))
    return code, to_units(amount, exponent)


def line_row(entity: Entity, totals: Totals) -> WireRow:
    """What must be read of a movement to count it."""
    names = ("recorder_id", "recorder_kind", "line_no", "at", "active")
    wires = [wire for name in (*names, *totals.resources) for wire in entity.fields[name].reads]
    wires += [WireField(totals.key, "text"), WireField(totals.currency, "text")]
    merged: dict[str, WireField] = {}
    for wire in wires:
        if wire.name not in merged or wire.nullable:
            merged[wire.name] = wire
    return WireRow(tuple(merged.values()))


def line_reader(
    entity: Entity, totals: Totals, context: Context, attribute: Callable[[str], str]
) -> Callable[[Any], Line]:
    """Give a function that reads a decoded movement, also one that the mapping refuses: totals count it too.

    Errors: ValueError where an amount has more decimals than its currency, or is neither added nor taken away.
    """
    recorder, number, at, active = (
        attribute(entity.fields[name].reads[0].name) for name in ("recorder_id", "line_no", "at", "active")
    )
    kind = entity.fields["recorder_kind"]
    kinds = [attribute(wire.name) for wire in kind.reads]
    key, currency = attribute(totals.key), attribute(totals.currency)
    amounts = [[attribute(wire.name) for wire in entity.fields[name].reads] for name in totals.resources]

    def read(row: Any) -> Line:
        currency_key = getattr(row, currency)
        code, _ = figure(context, Decimal(0), currency_key)
        moved = tuple(
            _signed(figure(context, getattr(row, amount), currency_key)[1], getattr(row, direction))
            for amount, _, direction in amounts
        )
        word = kind.convert(*(getattr(row, name) for name in kinds)) if kind.convert else ""
        document = (getattr(row, recorder), word, getattr(row, number), WallClock(getattr(row, at)))
        return Line(getattr(row, key), code, *document, moved, getattr(row, active) is True)

    return read


def _signed(units: int, direction: str) -> int:
    if direction not in ("Receipt", "Expense"):
        raise Unreadable(
            f"a movement is neither Receipt nor Expense but {direction!r}",
            "Tell the developers of the hub: this register is not one of balances.",
        )
    return units if direction == "Receipt" else -units
