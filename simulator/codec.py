"""Values of the base to the text 1C writes, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

import msgspec

from simulator.edm import EMPTY_DATE, UNDEFINED, ZERO_GUID, Edm, Kind, Property

quoted: Callable[[str], str] = encode_basestring
Text = Callable[[Any], str]
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def number_text(value: Decimal | int) -> str:
    """A number as 1C writes it: no exponent, no trailing zeros (`22729.17`, `150129`)."""
    if isinstance(value, int):
        return str(value)
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0", "-") else text


def plain_text(value: Any) -> str:
    """A composite's value, or any other, as the text of an Edm.String."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, Decimal | int) else str(value)


def _in_quotes(value: Any) -> str:
    return f'"{value}"'


def _bool_text(value: Any) -> str:
    return "true" if value else "false"


def _composite_text(value: Any) -> str:
    return quoted(value if isinstance(value, str) else plain_text(value))


def type_text(edm: Edm) -> Callable[[str], str]:
    """`Document_X` or `StandardODATA.Document_X` to what the wire shows for that type."""
    known: dict[str, str] = {"": UNDEFINED, UNDEFINED: UNDEFINED}

    def of(value: str) -> str:
        if value not in known:
            known[value] = (
                value
                if value.startswith("UnavailableEntities.")
                else edm.type_name(value.removeprefix("StandardODATA."))
            )
        return known[value]

    return of


def empty_text(one: Property) -> str:
    """The JSON text of the type's empty value."""
    if one.kind == "string":
        return quoted(" " * one.length)
    return _EMPTY[one.kind]


_EMPTY: Mapping[Kind, str] = {
    "guid": f'"{ZERO_GUID}"',
    "double": "0",
    "int64": '"0"',
    "int16": "0",
    "datetime": f'"{EMPTY_DATE}"',
    "bool": "false",
    "composite": '""',
    "type": f'"{UNDEFINED}"',
    "part": "[]",
}

_TEXTS: Mapping[Kind, Text] = {
    "string": quoted,
    "double": number_text,
    "int64": _in_quotes,
    "int16": str,
    "bool": _bool_text,
    "composite": _composite_text,
}


def _text_of(one: Property, edm: Edm) -> Text:
    if one.kind == "type":
        of = type_text(edm)
        return lambda value: f'"{of(value)}"'
    if one.kind == "string" and one.length:
        return lambda value: quoted(value.ljust(one.length))
    if one.kind == "part":
        return RowsCodec(one.rows, edm).text
    return _TEXTS[one.kind]


class RowsCodec:
    """Rows of a tabular section to a JSON array, one property a line."""

    def __init__(self, properties: tuple[Property, ...], edm: Edm) -> None:
        self._lines = LinesCodec(properties, edm)

    def text(self, rows: Sequence[Mapping[str, Any]]) -> str:
        if not rows:
            return "[]"
        return "[\n" + ",\n".join("{\n" + self._lines.text(row) + "\n}" for row in rows) + "\n]"


class LinesCodec:
    """One object's properties to `"Name": value` lines in the order of the declaration."""

    def __init__(self, properties: tuple[Property, ...], edm: Edm) -> None:
        self._empty = [f'"{p.name}": {empty_text(p)}' for p in properties]
        self._plan = {p.name: (place, *_line(p, edm)) for place, p in enumerate(properties)}

    def text(self, values: Mapping[str, Any], absent: Mapping[str, str] | None = None) -> str:
        """`absent` gives whole lines for properties that do not apply (a group's `null`)."""
        lines = self._empty.copy()
        plan = self._plan
        for name, line in (absent or {}).items():
            lines[plan[name][0]] = line
        for name, value in values.items():
            if name not in plan:
                raise ValueError(f"no such property: {name}")
            if value is not None:
                place, prefix, text = plan[name]
                lines[place] = prefix + value + '"' if text is None else prefix + text(value)
        return ",\n".join(lines)


def _line(one: Property, edm: Edm) -> tuple[str, Text | None]:
    """What stands before a value, and its text; guids and dates only want a closing quote."""
    if one.kind in ("guid", "datetime"):
        return f'"{one.name}": "', None
    return f'"{one.name}": ', _text_of(one, edm)


def decode(text: str | bytes, properties: Iterable[Property]) -> dict[str, Any]:
    """Stored JSON back to the values it was written from: Decimal, int, bool, str, rows as dicts."""
    return decode_values(_DECODER.decode(text), properties)


def decode_values(values: dict[str, Any], properties: Iterable[Property]) -> dict[str, Any]:
    for one in properties:
        if one.kind in ("int64", "double", "part") and (value := values[one.source]) is not None:
            if one.kind == "int64":
                values[one.source] = int(value)
            elif one.kind == "double":
                values[one.source] = value if isinstance(value, Decimal) else Decimal(value)
            else:
                values[one.source] = [decode_values(row, one.rows) for row in value]
    return values
