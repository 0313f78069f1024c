"""The simulator's own sums against its movements: which ends are in them, to the kopeck."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors import totals
from connectors.decode import decoder_of
from connectors.dialects import ONEC
from connectors.odata import ODataClient
from connectors.totals import Among, Row
from schemas.settings import Secret, SourceSettings
from schemas.source import SourceSet, WireField, WireRow
from schemas.types import WallClock
from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.server import running

REGISTER = "AccumulationRegister_РасчетыСКлиентами"
KEY, CURRENCY = "АналитикаУчетаПоПартнерам_Key", "Валюта_Key"
MOVEMENTS = SourceSet(
    f"{REGISTER}_RecordType",
    WireRow(
        (
            WireField("Period", "text"), WireField("RecordType", "text"), WireField("Сумма", "decimal"),
            WireField(KEY, "text"), WireField(CURRENCY, "text"),
        )
    ),
    period="Period",
)  # fmt: skip


@pytest.fixture(scope="module")
def client() -> Iterator[ODataClient]:
    base = Base(TRADE)
    build(base, CompanyOptions(size="small", today=date(2026, 11, 20)))
    with running(base) as server:
        source = SourceSettings(
            "ut11", "УТ 11", server.url, server.user, Secret(server.password), ZoneInfo("Europe/Moscow"),
            date(2024, 1, 1),
        )  # fmt: skip
        with ODataClient(source) as reader:
            yield reader
    base.close()


@pytest.fixture(scope="module")
def movements(client: ODataClient) -> list[Any]:
    decoder = decoder_of(MOVEMENTS, ONEC, "application/json")
    return [
        row for unit in client.read(MOVEMENTS) for page in unit.pages for row in decoder.rows(page.body).rows
    ]


def summed(rows: list[Any], start: str, end: str) -> dict[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        if start <= row.Period < end:
            signed = row.Сумма if row.RecordType == "Receipt" else -row.Сумма
            sums[getattr(row, KEY), getattr(row, CURRENCY)] += signed
    return {key: amount for key, amount in sums.items() if amount}


def told(rows: list[Row]) -> dict[tuple[str, str], Decimal]:
    return {(key, currency): amount for key, currency, amount in rows if amount}


def moments(movements: list[Any]) -> tuple[WallClock, WallClock]:
    """Two moments at which something moved: their own seconds are what is easily counted twice or never."""
    periods = sorted({row.Period for row in movements})
    return WallClock(periods[len(periods) // 3]), WallClock(periods[2 * len(periods) // 3])


def test_a_balance_is_of_everything_before_its_second(client: ODataClient, movements: list[Any]) -> None:
    at, _ = moments(movements)
    found = totals.balance(client, REGISTER, at=at, dimensions=[KEY, CURRENCY], resources=["Сумма"])
    assert told(found.rows) == summed(movements, "", at)
    after = WallClock((datetime.fromisoformat(at) + timedelta(seconds=1)).isoformat())
    later = totals.balance(client, REGISTER, at=after, dimensions=[KEY, CURRENCY], resources=["Сумма"])
    assert told(later.rows) == summed(movements, "", after) != told(found.rows)


@pytest.mark.parametrize("figure", ["Turnover", "ClosingBalance", "OpeningBalance"])
def test_turnovers_hold_their_start_and_not_their_end(
    client: ODataClient, movements: list[Any], figure: Any
) -> None:
    start, end = moments(movements)
    found = totals.turnovers(
        client, REGISTER, start, end, dimensions=[KEY, CURRENCY], resources=["Сумма"], figures=(figure,)
    )
    lower = start if figure == "Turnover" else ""
    assert told(found.rows) == summed(movements, lower, start if figure == "OpeningBalance" else end)


def test_some_keys_are_asked_for_alone(client: ODataClient, movements: list[Any]) -> None:
    wanted = sorted({getattr(row, KEY) for row in movements})[:40]
    found = totals.turnovers(
        client,
        REGISTER,
        None,
        None,
        dimensions=[KEY, CURRENCY],
        resources=["Сумма"],
        among=Among(KEY, wanted),
    )
    mine = [row for row in movements if getattr(row, KEY) in set(wanted)]
    assert told(found.rows) == summed(mine, "", "9")
    assert len(found.pages) > 1
