from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors import exchange
from connectors.exchange import Entry, Node
from connectors.odata import ODataClient
from schemas.errors import SourceContractError, SourceRefusedError, SourceUnavailableError
from schemas.settings import Limits
from schemas.source import RawPage
from tests.unit.connectors.fake_base import URL, Asked, FakeBase, Reply, client, exception, odata_error, page

PLAN = "ExchangePlan_ДляODATA"
OWN = {"Ref_Key": "a" * 8, "Code": "001", "SentNo": "0", "ReceivedNo": "0", "ThisNode": True}
SITE = {"Ref_Key": "B" * 8, "Code": "002 ", "SentNo": "7", "ReceivedNo": "6", "Description": "Сайт"}
NAMESPACES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"'
    ' xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"'
)
ID = "0ea0-4b1c-8f11-000000000001"
GUID = f"00000001-{ID}"
FEED = "application/atom+xml;type=feed;charset=utf-8"


def feed(*entries: str) -> bytes:
    return f"<feed {NAMESPACES}>{''.join(entries)}</feed>".encode()


def entry(address: str, term: str = "") -> str:
    term = term or address.partition("(")[0]
    return f'<entry><id>{URL}/{address}</id><category term="StandardODATA.{term}"/><title/></entry>'


def package(body: bytes) -> RawPage:
    return RawPage("SelectChanges", body, datetime(2026, 11, 22, tzinfo=UTC), 0.1, FEED)


class Plan:
    """A base with an exchange plan; `function` answers the two calls."""

    def __init__(self, function: Callable[[Asked], Reply], *nodes: dict[str, Any]) -> None:
        self.nodes = [dict(node) for node in nodes or (OWN, SITE)]
        self.function = function

    def __call__(self, asked: Asked) -> Reply:
        return page(self.nodes) if asked.path == PLAN else self.function(asked)


def prepared(function: Callable[[Asked], Reply], **changes: Any) -> tuple[ODataClient, Node, FakeBase]:
    base = FakeBase(Plan(function))
    reader = client(base, **changes)
    return reader, exchange.find_node(reader, "ДляODATA", "002"), base


def test_a_node_is_found_by_its_code_and_knows_its_numbers() -> None:
    _, node, _ = prepared(lambda _: Reply())
    assert (node.sent_no, node.received_no, node.description) == (7, 6, "Сайт")
    assert node.url == f"{URL}/{PLAN}(guid'{'b' * 8}')"


@pytest.mark.parametrize(
    ("plan", "code", "says", "hint"),
    [
        ("ДляODATA", "003", "no such node", "one of: 002"),
        ("ДляODATA", "001", "the base itself", "create a node"),
        ("Нет", "002", "not published", "exchange_plan"),
    ],
)
def test_a_node_that_cannot_be_used_is_told_with_what_to_do(
    plan: str, code: str, says: str, hint: str
) -> None:
    base = FakeBase(Plan(lambda _: odata_error(404, "8")))
    with pytest.raises(SourceRefusedError, match=says) as refused:
        exchange.find_node(client(base), plan, code)
    assert hint in refused.value.hint


def test_a_node_without_its_numbers_is_an_error_with_the_bytes() -> None:
    base = FakeBase(Plan(lambda _: Reply(), {"Ref_Key": "b", "Code": "002"}))
    with pytest.raises(SourceContractError, match="numbers") as error:
        exchange.find_node(client(base), "ДляODATA", "002")
    assert error.value.received


def test_a_package_is_asked_for_by_post_and_comes_whole() -> None:
    body = feed(entry(f"Document_X(guid'{GUID}')"))
    reader, node, base = prepared(lambda _: Reply(body=body, media_type=FEED))
    found = exchange.select_changes(reader, node, 7)
    assert (found.body, found.media_type) == (body, FEED)
    asked = base.asked[-1]
    assert asked.query == {"DataExchangePoint": f"'{node.url}'", "MessageNo": "7"}
    assert (asked.headers["Accept"], asked.headers["Content-Length"]) == ("*/*", "0")


def test_a_cut_package_is_asked_for_again_and_never_taken_for_whole() -> None:
    body = feed(entry(f"Document_X(guid'{GUID}')"))
    replies = [body[:-9], body[: body.index(b"<title/>")], body]
    reader, node, _ = prepared(lambda _: Reply(body=replies.pop(0), media_type=FEED))
    assert exchange.select_changes(reader, node, 7).body == body


def test_a_lost_answer_is_asked_for_again_with_the_same_number() -> None:
    replies = [Reply(error=requests.ConnectionError("dropped")), Reply(body=feed(), media_type=FEED)]
    reader, node, base = prepared(lambda _: replies.pop(0))
    exchange.select_changes(reader, node, 7)
    assert [asked.query["MessageNo"] for asked in base.asked[1:]] == ["7", "7"]


def wrapped(message: str) -> Reply:
    data = b64encode(message.encode()).decode()
    text = (
        '<exception xmlns="http://v8.1c.ru/8.2/virtual-resource-system" reason="400">'
        f"<descr>HTTP: Bad Request</descr><inner><data>{data}</data></inner></exception>"
    )
    return Reply(400, text.encode(), "application/xml")


@pytest.mark.parametrize(
    ("reply", "hint"),
    [
        (wrapped("Текст XML содержит недопустимый символ в позиции 17: 0x2"), "U+0002"),
        (wrapped("Текст XML содержит недопустимый символ"), "a character that XML"),
        (wrapped("invalid character \x0b in ООО Ромашка"), "U+000B"),
        (exception(400, "Что-то иное"), "registration log"),
        (odata_error(500, "-1"), "exchange_node"),
        (odata_error(500, "-1", "Недостаточно памяти"), "more often"),
        (Reply(body=feed("<entry><title>\x02</title></entry>"), media_type=FEED), "U+0002"),
    ],
)
def test_a_package_that_cannot_be_made_tells_the_caller_to_go_another_way(reply: Reply, hint: str) -> None:
    reader, node, _ = prepared(lambda _: reply)
    with pytest.raises(SourceContractError, match="package of changes") as error:
        exchange.select_changes(reader, node, 7)
    assert error.value.context["reason"] == "package"
    assert hint in error.value.hint
    assert "Ромашка" not in str(error.value)
    assert error.value.received == reply.body
    assert exchange.has_changes(reader, node) is True


def test_a_package_over_the_cap_is_not_read_to_its_end() -> None:
    body = feed(*[entry(f"Document_X(guid'{GUID}')")] * 100)
    reader, node, _ = prepared(
        lambda _: Reply(body=body, media_type=FEED), limits=Limits(body_cap_bytes=10_000)
    )
    with pytest.raises(SourceContractError) as error:
        exchange.select_changes(reader, node, 7)
    assert (error.value.context["reason"], error.value.context["cause"]) == ("package", "size")


@pytest.mark.parametrize(
    "reply", [odata_error(400, "21"), Reply(401), Reply(error=requests.ReadTimeout()), Reply(503)]
)
def test_any_other_refusal_stays_what_it_is(reply: Reply) -> None:
    reader, node, _ = prepared(lambda _: reply)
    for ask in (lambda: exchange.select_changes(reader, node, 7), lambda: exchange.has_changes(reader, node)):
        with pytest.raises((SourceRefusedError, SourceUnavailableError)) as error:
            ask()
        assert error.value.context.get("reason") != "package"


def test_looking_for_changes_stops_at_the_first_entry() -> None:
    body = feed(*[entry(f"Document_X(guid'{GUID}')")] * 10_000)
    reader, node, base = prepared(
        lambda _: Reply(body=body, media_type=FEED, headers={"Content-Length": str(len(body))}),
        limits=Limits(body_cap_bytes=500_000),
    )
    before = reader.statistics.bytes
    assert exchange.has_changes(reader, node) is True
    assert reader.statistics.bytes - before < 100_000 < len(body)
    assert base.asked[-1].query["MessageNo"] == "8"  # 7 was sent and is not confirmed


@pytest.mark.parametrize(
    ("body", "expected"),
    [(feed(), False), (feed('<at:deleted-entry ref="x"/>'), True), (feed(entry("Document_X(1)")), True)],
)
def test_an_empty_package_is_no_change(body: bytes, expected: bool) -> None:
    reader, node, base = prepared(lambda _: Reply(body=body, media_type=FEED))
    assert exchange.has_changes(reader, node) is expected
    assert len(base.asked) == 2


def test_a_look_that_is_cut_before_it_tells_is_an_error() -> None:
    reader, node, _ = prepared(lambda _: Reply(body=feed()[:-7], media_type=FEED))
    with pytest.raises(SourceContractError, match="in the middle"):
        exchange.has_changes(reader, node)


def test_a_confirmation_whose_answer_was_lost_is_done_once_the_node_says_so() -> None:
    plan = Plan(lambda _: Reply())
    tries = 0

    def confirmed(asked: Asked) -> Reply:
        nonlocal tries
        tries += 1
        plan.nodes[1]["ReceivedNo"] = asked.query["MessageNo"]
        return Reply(error=requests.ConnectionError())

    plan.function = confirmed
    reader = client(FakeBase(plan))
    exchange.confirm(reader, exchange.find_node(reader, "ДляODATA", "002"), 7)
    assert tries == 1
    assert exchange.find_node(reader, "ДляODATA", "002").received_no == 7


@pytest.mark.parametrize("reply", [odata_error(400, "21"), Reply(error=requests.ReadTimeout())])
def test_a_confirmation_is_sent_once_and_briefly(reply: Reply) -> None:
    reader, node, base = prepared(lambda _: reply, limits=Limits(lease_s=20))
    with pytest.raises((SourceRefusedError, SourceUnavailableError)):
        exchange.confirm(reader, node, 7)
    sent = [wait for asked, wait in zip(base.asked, base.waits, strict=True) if "Notify" in asked.path]
    assert sent == [(15, 10.0)]


def test_a_package_names_what_it_speaks_of_by_set() -> None:
    two = GUID.replace("1", "2")
    by = f"(Recorder='{GUID}', Recorder_Type='StandardODATA.Document_X')"
    deleted = f'<at:deleted-entry ref="{URL}/Catalog_Y(guid\'{two.upper()}\')" when="2026"/>'
    found = package(
        feed(
            entry(f"Document_X(guid'{GUID}')"),
            entry(f"AccumulationRegister_R{by}"),
            entry(f"InformationRegister_S(Recorder_Key=guid'{two}')"),
            deleted,
            entry(f"Document_X(guid'{two}')"),
            entry(f"Document_X(guid'{GUID}')"),
        )
    )
    assert exchange.names(found) == {
        "Document_X": (GUID, two),
        "AccumulationRegister_R": (GUID,),
        "InformationRegister_S": (two,),
        "Catalog_Y": (two,),
    }
    assert exchange.recorder_sets(found) == {GUID: "Document_X"}
    assert Entry("Catalog_Y", two, deleted=True) in list(exchange.entries(found))


@pytest.mark.parametrize(
    ("address", "term"),
    [
        ("Constant_X(SurrogateKey=0)", ""),
        (f"InformationRegister_X(Period=datetime'2026-01-01T00:00:00',Валюта_Key=guid'{GUID}')", ""),
        (f"Document_X(guid'{GUID}')", "Document_Y"),
        ("Document_X('1')", ""),
        ("", "Document_X"),
    ],
)
def test_an_entry_that_cannot_be_named_is_an_error(address: str, term: str) -> None:
    body = feed(entry(f"Document_X(guid'{GUID}')"), entry(address, term))
    with pytest.raises(SourceContractError, match="no key"):
        exchange.names(package(body))


@pytest.mark.parametrize("body", [b"<x/>", feed()[:-3], b"", b"{}"])
def test_what_is_no_package_is_an_error(body: bytes) -> None:
    with pytest.raises(SourceContractError):
        exchange.names(package(body))


def test_sets_that_are_not_published_are_found_before_anything_is_confirmed() -> None:
    there = [{"name": name} for name in ("Document_X", "AccumulationRegister_R", PLAN)]
    reader = client(FakeBase(lambda _: page(there)))
    wanted = ["Document_X", "AccumulationRegister_R_RecordType", "Document_Z"]
    assert exchange.unpublished(reader, "ДляODATA", wanted) == ("Document_Z",)
    assert exchange.unpublished(reader, "Иной", wanted[:2]) == ("ExchangePlan_Иной",)


CORPUS = Path("../shared/corpus/onec/odata/ut_demo_8.5")


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real 1C answers is not here")
def test_recorded_packages_name_their_objects_and_record_sets() -> None:
    orders = package(next(CORPUS.glob("msg003*")).read_bytes())
    found = exchange.names(orders)
    assert {name: len(keys) for name, keys in found.items()} == {
        "Document_ЗаказКлиента": 3,
        "InformationRegister_СуммыДокументовВВалютахУчета": 3,
        "AccumulationRegister_ЗаказыКлиентов": 3,
    }
    assert set(found["Document_ЗаказКлиента"]) == set(found["AccumulationRegister_ЗаказыКлиентов"])
    assert set(exchange.recorder_sets(orders).values()) == {"Document_ЗаказКлиента"}
