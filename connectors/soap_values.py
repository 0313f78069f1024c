"""Values of 1C's own types (Structure, Array, Map, ValueTable) between Python and zeep, strictly.

1C restores a value only if it says its type, so nothing is sent without one. Numbers are Decimal both ways:
a float is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from zeep import xsd
from zeep.xsd.valueobjects import CompoundValue

from connectors.wsdl import Description
from schemas.errors import SourceContractError

XSD: Any = xsd  # zeep tells no types of its own
CORE = "http://v8.1c.ru/8.1/data/core"
EMPTY_DATE = datetime(1, 1, 1)
PLAIN = (str, bool, int, Decimal, bytes)


def structure(description: Description, values: Mapping[str, Any]) -> Any:
    """A Structure to send. Errors: TypeError for a value that 1C has no exact type for."""
    properties = [{"name": name, "Value": _typed(description, value)} for name, value in values.items()]
    return description.type(CORE, "Structure")(Property=properties)


def _typed(description: Description, value: Any) -> Any:
    if value is None:
        return XSD.AnyObject(None, None)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return XSD.AnyObject(XSD.Decimal(), f"{Decimal(value):f}")
    for kind, xsd_type in ((bool, XSD.Boolean), (str, XSD.String), (bytes, XSD.Base64Binary)):
        if isinstance(value, kind):
            return XSD.AnyObject(xsd_type(), value)
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        return XSD.AnyObject(XSD.DateTime(), moment)
    if isinstance(value, Mapping):
        return XSD.AnyObject(description.type(CORE, "Structure"), structure(description, value))
    if isinstance(value, Sequence):
        array = description.type(CORE, "Array")
        return XSD.AnyObject(array, array(Value=[_typed(description, one) for one in value]))
    raise TypeError(f"{type(value).__name__} cannot be sent to 1C exactly")


def plain(value: Any) -> Any:
    """What came: a Structure or Map as a dict, an Array as a list, a ValueTable as a list of dicts.

    An empty date (0001-01-01) is None, as nil is; so is an empty string, for the wire does not tell them apart.
    Errors: SourceContractError for a type that cannot be read exactly.
    """
    if value is None or isinstance(value, PLAIN):
        return value
    if isinstance(value, datetime):
        return None if value.replace(tzinfo=None) == EMPTY_DATE else value
    if isinstance(value, date):
        return value
    if isinstance(value, CompoundValue):
        return _compound(value)
    what = "a binary fraction (xs:double)" if isinstance(value, float) else f"a {type(value).__name__}"
    raise _unreadable(f"a value is {what}")


def _compound(value: CompoundValue) -> Any:
    kind = type(value).__name__
    if kind in ("Structure", "FixedStructure"):
        return {one["name"]: plain(one["Value"]) for one in value["Property"] or ()}
    if kind in ("Array", "FixedArray"):
        return [plain(one) for one in value["Value"] or ()]
    if kind in ("Map", "FixedMap"):
        return {plain(one["Key"]): plain(one["Value"]) for one in value["pair"] or ()}
    if kind == "ValueTable":
        return _table(value)
    raise _unreadable(f"a value is of the type {kind}")


def _table(value: CompoundValue) -> list[dict[str, Any]]:
    names = [column["Name"] for column in value["column"] or ()]
    rows = []
    for row in value["row"] or ():
        cells = row["Value"] or []
        if len(cells) != len(names):
            raise _unreadable("a row of a ValueTable has not as many values as there are columns")
        rows.append(dict(zip(names, map(plain, cells), strict=True)))
    return rows


def _unreadable(message: str) -> SourceContractError:
    return SourceContractError(
        message, hint="give this value another type in the module of the web service: see onec/README.md"
    )
