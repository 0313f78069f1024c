"""The JSON body of a write."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from simulator.errors import ODataError

Body = dict[str, Any]


def body(content_type: str, data: bytes) -> Body:
    """What a client sent. 1C takes Atom entries too; they are not simulated."""
    if "xml" in content_type or data.lstrip()[:1] == b"<":
        raise ODataError(3, f"Тип представления {content_type} не поддерживается!")
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object, parse_float=Decimal)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ODataError(-1, "Непредвиденный символ при чтении JSON") from error
    if not isinstance(found, dict):
        raise ODataError(2, "Неверный формат запроса!")
    return found


def _object(pairs: Iterable[tuple[str, Any]]) -> Body:
    found: Body = {}
    for name, value in pairs:
        if name in found:
            raise ODataError(18, f"Свойство {name} указано в объекте более одного раза!")
        found[name] = value
    return found
