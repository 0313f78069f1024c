"""Result types of a register's virtual tables."""

from __future__ import annotations

from dataclasses import replace

from simulator.edm import EntityType, Property
from simulator.model import AccumulationRegister

PERIODS = (
    *("Period", "SecondPeriod", "MinutePeriod", "HourPeriod", "DayPeriod", "WeekPeriod", "TenDaysPeriod"),
    *("MonthPeriod", "QuarterPeriod", "HalfYearPeriod", "YearPeriod"),
)

BALANCE = ("Balance",)
TURNOVER = ("Turnover", "Receipt", "Expense")
BALANCE_AND_TURNOVER = ("OpeningBalance", "Turnover", "Receipt", "Expense", "ClosingBalance")

RESULTS = {"Balance": "Balance", "Turnovers": "Turnover", "BalanceAndTurnovers": "BalanceAndTurnover"}


def suffixes(register: AccumulationRegister, function: str) -> tuple[str, ...]:
    """What is appended to a resource's name; a turnover register has no receipts and expenses."""
    if function == "Balance":
        return BALANCE
    if function == "BalanceAndTurnovers":
        return BALANCE_AND_TURNOVER
    return ("Turnover",) if register.turnover_only else TURNOVER


def functions(register: AccumulationRegister) -> tuple[str, ...]:
    return ("Turnovers",) if register.turnover_only else tuple(RESULTS)


def dimensions(record: EntityType) -> tuple[Property, ...]:
    return tuple(p for p in record.properties if p.role == "dimension")


def resources(record: EntityType) -> tuple[Property, ...]:
    return tuple(p for p in record.properties if p.role == "resource")


def result_type(record: EntityType, function: str) -> EntityType:
    """The row type a function returns: dimensions, and each resource once per suffix."""
    register = record.source
    assert isinstance(register, AccumulationRegister)
    shown = tuple(
        replace(one, name=f"{one.name}{suffix}", stored=one.source)
        for one in resources(record)
        for suffix in suffixes(register, function)
    )
    name = f"{record.owner}_{RESULTS[function]}"
    return EntityType(name, "virtual", (), (*dimensions(record), *shown), register, owner=record.owner)
