"""`saldo check` of a base's web service: each thing that may be wrong is told, with what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors import contract, soap_probe
from schemas.source import Finding
from simulator.faults import Fault, ready
from simulator.soap import service
from tests.contract.soap_place import SHIPMENT, Place
from tests.contract.soap_place import calm as calm
from tests.contract.soap_place import place as place


def check(place: Place) -> list[Finding]:
    found = soap_probe.check(place.source, SHIPMENT)
    assert all(finding.hint for finding in found if not finding.ok)
    return found


def wrong(place: Place) -> dict[str, str]:
    return {finding.subject: finding.message for finding in check(place) if not finding.ok}


def test_a_sound_service_keeps_the_contract_and_lets_the_user_ask(place: Place) -> None:
    assert [(finding.subject, finding.ok) for finding in check(place)] == [
        ("web service", True),
        ("web service: statements", True),
        ("web service: print forms", True),
    ]


def test_nothing_is_said_of_a_base_without_the_extension(place: Place) -> None:
    assert soap_probe.check(replace(place.source, soap_url=""), SHIPMENT) == []


def test_a_service_that_is_not_published_is_told(place: Place) -> None:
    place.server.change(extension=False)
    try:
        assert "there is no web service" in wrong(place)["web service"]
    finally:
        place.server.change(extension=True)


@pytest.mark.parametrize(
    ("fault", "message"),
    [(ready("unauthorized"), "login"), (ready("drop"), "cannot be reached"), (Fault("html"), "web page")],
    ids=["login", "away", "gateway"],
)
def test_a_service_that_does_not_answer_is_told_once(place: Place, fault: Fault, message: str) -> None:
    place.server.faults.add(replace(fault, match="/ws/", times=0))
    found = wrong(place)
    assert list(found) == ["web service"]
    assert message in found["web service"]


@pytest.mark.parametrize(
    ("mine", "theirs", "message"),
    [
        (b"GetPrintForm", b"GetForm", "the service has no GetPrintForm"),
        (b'name="Presentation"', b'name="Shown"', "describes StatementLine otherwise"),
        (b'name="Counterparty"', b'name="Partner"', "describes Statement, StatementRequest otherwise"),
    ],
)
def test_another_contract_is_told_by_what_differs(
    place: Place, mine: bytes, theirs: bytes, message: str
) -> None:
    text = service.description("ut11").chunks
    body = b"".join(chunk.encode() if isinstance(chunk, str) else chunk for chunk in text)
    place.server.faults.add(
        Fault("body", match="?wsdl", body=body.replace(mine, theirs), content_type="text/xml", times=0)
    )
    assert message in wrong(place)["web service"]


def test_another_release_is_told_by_its_number(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "VERSION", "2.0")
    assert "of version '1.0', the hub's is '2.0'" in wrong(place)["web service"]


def test_a_user_without_the_role_is_told_what_he_may_not(place: Place) -> None:
    place.server.faults.add(
        Fault("soap_fault", message="Нарушение прав доступа!", match="/ws/", method="POST", times=0)
    )
    found = wrong(place)
    assert found.keys() == {"web service", "web service: statements", "web service: print forms"}
    assert set(found.values()) == {"the user has no right to this"}
