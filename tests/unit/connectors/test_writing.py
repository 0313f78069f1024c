"""Writes and their outcomes, over a base without sockets; `tests/contract/test_connector_writes.py` has sockets."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import requests
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError

from connectors.error_shapes import ErrorBody
from connectors.refusals import LONGEST, words
from connectors.writing import Writing
from schemas.errors import (
    AlreadyThereError,
    NotReceivedError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
    UnclearAnswerError,
)
from schemas.outgoing import Sought
from tests.unit.connectors.fake_base import FakeBase, Reply, client, exception, html, odata_error

ORDERS = "Document_ЗаказКлиента"
KEY = "5a1d0c0d-0a2e-4b5e-9c7e-6f1b1c1d0e0f"
ALL = [Sought("Number", "text", "1")]
STORED = (
    b'\xef\xbb\xbf{"odata.metadata": "x", "Ref_Key": "5a1d", "Number": "1", "\xd0\xa6": 12345678901234567.10}'
)


def writing(reply: Reply | Callable[[Any], Reply]) -> tuple[Writing, FakeBase]:
    base = FakeBase(reply if callable(reply) else lambda _: reply)
    return Writing(client(base)), base


def sent(base: FakeBase) -> dict[str, Any]:
    body = b"".join(base.bodies[-1])
    return json.loads(body, parse_float=Decimal)  # type: ignore[no-any-return]


def test_a_created_object_comes_back_with_its_bytes_and_its_exact_numbers() -> None:
    writer, base = writing(Reply(201, STORED))
    answer = writer.create(ORDERS, {"СуммаДокумента": Decimal("1250.10"), "Комментарий": "Ёлка", "Ф": True})
    assert answer.row is not None
    assert (answer.row["Number"], answer.row["Ц"]) == ("1", Decimal("12345678901234567.10"))
    assert answer.page.body == STORED
    asked = base.asked[0]
    assert (asked.method, asked.path, asked.query) == ("POST", ORDERS, {"$format": "json"})
    assert asked.headers["Content-Type"].startswith("application/json")
    assert asked.headers["Accept"] == "application/json"
    assert b"1250.10" in b"".join(base.bodies[0])
    assert sent(base)["Комментарий"] == "Ёлка"


def test_each_kind_of_write_goes_where_it_belongs() -> None:
    writer, base = writing(Reply(200, STORED))
    writer.change(ORDERS, KEY, {"Статус": "Закрыт"})
    writer.mark_for_deletion(ORDERS, KEY)
    assert sent(base) == {"DeletionMark": True}
    writer.post(ORDERS, KEY)
    writer.unpost(ORDERS, KEY)
    one = f"{ORDERS}(guid'{KEY}')"
    assert [(asked.method, asked.path) for asked in base.asked] == [
        ("PATCH", one), ("PATCH", one), ("POST", f"{one}/Post"), ("POST", f"{one}/Unpost"),
    ]  # fmt: skip
    assert base.asked[2].query == {"PostingModeOperational": "false"}
    assert base.asked[2].headers["Content-Length"] == "0"


def test_what_is_looked_for_is_quoted_as_the_base_reads_it() -> None:
    writer, base = writing(Reply(200, b'{"value": [{"Ref_Key": "a", "N": 1.10}]}'))
    found = writer.find(
        ORDERS, [Sought("НомерПоДаннымКлиента", "text", "O'1+1"), Sought("Контрагент_Key", "guid", KEY)]
    )
    assert found.rows == ({"Ref_Key": "a", "N": Decimal("1.10")},)
    assert base.asked[0].query["$filter"] == (
        f"(НомерПоДаннымКлиента eq 'O''1+1') and (Контрагент_Key eq guid'{KEY}')"
    )


def test_nothing_is_never_looked_for() -> None:
    writer, base = writing(Reply(200, b'{"value": []}'))
    with pytest.raises(ValueError, match="nothing is looked for"):
        writer.find(ORDERS, [])
    assert base.asked == []


def test_an_object_that_is_not_there_is_none_with_its_bytes() -> None:
    writer, base = writing(odata_error(404, "9", "Экземпляр сущности не найден!"))
    answer = writer.read(ORDERS, KEY)
    assert answer.row is None
    assert b"odata.error" in answer.page.body
    assert base.asked[0].path == f"{ORDERS}(guid'{KEY}')"


def test_an_address_that_is_not_there_is_no_proof_of_absence() -> None:
    for reply in (html(404, "Not Found"), odata_error(404, "8", "Тип сущности не найден!")):
        with pytest.raises(SourceRefusedError):
            writing(reply)[0].read(ORDERS, KEY)
    with pytest.raises(SourceContractError):
        writing(Reply(200, b'{"value": 1}'))[0].find(ORDERS, ALL)
    with pytest.raises(SourceContractError):
        writing(Reply(200, b"{}"))[0].read(ORDERS, KEY)


LOCK = "{Документ.ЗаказКлиента.МодульОбъекта(7)}: Конфликт блокировок при выполнении транзакции:\nПревышено"
OUTCOMES: list[tuple[str, Reply, type[SourceError]]] = [
    ("a business refusal", odata_error(500, "-1", "Превышен лимит"), SourceRefusedError),
    ("a licence of the customer's", odata_error(500, "-1", "Нет лицензии на алкоголь"), SourceRefusedError),
    ("a locked customer", odata_error(500, "-1", "Контрагент заблокирован"), SourceRefusedError),
    ("a bad value", odata_error(400, "1", "Не удалось разобрать строку"), SourceRefusedError),
    ("no right", odata_error(401, "20", "Нарушение прав доступа"), SourceRefusedError),
    ("a method that is forbidden", odata_error(405, "19", "Метод"), SourceRefusedError),
    ("not supported", odata_error(501, "0", "Не поддерживается"), SourceRefusedError),
    ("an object that is gone", odata_error(404, "9", "Экземпляр сущности не найден!"), SourceRefusedError),
    ("too large", html(413, "Request Entity Too Large"), SourceRefusedError),
    ("a key that is taken", odata_error(400, "15", "уже существует"), AlreadyThereError),
    ("a wrong password", html(401, "Unauthorized"), NotReceivedError),
    ("forbidden", html(403, "Forbidden"), NotReceivedError),
    ("a locked base", exception(403, "Начало сеанса с информационной базой запрещено."), NotReceivedError),
    ("no such publication", html(404, "Not Found"), NotReceivedError),
    ("a set that is unpublished", odata_error(404, "8", "Тип сущности не найден!"), NotReceivedError),
    ("a full pool", exception(406, "Истекло время ожидания сеанса"), NotReceivedError),
    ("a session that ended", exception(400, "Сеанс отсутствует или удален"), NotReceivedError),
    ("too many requests", html(429, "Too Many Requests"), NotReceivedError),
    ("unavailable", html(503, "Service Unavailable"), NotReceivedError),
    ("no licence", exception(500, "Не обнаружено свободной лицензии!"), NotReceivedError),
    ("no licence, by the service", odata_error(500, "-1", "Не обнаружено свободной лицензии!"), NotReceivedError),
    ("a lock in the database", odata_error(500, "-1", LOCK), NotReceivedError),
    ("a web server that only reads", html(405, "Method Not Allowed"), NotReceivedError),
    ("redirected", html(302, "Found"), NotReceivedError),
    ("a gateway without answer", html(502, "Bad Gateway"), UnclearAnswerError),
    ("a gateway that waited", html(504, "Gateway Timeout"), UnclearAnswerError),
    ("a server that failed", html(500, "Internal Server Error"), UnclearAnswerError),
    ("an exception of the server", exception(500, "Удаленный узел не прошел проверку"), UnclearAnswerError),
    ("no memory", odata_error(500, "-1", "Недостаточно памяти"), UnclearAnswerError),
    ("a login page", html(200, "Вход"), UnclearAnswerError),
    ("an error that calls itself good", odata_error(200, "-1", "Ошибка"), UnclearAnswerError),
    ("half an object", Reply(201, STORED[:-9]), UnclearAnswerError),
    ("nothing", Reply(201, b""), UnclearAnswerError),
    ("an object without a key", Reply(201, b'{"Number": "1"}'), UnclearAnswerError),
    ("accepted, says a proxy", Reply(202, STORED), UnclearAnswerError),
    ("a timeout", Reply(error=requests.ReadTimeout()), UnclearAnswerError),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "outcome"), [pytest.param(r, o, id=name) for name, r, o in OUTCOMES])
def test_a_write_is_tried_once_and_has_one_outcome(reply: Reply, outcome: type[SourceError]) -> None:
    writer, base = writing(reply)
    with pytest.raises(SourceError) as raised:
        writer.create(ORDERS, {"Комментарий": "Петров"})
    assert type(raised.value) is outcome
    assert len(base.asked) == 1
    assert raised.value.received == (None if reply.error else reply.body)
    assert "Петров" not in str(raised.value)


def test_what_was_never_begun_was_never_received() -> None:
    error = requests.ConnectionError("aborted")
    writer, base = writing(Reply(error=error))
    base.takes_body = False
    with pytest.raises(NotReceivedError):
        writer.create(ORDERS, {"а": "б"})
    base.takes_body = True
    with pytest.raises(UnclearAnswerError):
        writer.create(ORDERS, {"а": "б"})


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (requests.ConnectTimeout(), NotReceivedError),
        (
            requests.ConnectionError(
                MaxRetryError(None, "", NewConnectionError(HTTPConnection("x"), "refused"))  # type: ignore[arg-type]
            ),
            NotReceivedError,
        ),
        (requests.ConnectionError("reset"), UnclearAnswerError),
        (requests.ReadTimeout(), UnclearAnswerError),
    ],
)
def test_posting_without_an_answer_is_judged_by_whether_there_was_a_connection(
    error: Exception, outcome: type[SourceError]
) -> None:
    writer, _ = writing(Reply(error=error))
    with pytest.raises(SourceError) as raised:
        writer.post(ORDERS, KEY)
    assert type(raised.value) is outcome


def test_a_closed_client_and_a_lost_fence_send_nothing() -> None:
    base = FakeBase(lambda _: Reply(201, STORED))
    reader = client(base)
    reader.transport.hurry()
    with pytest.raises(NotReceivedError):
        Writing(reader).create(ORDERS, {})

    def lost() -> None:
        raise LookupError

    fenced = client(base)
    fenced.transport.gate = lost
    with pytest.raises(LookupError):
        Writing(fenced).create(ORDERS, {})
    assert base.asked == []


def test_a_session_that_ended_is_started_again_by_the_next_request() -> None:
    ended = exception(400, "Сеанс отсутствует или удален")
    replies = [Reply(200, b'{"value": []}', cookies={"ibsession": "1"}), ended, Reply(201, STORED)]
    writer, base = writing(lambda _: replies.pop(0))
    writer.find(ORDERS, ALL)
    with pytest.raises(NotReceivedError):
        writer.create(ORDERS, {})
    writer.create(ORDERS, {})
    assert [asked.headers.get("IBSession") for asked in base.asked] == ["start", None, "start"]


def test_the_words_of_a_refusal_are_what_a_person_wrote_and_stay_out_of_the_message() -> None:
    text = (
        "Произошла внутренняя ошибка OData сервиса\nпо причине:\n{Документ.ЗаказКлиента.МодульОбъекта(212)}: "
        "Ошибка при вызове метода контекста (Записать)\nпо причине:\n"
        "{ОбщийМодуль.Лимиты.Модуль(18)}: ООО «Ромашка» превысила лимит\x07 на 100 руб.\nПревышен лимит."
    )
    with pytest.raises(SourceRefusedError) as raised:
        writing(odata_error(500, "-1", text))[0].create(ORDERS, {})
    assert raised.value.words == "ООО «Ромашка» превысила лимит на 100 руб.\nПревышен лимит."
    assert "Ромашка" not in str(raised.value)
    assert "Ромашка" not in repr(raised.value.context)


def test_words_are_never_longer_than_a_page_nor_lost_where_there_are_only_frames() -> None:
    assert len(words(ErrorBody("json", "-1", "ы" * 5_000))) == LONGEST
    assert words(ErrorBody("xml", "-1", "\n-1\nпо причине:\n")) == "по причине:"
