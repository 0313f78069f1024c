"""Companies to test against, and the words the tests share."""

from __future__ import annotations

from datetime import date
from typing import Any

from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE

TODAY = date(2026, 11, 22)
SHIPMENT = "Document_РеализацияТоваровУслуг"
SETTLEMENTS = "AccumulationRegister_РасчетыСКлиентами"
BY_DUE_DATE = "AccumulationRegister_РасчетыСКлиентамиПоСрокам"
ZERO_GUID = "00000000-0000-0000-0000-000000000000"


def company(size: str | int = "tiny", seed: int = 1, currency: str = "RUB", today: date = TODAY) -> Base:
    base = Base(TRADE)
    build(base, CompanyOptions(seed=seed, size=size, currency=currency, today=today))
    return base


def sets() -> list[str]:
    catalogs = [f"{one.prefix}_{one.name}" for one in TRADE.catalogs]
    registers = [f"AccumulationRegister_{one.name}" for one in TRADE.accumulation_registers]
    information = [f"InformationRegister_{one.name}" for one in TRADE.information_registers]
    return [*catalogs, *documents(), *registers, *information]


def documents() -> list[str]:
    return [f"Document_{one.name}" for one in TRADE.documents]


def side(record: dict[str, Any]) -> int:
    return 1 if record["RecordType"] == "Receipt" else -1
