"""Stored values as JSON may carry them: amounts and quantities as decimal text, nothing internal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

from msgspec import Meta

from schemas.money import Money, currencies, from_units
from schemas.records import RecordTable
from schemas.types import Micro, Units

MICRO_PLACES = 6
Decimal = Annotated[
    str, Meta(description="Decimal text.", pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["2.5"])
]


def decimal(micro: int) -> str:
    """A quantity, price or rate without zeros that say nothing."""
    return f"{from_units(micro, MICRO_PLACES).normalize():f}"


def shown(table: RecordTable, record: Mapping[str, Any]) -> dict[str, str | int | bool | None]:
    """The fields of a record that may leave; an amount in a currency that is not known stays in minor units."""
    return {
        name: _value(kind, record[name], _currency(name, record))
        for name, kind in table.fields.items()
        if name not in table.internal
    }


def in_zone(wall_clock: str, zone: ZoneInfo) -> datetime:
    """A moment of the accounting system's clock."""
    return datetime.fromisoformat(wall_clock).replace(tzinfo=zone)


def day(given: str | None) -> date | None:
    return None if given is None else date.fromisoformat(given)


def _value(kind: object, value: Any, currency: str | None) -> str | int | bool | None:
    kinds = (kind, *get_args(kind))
    if value is None or not (Units in kinds or Micro in kinds):
        return value  # type: ignore[no-any-return]
    if Micro in kinds:
        return f"{from_units(value, MICRO_PLACES):f}"
    return str(Money(value, currency)) if currency in currencies() else str(value)


def _currency(name: str, record: Mapping[str, Any]) -> str:
    """Amounts of settlement have a currency of their own beside them."""
    own = record.get("settlement_currency") if name.startswith("settlement_") else None
    return str(own or record.get("currency") or "")
