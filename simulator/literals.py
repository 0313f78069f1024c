"""Literals of keys, filters and function arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from typing import Literal as OneOf

from simulator.errors import ODataError

LiteralKind = OneOf["string", "guid", "date", "number", "bool"]

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Literal:
    kind: LiteralKind
    value: Any


def guid(text: str) -> Literal:
    if not _GUID.fullmatch(text):
        raise ODataError(1, f"Не удалось разобрать строку '{text}' как значение типа Edm.Guid!")
    return Literal("guid", text.lower())


def date(text: str) -> Literal:
    """A wall-clock moment as `YYYY-MM-DDTHH:MM:SS`; the year has exactly four digits."""
    found = _DATE.fullmatch(text)
    try:
        if not found:
            raise ValueError(text)
        moment = found[1] + (found[2] or "T00:00:00")
        datetime.fromisoformat(moment)
    except ValueError as error:
        message = f"Не удалось разобрать строку '{text}' как значение типа Edm.DateTime!"
        raise ODataError(1, message) from error
    return Literal("date", moment)


def string(text: str) -> Literal:
    return Literal("string", text[1:-1].replace("''", "'"))


def number(text: str) -> Literal:
    return Literal("number", Decimal(text))


_TOKEN = re.compile(
    r"(?P<guid>guid'[^']*')|(?P<date>datetime'[^']*')|(?P<string>'(?:[^']|'')*')"
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<bool>true|false)"
)


def parse(text: str) -> Literal:
    """A literal that is the whole of a key part or a function argument."""
    found = _TOKEN.fullmatch(text.strip())
    if not found:
        raise ODataError(1, f"Не удалось разобрать строку '{text}'!")
    return from_token(str(found.lastgroup), found[0])


def from_token(kind: str, text: str) -> Literal:
    if kind == "guid":
        return guid(text[5:-1])
    if kind == "date":
        return date(text[9:-1])
    if kind == "string":
        return string(text)
    return Literal("bool", text == "true") if kind == "bool" else number(text)
