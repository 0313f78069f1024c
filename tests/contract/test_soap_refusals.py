"""Everything that comes in place of an answer: told with a hint, tried again only where that may help."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from connectors import soap_reconciliation
from connectors.soap import SoapClient
from schemas.errors import (
    ConfigurationError,
    HubError,
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from schemas.settings import Timeouts
from simulator.faults import Fault, ready
from tests.contract.soap_place import BOOKS, UNKNOWN, Place, client
from tests.contract.soap_place import calm as calm
from tests.contract.soap_place import place as place


@pytest.mark.parametrize(
    ("fault", "kind", "message", "tries"),
    [
        (Fault("soap_fault", message="{WebСервис.X.Модуль(12)}: Деление на 0"), SourceRefusedError, "own code", 1),
        (Fault("soap_fault", message="[SALDO:unknown_currency] RUB"), SourceRefusedError, "currency", 1),
        (Fault("soap_fault", message="[SALDO:unsettled] ?"), SourceUnavailableError, "books changed", 2),
        (Fault("soap_fault", message="[SALDO:new_one] ?"), SourceRefusedError, "refuses", 1),
        (Fault("soap_fault", message="Ошибка XDTO"), SourceContractError, "does not understand", 1),
        (Fault("soap_fault", message="Нарушение прав доступа!"), SourceRefusedError, "no right", 1),
        (Fault("soap_fault", message="Не обнаружено свободной лицензии!"), SourceUnavailableError, "licence", 2),
        (Fault("soap_fault", status=200, message="сбой"), SourceRefusedError, "own code", 1),
        (ready("licence"), SourceUnavailableError, "licence", 2),
        (ready("locked"), SourceUnavailableError, "locked", 2),
        (ready("unauthorized"), SourceRefusedError, "login", 1),
        (ready("bad_gateway"), SourceUnavailableError, "no answer", 2),
        (ready("pool"), SourceUnavailableError, "busy", 2),
        (Fault("status", shape=4, message="worker died"), SourceUnavailableError, "outside the web service", 2),
        (Fault("body", status=500, body=b"plain words", content_type="text/plain"), SourceContractError, "SOAP", 1),
        (Fault("status", shape=4, status=403, message="403"), SourceRefusedError, "forbidden", 1),
        (Fault("status", shape=3, status=500, message="HTTP: сбой"), SourceRefusedError, "failed", 1),
        (Fault("html"), SourceRefusedError, "web page", 1),
        (ready("truncate"), SourceContractError, "ends in the middle", 2),
        (ready("malformed"), SourceContractError, "ends in the middle", 2),
        (ready("drop"), SourceUnavailableError, "cannot be reached", 2),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)  # fmt: skip
def test_everything_that_is_no_answer_is_told_with_a_hint(
    place: Place, fault: Fault, kind: type[HubError], message: str, tries: int
) -> None:
    with client(place) as soap:
        soap.call("Ping")
        place.server.faults.add(replace(fault, match="/ws/", times=0))
        struck = sum(place.server.faults.struck.values())
        with pytest.raises(kind, match=message) as caught:
            soap.call("Ping")
        assert sum(place.server.faults.struck.values()) - struck == tries
        place.server.faults.clear()
    assert caught.value.hint
    assert "Деление" not in str(caught.value)


def test_a_fault_that_passes_is_not_noticed(place: Place) -> None:
    with client(place) as soap:
        soap.call("Ping")
        place.server.faults.add(ready("bad_gateway", "/ws/"))
        assert soap.call("Ping").value["return"] == "1.0"


def test_the_place_in_the_module_is_told_and_nothing_of_the_text(place: Place) -> None:
    with client(place) as soap:
        strange = replace(place.request, counterparty_id=UNKNOWN)
        with pytest.raises(SourceRefusedError, match="does not know this counterparty") as caught:
            soap_reconciliation.statement(soap, strange, BOOKS)
    assert caught.value.context["place"] == "WebСервис.SaldoExchange.Модуль(40)"
    assert caught.value.context["code"] == "unknown_counterparty"
    assert caught.value.received


def test_a_good_answer_under_a_wrong_type_is_taken(place: Place) -> None:
    with client(place) as soap:
        soap.call("Ping")
        place.server.faults.add(Fault("retype", match="/ws/", content_type="text/html; charset=windows-1251"))
        assert soap.call("Ping").value["return"] == "1.0"


def test_a_type_that_promises_parts_which_are_not_there_is_an_error(place: Place) -> None:
    with client(place) as soap:
        soap.call("Ping")
        place.server.faults.add(Fault("retype", match="/ws/", content_type="multipart/related; boundary=x"))
        with pytest.raises(SourceContractError, match="not what the service's description promises"):
            soap.call("Ping")


def test_an_answer_that_does_not_come_in_time_ends_the_call(place: Place) -> None:
    hasty = replace(place.source, timeouts=Timeouts(totals_s=0.05))  # type: ignore[arg-type]
    place.server.faults.add(Fault("delay", match="/ws/", method="POST", delay_s=0.15, times=0))
    with (
        SoapClient(hasty, sleep=lambda _: None) as soap,
        pytest.raises(SourceUnavailableError, match="in time"),
    ):
        soap.call("Ping")


@pytest.mark.parametrize(
    ("pattern", "instead", "message"),
    [
        (rb"(:ClosingBalance>)", rb":Closing>", "description promises"),
        (rb"(:ClosingBalance)>[\d.-]+<", rb"\1>1.23<", "does not add up"),
        (rb"(:ClosingBalance)>[\d.-]+<", rb"\1>1.234<", "none of its currency"),
        (rb"(:ClosingBalance)>[\d.-]+<", rb"\1 xsi:nil='true'><", "is missing"),
        (rb"(:Debit)>[\d.-]+<", rb"\1>NaN<", "none of its currency"),
        (rb"(:Period)>[^<]+<", rb"\1>2026-03-01T00:00:00Z<", "time zone"),
        (rb"(:Counterparty)>[^<]+<", rb"\1>11111111-1111-1111-1111-111111111111<", "another question"),
        (rb"^(<\?xml[^>]*>)", rb"\1<!DOCTYPE a [<!ENTITY b 'c'>]>", "description promises"),
    ],
)
def test_an_answer_that_was_changed_on_the_way_is_refused(
    place: Place, pattern: bytes, instead: bytes, message: str
) -> None:
    with client(place) as soap:
        good = soap_reconciliation.statement(soap, place.request, BOOKS).answered.page.body
        body = re.sub(pattern, instead, good)
        assert body != good
        place.server.faults.add(Fault("body", match="/ws/", body=body, content_type="text/xml"))
        with pytest.raises(SourceContractError, match=message):
            soap_reconciliation.statement(soap, place.request, BOOKS)


def test_a_kind_of_contract_that_the_base_does_not_have_is_not_asked_for(place: Place) -> None:
    strange = replace(place.request, contract_kind="barter")
    with client(place) as soap, pytest.raises(ConfigurationError, match="no kind of contract"):
        soap_reconciliation.statement(soap, strange, BOOKS)
