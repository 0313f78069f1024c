"""What the books keep of what was sent, field by field. Pure.

1C writes the same value in other letters: keys in capitals, fixed strings padded, Int64 as text, line ends of its
own. None of that is a difference; a digit is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

from mappings.values import EMPTY_DATE, EMPTY_GUID
from schemas.outgoing import Difference, Row, WrittenType

MARKER = re.compile(r"\[saldo ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]")
EMPTY = {
    "guid": EMPTY_GUID,
    "moment": EMPTY_DATE,
    "text": "",
    "decimal": "0",
    "integer": "0",
    "flag": "false",
}


def marker(id: str) -> str:
    """What travels inside the accounting record, for a person to see and for us to know it again."""
    return f"[saldo {id}]"


def compared(sent: Iterable[tuple[str, WrittenType, object]], row: Row, place: str) -> Iterator[Difference]:
    for name, kind, value in sent:
        if name not in row:
            yield Difference(place + name, _shown(value), None)
        elif not equal(kind, value, row[name]):
            yield Difference(place + name, _shown(value), _shown(row[name]))


def equal(kind: WrittenType, sent: object, stored: object) -> bool:
    if stored is None:
        stored = EMPTY[kind]
    match kind:
        case "flag":
            return _shown(sent) == _shown(stored)
        case "decimal" | "integer":
            return _number(sent) == _number(stored) is not None
        case "guid":
            return str(sent).lower() == str(stored).lower()
        case "moment":
            return str(sent) == str(stored)
        case "text":
            return _text(sent) == _text(stored)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _text(value: object) -> str:
    return str(value).replace("\r\n", "\n").rstrip()


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
