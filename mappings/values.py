"""Pure conversions of single values: from what 1C sends to what the site keeps.

`Unreadable` names the reason and the next action; `mappings/compiled.py` adds field and record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from schemas.money import currencies, to_units

EMPTY_GUID = "00000000-0000-0000-0000-000000000000"
EMPTY_DATE = "0001-01-01T00:00:00"
FIRST_YEAR, LAST_YEAR = "1980", "2100"


class Unreadable(ValueError):
    """A value cannot be turned into what the site promises."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Context:
    """What mappings need to know of the rest of the source, read once per run.

    `currencies` gives ISO code and exponent by key; `contact_kinds` the configuration's name by key.
    """

    currencies: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    contact_kinds: Mapping[str, str] = field(default_factory=dict)


def text(value: str | None) -> str:
    if value is None:
        return ""
    if "\0" in value:
        raise Unreadable(
            "the text holds a character U+0000, which no database keeps",
            "Delete the invisible character in the accounting system and pull again.",
        )
    return value.rstrip()


def folded(*parts: str | None) -> str:
    return "\n".join(text(part) for part in parts).casefold()


def guid(value: str) -> str:
    if value == EMPTY_GUID or len(value) != 36:
        raise Unreadable("the key is empty", "Repair the record in the accounting system and pull again.")
    return value


def ref(value: str | None) -> str | None:
    return None if value is None or value in (EMPTY_GUID, "") else value


def key_part(value: str) -> str:
    return ref(value) or ""


def other_ref(value: str | None, own: str) -> str | None:
    return None if value == own else ref(value)


def any_ref(value: str | None, kind: str | None) -> str | None:
    if value is None or kind in (None, "", "StandardODATA.Undefined") or kind.startswith("Edm."):
        return None
    return ref(value)


def kind_of(value: str | None, kind: str | None, kinds: Mapping[str, str]) -> str:
    if kind is None or any_ref(value, kind) is None:
        return ""
    name = kind.removeprefix("StandardODATA.")
    return kinds.get(name, name)


def flag(value: bool | None) -> bool:
    return value is True


def negated(value: bool | None) -> bool:
    return value is not True


def micro(value: Decimal) -> int:
    try:
        return to_units(value, 6)
    except ValueError as error:
        raise Unreadable(str(error), "Round the value in the accounting system and pull again.") from error


def total(value: Decimal | None) -> int:
    return 0 if value is None else micro(value)


def ratio(numerator: Decimal, denominator: Decimal) -> int:
    if not numerator or not denominator:
        return 1_000_000
    return int((numerator / denominator).scaleb(6).to_integral_value())


def _currency(context: Context, key: str) -> tuple[str, int]:
    known = context.currencies.get(key)
    if known is None:
        raise Unreadable(
            f"the currency {key} is not in the list of currencies",
            "Pull currencies; if it is there with an unknown code, set its ISO 4217 code in 1C.",
        )
    return known


def _units(amount: Decimal, exponent: int) -> int:
    try:
        return to_units(amount, exponent)
    except ValueError as error:
        raise Unreadable(str(error), "Repair the amount in the accounting system and pull again.") from error


def money(context: Context, amount: Decimal, currency_key: str) -> int:
    return _units(amount, _currency(context, currency_key)[1])


def optional_money(context: Context, amount: Decimal, currency_key: str) -> int | None:
    return None if currency_key == EMPTY_GUID else money(context, amount, currency_key)


def signed_money(context: Context, amount: Decimal, currency_key: str, direction: str) -> int:
    units = money(context, amount, currency_key)
    if direction == "Receipt":
        return units
    if direction == "Expense":
        return -units
    raise Unreadable(
        f"the movement is neither Receipt nor Expense but {direction!r}",
        "Tell the developers of the hub: this register is not one of balances.",
    )


def limit(context: Context, amount: Decimal, applies: bool, currency_key: str) -> int | None:
    return money(context, amount, currency_key) if applies else None


def days(count: int) -> int | None:
    if count < 0:
        raise Unreadable(f"{count} days is no deferral", "Correct the deferral in the contract in 1C.")
    return count or None


def switched_days(count: int, applies: bool) -> int | None:
    if not applies:
        return None
    days(count)
    return count


def currency(context: Context, key: str) -> str:
    return _currency(context, key)[0]


def optional_currency(context: Context, key: str | None) -> str | None:
    return None if key is None or key == EMPTY_GUID else _currency(context, key)[0]


def iso_currency(code: str) -> str:
    known = currencies().get(code.strip().upper())
    if known is None:
        raise Unreadable(
            f"{code.strip()!r} is no ISO 4217 currency",
            "Set the currency's numeric or letter code by ISO 4217 in the accounting system.",
        )
    return known.code


def moment(value: str) -> str:
    if not FIRST_YEAR <= value[:4] < LAST_YEAR or len(value) != 19:
        raise Unreadable(
            f"the date {value} is out of range",
            f"Correct the date in 1C: years {FIRST_YEAR} to {int(LAST_YEAR) - 1} are understood.",
        )
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise Unreadable(f"{value!r} is no date", "Correct the date in 1C and pull again.") from error
    return value


def optional_moment(value: str) -> str | None:
    return None if value == EMPTY_DATE else moment(value)


def day(value: str | None) -> str | None:
    return None if value is None or value == EMPTY_DATE else moment(value)[:10]


def choice(value: str | None, words: Mapping[str, str]) -> str:
    found = words.get(value or "")
    if found is None:
        raise Unreadable(
            f"the value {value!r} is not one the mapping knows",
            "Add the value to the declaration in `mappings/`, or correct it in the accounting system.",
        )
    return found


EXTENSION_TYPES = {
    "String": "text",
    "Double": "number",
    "Int64": "number",
    "Boolean": "flag",
    "DateTime": "moment",
}


def extension(rows: Sequence[Any]) -> str:
    """JSON: {property key: {"type": text | number | flag | moment | <what it refers to>, "value": text}}."""
    found = {}
    for row in rows:
        kind = row.Значение_Type
        if kind.startswith("Edm."):
            name = EXTENSION_TYPES.get(kind.removeprefix("Edm."), "text")
        elif kind in ("", "StandardODATA.Undefined"):
            continue
        else:
            name = kind.removeprefix("StandardODATA.")
        found[row.Свойство_Key] = {"type": name, "value": row.Значение}
    return json.dumps(found, ensure_ascii=False, sort_keys=True)
