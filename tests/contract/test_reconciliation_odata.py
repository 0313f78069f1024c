"""The statement of a base without our extension: over OData, against the simulator's own movements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from connectors import reconciliation
from connectors.odata import ODataClient
from mappings import MAPPINGS
from mappings.books import settlement_books
from schemas.errors import SourceContractError
from schemas.money import currencies
from schemas.reconciliation import Statement, StatementRequest, flaws
from schemas.settings import Secret, SourceSettings
from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.faults import Fault
from simulator.server import Server, running

REGISTER = "AccumulationRegister_РасчетыСКлиентами_RecordType"
FIRST, LAST = date(2026, 6, 1), date(2026, 9, 30)
BOOKS = settlement_books(MAPPINGS["ut11"])
Moved = dict[tuple[str, str, str, str], list[tuple[str, str, str, Decimal]]]


@dataclass
class Place:
    base: Base
    server: Server
    client: ODataClient
    codes: dict[str, tuple[str, int]]
    moved: (
        Moved  # organisation, counterparty, contract, currency -> (period, recorder, number, signed amount)
    )

    def drawn(self, request: StatementRequest) -> Statement:
        told = reconciliation.statement(self.client, request, BOOKS, self.codes)
        assert told.pages
        assert flaws(told.statement) == ()
        return told.statement


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    base = Base(TRADE)
    build(base, CompanyOptions(seed=7, size="tiny", today=date(2026, 11, 20)))
    with running(base) as server:
        source = SourceSettings(
            "ut11", "УТ 11", server.url, server.user, Secret(server.password), ZoneInfo("Europe/Moscow"),
            date(2024, 1, 1),
        )  # fmt: skip
        with ODataClient(source, sleep=lambda _: None) as client:
            yield Place(base, server, client, _codes(base), _moved(base))
    base.close()


def _codes(base: Base) -> dict[str, tuple[str, int]]:
    known = currencies()
    return {
        row["Ref_Key"]: (known[row["Code"]].code, known[row["Code"]].exponent)
        for row in base.iterate("Catalog_Валюты")
    }


def _moved(base: Base) -> Moved:
    """Every movement by whom it concerns, as the base itself has it."""
    keys = {
        row["Ref_Key"]: (row["Организация_Key"], row["Контрагент_Key"], row["Договор_Key"])
        for row in base.iterate("Catalog_КлючиАналитикиУчетаПоПартнерам")
    }
    found: Moved = defaultdict(list)
    for row in base.iterate(REGISTER):
        sign = 1 if row["RecordType"] == "Receipt" else -1
        owner = (*keys[row["АналитикаУчетаПоПартнерам_Key"]], row["Валюта_Key"])
        document = base.read(row["Recorder_Type"].removeprefix("StandardODATA."), row["Recorder"])
        number = document["Number"].rstrip() if document else ""
        found[owner].append((row["Period"], row["Recorder"], number, sign * row["Сумма"]))
    return found


def requests_of(place: Place) -> list[StatementRequest]:
    owners = sorted({(owner[0], owner[1], owner[3]) for owner in place.moved})
    return [
        StatementRequest("ut11", organization, counterparty, place.codes[currency][0], FIRST, LAST)
        for organization, counterparty, currency in owners
    ]


def expected(place: Place, request: StatementRequest) -> tuple[int, int, dict[tuple[str, str], int]]:
    """Opening, closing, and what each document did in the period, by its number."""
    opening = closing = 0
    lines: dict[tuple[str, str], int] = defaultdict(int)
    for (organization, counterparty, _, currency), rows in place.moved.items():
        code, exponent = place.codes[currency]
        if (organization, counterparty, code) != (
            request.organization_id, request.counterparty_id, request.currency
        ):  # fmt: skip
            continue
        for period, recorder, number, amount in rows:
            units = int(amount.scaleb(exponent))
            opening += units if period < request.start else 0
            closing += units if period < request.end else 0
            if request.start <= period < request.end:
                lines[recorder, number] += units
    return opening, closing, {key: net for key, net in lines.items() if net}


def test_every_statement_is_what_the_movements_say(place: Place) -> None:
    requests = requests_of(place)
    assert len(requests) > 5
    lines = 0
    for request in requests[:12]:
        made = place.drawn(request)
        told = {(line.document_id, line.number): line.net for line in made.lines}
        assert (made.opening, made.closing, told) == expected(place, request)
        lines += len(told)
    assert lines > 10


def test_a_contract_and_a_kind_of_contract_are_parts_of_the_whole(place: Place) -> None:
    owners: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for organization, counterparty, contract, currency in place.moved:
        owners[organization, counterparty, currency].add(contract)
    (organization, counterparty, currency), contracts = max(owners.items(), key=lambda item: len(item[1]))
    code = place.codes[currency][0]
    whole = StatementRequest("ut11", organization, counterparty, code, FIRST, LAST, by_contract=True)
    made = place.drawn(whole)
    singles = [place.drawn(replace(whole, contract_id=contract)) for contract in sorted(contracts)]
    kinds = [place.drawn(replace(whole, contract_kind=kind)) for kind in BOOKS.contract_kinds.values()]
    for parts in (singles, kinds):
        assert sum(part.closing for part in parts) == made.closing
        assert {line for part in parts for line in part.lines} == set(made.lines)


def test_nobody_has_a_statement_without_settlements(place: Place) -> None:
    nobody = StatementRequest("ut11", "", "11111111-1111-1111-1111-111111111111", "RUB", FIRST, LAST)
    made = place.drawn(nobody)
    assert (made.opening, made.lines, made.closing) == (0, (), 0)


def test_a_document_posted_between_the_two_readings_makes_it_read_again(place: Place) -> None:
    request = max(requests_of(place), key=lambda one: len(expected(place, one)[2]))
    of_movements = Fault("body", match=f"{REGISTER}?", body=b'{"value": []}')
    place.server.faults.add(of_movements)
    made = place.drawn(request)
    assert made.lines
    assert (made.opening, made.closing) == expected(place, request)[:2]


def test_totals_that_stay_at_odds_with_the_movements_are_an_error(place: Place) -> None:
    request = max(requests_of(place), key=lambda one: len(expected(place, one)[2]))
    place.server.faults.add(Fault("body", match=f"{REGISTER}?", body=b'{"value": []}', times=0))
    try:
        with pytest.raises(SourceContractError, match="do not agree") as caught:
            reconciliation.statement(place.client, request, BOOKS, place.codes)
    finally:
        place.server.faults.clear()
    assert "recalculate" in caught.value.hint
