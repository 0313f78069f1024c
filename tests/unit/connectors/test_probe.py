from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from connectors import probe, reachability
from schemas.settings import Limits
from schemas.source import Finding
from tests.unit.connectors.fake_base import Asked, FakeBase, Reply, html, odata_error, page, settings
from tests.unit.connectors.test_metadata import ONEC

NEEDS = {
    "Catalog_Договоры": {"Ref_Key": "contract.id", "СрокОплатыПоДоговору": "contract.terms"},
    "R/Balance": {"СуммаBalance": "balance.amount"},
}
SOUND = {
    "": page([{"name": "Catalog_Договоры"}, {"name": "R"}]),
    "$metadata": Reply(body=ONEC, media_type="application/xml"),
    "Catalog_Договоры": page([{"Ref_Key": "1"}]),
    "R/Balance()": page([{"СуммаBalance": 1}]),
}


def base(changes: dict[str, Reply] | None = None, ahead_s: float = 0.0, sessions: int = 9) -> FakeBase:
    replies = SOUND | (changes or {})
    started: list[str] = []

    def answer(asked: Asked) -> Reply:
        reply = replies[asked.path]
        now = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead_s), usegmt=True)
        cookies = {}
        if asked.headers.get("IBSession") == "start":
            if len(started) >= sessions:
                return Reply(406)
            started.append("s")
            cookies = {"ibsession": f"s{len(started)}"}
        return Reply(reply.status, reply.body, reply.media_type, {"Date": now}, cookies)

    return FakeBase(answer)


def check(
    server: FakeBase, needs: Any = NEEDS, reach: Callable[..., list[Finding]] = lambda *_: [], **changes: Any
) -> list[Finding]:
    return probe.check(settings(**changes), needs, session_factory=server.session, reach=reach)


def wrong(findings: list[Finding]) -> dict[str, str]:
    assert all(finding.hint for finding in findings if not finding.ok)
    return {finding.subject: finding.message for finding in findings if not finding.ok}


def test_a_sound_base_has_nothing_wrong_and_gets_its_sessions_back() -> None:
    server = base()
    findings = check(server, limits=Limits(sessions=3))
    assert wrong(findings) == {}
    assert {"login", "clock", "metadata", "Catalog_Договоры", "R/Balance", "sessions"} <= {
        finding.subject for finding in findings
    }
    asked = [request.headers.get("IBSession") for request in server.asked]
    assert asked.count("start") == asked.count("finish") == 3


def test_everything_wrong_is_told_in_one_pass() -> None:
    server = base(
        {
            "": page([{"name": "Catalog_Договоры"}, {"name": "R"}]),
            "Catalog_Договоры": odata_error(401, "20"),
            "R/Balance()": html(500, "application error"),
        },
        ahead_s=-7_200,
        sessions=2,
    )
    needs = {
        **NEEDS,
        "Catalog_Договоры": {"СрокОплаты": "contract.payment_terms_days"},
        "Catalog_Партнеры": {"Ref_Key": "partner.id"},
    }
    found = wrong(check(server, needs, limits=Limits(sessions=4)))
    assert set(found) == {
        "clock", "Catalog_Договоры", "Catalog_Договоры.СрокОплаты",
        "Catalog_Партнеры", "R/Balance", "sessions",
    }  # fmt: skip
    assert "no right" in found["Catalog_Договоры"]
    assert "`contract.payment_terms_days` needs it" in found["Catalog_Договоры.СрокОплаты"]
    assert "is not published" in found["Catalog_Партнеры"]
    assert " s behind" in found["clock"]
    assert "only 2 of 4" in found["sessions"]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(401), "did not accept the login"),
        (html(200), "web page"),
        (html(404), "no such base"),
        (Reply(403, "Начало сеанса с информационной базой запрещено".encode()), "locked"),
        (Reply(500, "Не обнаружено свободной лицензии!".encode()), "licence"),
    ],
)
def test_a_base_that_lets_nobody_in_is_asked_once(reply: Reply, says: str) -> None:
    server = base({"": reply})
    assert says in wrong(check(server))["login"]
    assert len([asked for asked in server.asked if asked.headers.get("IBSession") != "finish"]) == 1


def test_a_missing_field_is_not_selected_so_that_rights_are_still_seen() -> None:
    server = base()
    check(server, {"Catalog_Договоры": {"Ref_Key": "contract.id", "СрокОплаты": "contract.terms"}})
    (asked,) = (asked for asked in server.asked if asked.path == "Catalog_Договоры")
    assert asked.query["$select"] == "Ref_Key"


def test_without_metadata_the_service_document_still_tells_what_is_missing() -> None:
    found = wrong(
        check(base({"$metadata": html(500)}), {**NEEDS, "Catalog_Партнеры": {"Ref_Key": "partner.id"}})
    )
    assert set(found) == {"metadata", "Catalog_Партнеры"}


def test_records_too_heavy_for_the_cap_are_foretold() -> None:
    heavy = base({"Catalog_Договоры": page([{"Ref_Key": "x" * 50_000}])})
    assert "body cap" in wrong(check(heavy, limits=Limits(body_cap_bytes=1_000_000)))["Catalog_Договоры"]


def test_documents_of_the_next_hours_give_a_wrong_time_zone_away() -> None:
    needs = {"Catalog_Договоры": {"Date": "document.dated_at"}}
    replies = {"Catalog_Договоры": page([{"Date": "2026-01-01T00:00:00"}])}
    assert "later than now by Europe/Moscow" in wrong(check(base(replies), needs))["time zone"]
    assert "time zone" not in wrong(check(base({"Catalog_Договоры": page([])}), needs))


@pytest.mark.parametrize("answer", [{"value": [{"name": 1}]}, {"value": 1}, {}])
def test_a_strange_service_document_is_told_as_such(answer: Any) -> None:
    found = wrong(check(base({"": Reply(body=json.dumps(answer).encode())})))
    assert "service document" in found["login"]


def test_an_unreachable_address_is_the_only_finding() -> None:
    found = check(base(), reach=lambda *_: [Finding("address", False, "no", "do")])
    assert [finding.subject for finding in found] == ["address"]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://x/y", "no web address"),
        ("base/odata", "no web address"),
        ("http://base.invalid/x", "not known"),
    ],
)
def test_an_address_is_judged_by_steps(url: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "create_connection", unknown)
    (finding,) = reachability.check(url, 1.0)
    assert not finding.ok
    assert says in finding.message
