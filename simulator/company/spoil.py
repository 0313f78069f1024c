"""Plants one bad thing into a base, as careless users, imports and crashes leave them behind.

Documents are planted as orders unless told otherwise: an order moves no debt, so `totals` still
closes and a test can see that nothing else was lost. Planting the same thing twice changes nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from simulator.base import Base
from simulator.company.chance import Guids
from simulator.company.firm import ORDER, SHIPMENT
from simulator.company.ledger import BY_DUE_DATE, SETTLEMENTS

_guid = Guids("spoil")
_ZERO = "00000000-0000-0000-0000-000000000000"


def year_0209(base: Base, kind: str = ORDER) -> str:
    """A document whose year was typed wrong; gives its reference."""
    return _plant(base, kind, "year", Date="0209-05-14T12:00:00")


def no_counterparty(base: Base, kind: str = ORDER) -> str:
    """A document with an empty counterparty; gives its reference."""
    return _plant(base, kind, "counterparty", Контрагент_Key=_ZERO)


def unknown_currency(base: Base, kind: str = ORDER) -> str:
    """A currency 999 that no standard knows, and a document in it; gives the document's reference."""
    currency = _guid("currency", 999)
    row = {"Ref_Key": currency, "Code": "999", "Description": "XXX", "НаименованиеПолное": "Условная единица"}
    base.write("Catalog_Валюты", [row])
    return _plant(base, kind, "currency", Валюта_Key=currency)


def three_decimals(base: Base, kind: str = ORDER) -> str:
    """A document over a fraction of a kopeck; gives its reference."""
    return _plant(base, kind, "decimals", СуммаДокумента=Decimal("1250.105"))


def unknown_enum_value(base: Base, kind: str = ORDER, field: str = "Статус") -> str:
    """A document in a state the configuration does not have; gives its reference."""
    return _plant(base, kind, "enum", **{field: "НаРассмотрении"})


def string_over_length(base: Base, kind: str = ORDER, field: str = "Number", length: int = 600) -> str:
    """A document with a string far over its declared length; gives its reference."""
    return _plant(base, kind, "length", **{field: "Ж" * length})


def control_character(base: Base, kind: str = ORDER) -> str:
    """A document whose comment holds the character 0x02, which XML cannot carry; gives its reference."""
    return _plant(base, kind, "control", Комментарий="до\x02после")


def movement_for_unknown_contract(base: Base) -> str:
    """A movement, and so a balance, for a settlement key nobody wrote; gives that key."""
    key = _guid("settlement key", "unknown")
    _move(base, _plant(base, SHIPMENT, "unknown contract"), key)
    return key


def movement_of_unposted_document(base: Base) -> str:
    """A shipment that is not posted and still has its movement; gives its reference."""
    ref = _plant(base, SHIPMENT, "unposted", Posted=False)
    found = next(iter(base.iterate("Catalog_КлючиАналитикиУчетаПоПартнерам")))
    _move(base, ref, found["Ref_Key"])
    return ref


def _plant(base: Base, kind: str, name: str, **changes: Any) -> str:
    """A posted document like the first of its kind, but for the changes."""
    for sample in base.iterate(kind):
        if sample["Posted"]:
            ref = _guid(kind, name)
            base.write(kind, [{**sample, "Ref_Key": ref, "Number": "ИС00-999999", **changes}])
            return ref
    raise LookupError(f"the base has no posted {kind}: build a company into it first")


def _move(base: Base, shipment: str, key: str) -> None:
    document = base.read(SHIPMENT, shipment)
    assert document is not None
    common = {
        "Period": document["Date"],
        "RecordType": "Receipt",
        "АналитикаУчетаПоПартнерам_Key": key,
        "Валюта_Key": document["Валюта_Key"],
    }
    amount = document["СуммаДокумента"]
    base.write_records(SETTLEMENTS, shipment, SHIPMENT, [{**common, "Сумма": amount}])
    debt = {
        "РасчетныйДокумент": shipment,
        "РасчетныйДокумент_Type": SHIPMENT,
        "Долг": amount,
        "ДолгРегл": amount,
    }
    base.write_records(BY_DUE_DATE, shipment, SHIPMENT, [{**common, **debt}])
