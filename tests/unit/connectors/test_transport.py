from __future__ import annotations

import gzip
import time
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from connectors import addresses
from connectors.odata import ODataClient
from schemas.errors import SourceContractError, SourceError, SourceRefusedError, SourceUnavailableError
from schemas.settings import Limits, Timeouts
from tests.unit.connectors.fake_base import (
    Asked,
    FakeBase,
    Reply,
    client,
    exception,
    html,
    odata_error,
    page,
    settings,
)  # fmt: skip

ROWS = [{"Ref_Key": "1"}]


def answering(*replies: Reply) -> FakeBase:
    """The replies one after another, the last one forever."""
    left = list(replies)
    return FakeBase(lambda _: left.pop(0) if len(left) > 1 else left[0])


def test_a_space_travels_as_20_and_never_as_a_plus() -> None:
    base = answering(page(ROWS))
    client(base).get("Catalog_Контрагенты", [("$filter", "ИНН eq '77 00+1' and Description ne 'A&B#=c;d'")])
    target = base.asked[0].target
    assert "+" not in target
    assert "%20eq%20" in target
    assert "%2B" in target
    assert base.asked[0].query["$filter"] == "ИНН eq '77 00+1' and Description ne 'A&B#=c;d'"
    assert target.isascii()


def test_a_cyrillic_user_and_password_travel_in_utf_8() -> None:
    base = answering(page(ROWS))
    client(base, user="Администратор обмена").get("Catalog_X")
    kind, token = base.asked[0].headers["Authorization"].split()
    assert (kind, b64decode(token).decode()) == ("Basic", "Администратор обмена:пароль")


def test_a_body_is_utf_8_whatever_the_header_says() -> None:
    reply = page([{"Description": "Ёлка"}])
    base = answering(Reply(body=reply.body, media_type="application/json;charset=windows-1251"))
    assert "Ёлка".encode() in client(base).get("Catalog_X").body


def test_a_packed_body_is_unpacked_before_the_cap_is_judged() -> None:
    body = page([{"Description": "а" * 10_000}]).body
    packed = Reply(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})
    assert client(answering(packed)).get("Catalog_X").body == body
    with pytest.raises(SourceContractError, match="larger than 5000 bytes"):
        client(answering(packed), limits=Limits(body_cap_bytes=5_000)).get("Catalog_X")


def test_an_answer_that_announces_itself_over_the_cap_is_not_read_at_all() -> None:
    body = page([{"Description": "x" * 10_000}]).body
    announced = Reply(body=body, headers={"Content-Length": str(len(body))})
    with client(answering(announced), limits=Limits(body_cap_bytes=5_000)) as reader:
        with pytest.raises(SourceContractError, match="larger than 5000 bytes"):
            reader.get("Catalog_X")
        assert reader.statistics.bytes == 0


def test_virtual_tables_have_a_timeout_of_their_own() -> None:
    base = answering(page([]))
    reader = client(base, timeouts=Timeouts(connect_s=3, read_s=7, totals_s=99))
    reader.get("Catalog_X")
    reader.call("AccumulationRegister_X", "Balance")
    assert base.waits == [(3, 7), (3, 99)]


@pytest.mark.parametrize(
    ("reply", "attempts"),
    [
        (html(500, "1C:Enterprise 8 application error"), 5),
        (html(502), 5),
        (html(503), 5),
        (html(504), 5),
        (exception(406, "Истекло время ожидания сеанса"), 5),
        (Reply(429), 5),
        (exception(403, "Начало сеанса с информационной базой запрещено. Обновление"), 5),
        (exception(500, "Не обнаружено свободной лицензии!"), 5),
        (Reply(error=requests.ConnectionError("refused")), 5),
        (Reply(error=requests.ReadTimeout("slow")), 5),
    ],
)
def test_what_may_pass_is_tried_as_often_as_the_settings_say(reply: Reply, attempts: int) -> None:
    base, naps = answering(reply), []
    with pytest.raises(SourceUnavailableError):
        client(base, naps, limits=Limits(attempts=5, retry_for_s=10_000)).get("Catalog_X")
    assert (len(base.asked), len(naps)) == (attempts, attempts - 1)


@pytest.mark.parametrize(
    "reply",
    [
        odata_error(400, "14"),
        Reply(401),
        odata_error(401, "20"),
        html(403, "Forbidden"),
        odata_error(404, "8", "Не найден тип сущности Catalog_X"),
        odata_error(405, "19"),
        odata_error(501, "0"),
        odata_error(500, "-1", "Произошла внутренняя ошибка OData сервиса"),
        html(200),
        Reply(301, headers={"Location": "https://elsewhere.test/"}),
    ],
)
def test_a_refusal_is_never_tried_again(reply: Reply) -> None:
    base, naps = answering(reply), []
    with pytest.raises(SourceRefusedError) as refused:
        client(base, naps).get("Catalog_X")
    assert (len(base.asked), naps) == (1, [])
    assert refused.value.hint
    assert refused.value.received == reply.body


def test_a_bad_certificate_is_not_tried_again() -> None:
    base = answering(Reply(error=requests.exceptions.SSLError("self-signed")))
    with pytest.raises(SourceUnavailableError, match="no trusted certificate") as error:
        client(base).get("Catalog_X")
    assert "REQUESTS_CA_BUNDLE" in error.value.hint
    assert len(base.asked) == 1


def test_the_first_good_answer_ends_the_retries() -> None:
    base, naps = answering(html(503), Reply(error=requests.ConnectionError()), page(ROWS)), []
    with client(base, naps) as reader:
        assert reader.get("Catalog_X").body == page(ROWS).body
        assert (reader.statistics.requests, reader.statistics.retries) == (3, 2)
        assert reader.statistics.bytes > len(page(ROWS).body)


def test_the_server_says_how_long_to_wait() -> None:
    base, naps = answering(Reply(429, headers={"Retry-After": "17"}), page(ROWS)), []
    client(base, naps).get("Catalog_X")
    assert naps == [17.0]


def test_no_attempt_starts_after_the_time_is_up() -> None:
    base, naps = answering(Reply(429, headers={"Retry-After": "50"})), []
    with pytest.raises(SourceUnavailableError):
        client(base, naps, limits=Limits(attempts=100, retry_for_s=120)).get("Catalog_X")
    assert naps == [50.0, 50.0]


def test_pauses_grow_and_are_not_all_alike() -> None:
    naps: list[float] = []
    with pytest.raises(SourceUnavailableError):
        client(answering(html(503)), naps, limits=Limits(attempts=6, retry_for_s=1_000)).get("Catalog_X")
    assert naps == sorted(naps)
    assert naps[-1] > 4 * naps[0]
    assert any(nap % 0.5 for nap in naps)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=page(ROWS).body[:-5]),
        Reply(body=page(ROWS).body[:-5], headers={"Content-Length": str(len(page(ROWS).body))}),
        Reply(body=gzip.compress(page(ROWS).body)[:-12], headers={"Content-Encoding": "gzip"}),
        Reply(body=b""),
    ],
)
def test_a_cut_answer_is_asked_for_three_times_and_then_kept(reply: Reply) -> None:
    base = answering(reply)
    with pytest.raises(SourceContractError, match="ends in the middle") as cut:
        client(base).get("Catalog_X")
    assert len(base.asked) == 3
    assert cut.value.received is not None


def test_no_more_requests_are_under_way_than_the_base_allows() -> None:
    base = FakeBase(lambda _: page(ROWS), linger_s=0.01)
    with client(base, limits=Limits(sessions=3)) as reader, ThreadPoolExecutor(12) as crowd:
        list(crowd.map(lambda n: reader.get(f"Catalog_{n}"), range(24)))
    assert base.peak == 3


def test_a_session_is_started_reused_and_given_back() -> None:
    def answer(asked: Asked) -> Reply:
        started = {"ibsession": "s1"} if asked.headers.get("IBSession") == "start" else {}
        return Reply(body=page(ROWS).body, cookies=started)

    base = FakeBase(answer)
    with client(base) as reader:
        reader.get("Catalog_A")
        reader.get("Catalog_B")
    seen = [(asked.headers.get("IBSession"), asked.headers.get("Cookie")) for asked in base.asked]
    assert seen == [("start", None), (None, "ibsession=s1"), ("finish", "ibsession=s1")]


def test_a_base_that_brings_no_cookie_is_not_asked_for_a_session_again() -> None:
    base = answering(page(ROWS))
    with client(base) as reader:
        reader.get("Catalog_A")
        reader.get("Catalog_B")
    assert [asked.headers.get("IBSession") for asked in base.asked] == ["start", None]


def test_an_ended_session_is_started_again_once() -> None:
    given = iter(["s1", "s2"])
    dead = {"s1"}

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("IBSession") == "start":
            return Reply(body=page(ROWS).body, cookies={"ibsession": next(given)})
        cookie = asked.headers.get("Cookie", "")
        return exception(400, "Сеанс не найден") if cookie.removeprefix("ibsession=") in dead else page(ROWS)

    base, naps = FakeBase(answer), []
    with client(base, naps) as reader:
        for _ in range(3):
            reader.get("Catalog_A")
    assert [asked.headers.get("IBSession") for asked in base.asked] == [
        "start",
        None,
        "start",
        None,
        "finish",
    ]
    assert naps == []


def test_a_wrong_query_inside_a_session_is_not_taken_for_an_ended_session() -> None:
    def answer(asked: Asked) -> Reply:
        if asked.headers.get("IBSession") == "start":
            return Reply(body=page(ROWS).body, cookies={"ibsession": "s1"})
        return odata_error(400, "14", "Ошибка при разборе опции запроса $filter")

    base = FakeBase(answer)
    reader = client(base)
    reader.get("Catalog_A")
    with pytest.raises(SourceRefusedError, match="query options"):
        reader.get("Catalog_A", [("$filter", "x")])
    assert len(base.asked) == 2


def test_leaving_the_client_does_not_wait_for_pauses_of_other_threads() -> None:
    base = answering(exception(403, "Начало сеанса с информационной базой запрещено"))
    with ODataClient(settings(), session_factory=base.session) as reader:
        waiting = reader.pool.submit(reader.get, "Catalog_X")
        while not base.asked:
            time.sleep(0.001)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    with pytest.raises(SourceUnavailableError, match="stopped"):
        waiting.result()


def test_errors_carry_no_credentials_and_no_bodies() -> None:
    reply = odata_error(400, "4", "Контрагент ООО Ромашка, ИНН 7700000000")
    with pytest.raises(SourceError) as refused:
        client(answering(reply)).get("Catalog_X")
    shown = str(refused.value) + repr(refused.value.context)
    assert "Ромашка" not in shown
    assert "пароль" not in shown


def test_nothing_shows_the_login_when_printed() -> None:
    with client(answering(page(ROWS))) as reader:
        reader.get("Catalog_X")
        shown = repr(reader.transport) + repr(reader.transport.lanes) + repr(reader.source)
    assert "Basic" not in shown
    assert "пароль" not in shown


@pytest.mark.parametrize(
    ("arguments", "path", "query"),
    [
        ({}, "R/Balance()", {}),
        (
            {"Condition": "Валюта_Key eq guid'1'"},
            "R/Balance(Condition='Валюта_Key eq guid''1''')",
            {},
        ),
        ({"Condition": "Поле eq 'a+b?'"}, "R/Balance", {"Condition": "'Поле eq ''a+b?'''"}),
        ({"Dimensions": "Поле," * 60}, "R/Balance", {"Dimensions": "'" + "Поле," * 60 + "'"}),
    ],
)
def test_arguments_go_where_the_web_server_can_carry_them(arguments: Any, path: str, query: Any) -> None:
    base = answering(page([]))
    client(base).call("R", "Balance", [("$select", "A")], **arguments)
    assert base.asked[0].path == path
    assert base.asked[0].query == {**query, "$select": "A", "$format": "json"}


@pytest.mark.parametrize(
    "link", ["http://evil.test/ut11/odata/standard.odata/X?$skiptoken=1", "/other/X?a=1"]
)
def test_a_next_link_never_leads_credentials_elsewhere(link: str) -> None:
    with pytest.raises(SourceContractError, match="outside"):
        addresses.following("http://base.test/ut11/odata/standard.odata", "X", link)
