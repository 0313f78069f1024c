"""Typed records made from a declaration: attributes are the wire's own names."""

from __future__ import annotations

import keyword
import unicodedata
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec

from schemas.source import WireField, WireRow

PYTHON_TYPES: dict[str, type] = {"text": str, "decimal": Decimal, "integer": int, "flag": bool}


def attribute(name: str) -> str:
    """The attribute that holds property `name`: the name itself wherever Python can say it.

    Any other letter becomes an underscore, a keyword gets one behind it.
    """
    text = unicodedata.normalize("NFKC", name)
    text = "".join(letter if letter == "_" or letter.isalnum() else "_" for letter in text)
    if not text.isidentifier():
        text = f"_{text}"
    return f"{text}_" if keyword.iskeyword(text) else text


def row_type(row: WireRow, *, wrapped_parts: bool = False) -> Any:
    """A struct with exactly the declared fields, all required; one and the same for equal declarations.

    Missing is not null: a nullable field must still be there. `wrapped_parts` also takes a part that travels
    as `{"results": [...]}`; the decoder unwraps it.
    """
    return _row_type(row, wrapped_parts)


@cache
def _row_type(row: WireRow, wrapped_parts: bool) -> Any:
    fields: list[tuple[str, Any]] = [(attribute(field.name), _type(field)) for field in row.fields]
    for name, part in row.parts:
        lines = list_of(_row_type(part, wrapped_parts))
        fields.append((attribute(name), lines | wrapped(lines) if wrapped_parts else lines))
    names = {attribute(name): name for name in (*(f.name for f in row.fields), *(n for n, _ in row.parts))}
    if len(names) < len(fields):
        raise ValueError(f"two of these names make the same attribute: {sorted(names.values())}")
    return msgspec.defstruct("Record", fields, rename=names, gc=False)


@cache
def wrapped(lines: Any) -> Any:
    return msgspec.defstruct("Wrapped", [("results", lines)], gc=False)


def list_of(record: Any) -> Any:
    return list[record]


def _type(field: WireField) -> Any:
    plain = PYTHON_TYPES[field.type]
    return plain | None if field.nullable else plain
