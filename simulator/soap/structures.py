"""1C's Structure as its platform writes and reads it: every value says its type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lxml import etree

from simulator.soap.contract import CORE
from simulator.soap.envelope import SoapFault

XS = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NIL, TYPE = f"{{{XSI}}}nil", f"{{{XSI}}}type"


def fill(element: Any, values: Mapping[str, Any]) -> None:
    """Write the properties of a Structure into `element`."""
    for key, value in values.items():
        property_ = etree.SubElement(element, f"{{{CORE}}}Property", {"name": key}, {None: CORE})
        _put(etree.SubElement(property_, f"{{{CORE}}}Value"), value)


def read(element: Any) -> dict[str, Any]:
    """What a Structure says. A value without a type cannot be restored: 1C refuses the call."""
    return {
        child.get("name"): _value(child.find(f"{{{CORE}}}Value"))
        for child in element.iterfind(f"{{{CORE}}}Property")
    }


def _put(element: Any, value: Any) -> None:
    if value is None:
        element.set(NIL, "true")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        element.set(TYPE, "Array")
        for one in value:
            _put(etree.SubElement(element, f"{{{CORE}}}Value"), one)
    else:
        kind = {bool: "boolean", str: "string", datetime: "dateTime"}.get(type(value), "decimal")
        element.set(TYPE, f"xs:{kind}")
        text = str(value).lower() if isinstance(value, bool) else value
        element.text = text.isoformat() if isinstance(text, datetime) else str(text)


def _value(element: Any) -> Any:
    if element.get(NIL) == "true":
        return None
    prefix, _, kind = element.get(TYPE, "").rpartition(":")
    namespace = element.nsmap.get(prefix or None)
    if (namespace, kind) == (CORE, "Structure"):
        return read(element)
    if (namespace, kind) == (CORE, "Array"):
        return [_value(one) for one in element.iterfind(f"{{{CORE}}}Value")]
    if namespace != XS or not kind:
        raise SoapFault("Ошибка преобразования данных XDTO: Значение не может быть прочитано", "Client")
    return (element.text or "") == "true" if kind == "boolean" else element.text or ""
