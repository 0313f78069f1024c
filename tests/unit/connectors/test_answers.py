from __future__ import annotations

import pytest

from connectors.answers import decode_error
from connectors.error_shapes import read_error
from schemas.errors import SourceContractError, SourceError, SourceRefusedError, SourceUnavailableError
from tests.unit.connectors.fake_base import exception, odata_error

M = 'xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"'
VRS = 'xmlns="http://v8.1c.ru/8.2/virtual-resource-system"'
SECRET = "ООО Ромашка"
LOCKED = "Начало сеанса с информационной базой запрещено"


def xml(code: str, message: str) -> bytes:
    return f"<m:error {M}><m:code>{code}</m:code><m:message>{message}</m:message></m:error>".encode()


def xml_exception(reason: int, text: str) -> bytes:
    return f'<exception {VRS} reason="{reason}"><descr>{text}</descr></exception>'.encode()


@pytest.mark.parametrize(
    ("body", "shape", "code"),
    [
        (xml("9", "x"), "xml", "9"),
        (b'<?xml version="1.0"?>' + xml("-1", "x"), "xml", "-1"),
        (odata_error(400, "14").body, "json", "14"),
        (b'{"error":{"code":"005056A509B1","message":"x"}}', "json", "005056A509B1"),
        (b'{"error":{"code":"7","message":{"lang":"en","value":"x"}}}', "json", "7"),
        (exception(403, "x").body, "exception", ""),
        (xml_exception(406, "x"), "exception", ""),
        (b"<html><body>oops</body></html>", "text", ""),
        (b"1C:Enterprise 8 application error: x by reason: y", "text", ""),
        (b"{", "text", ""),
        (b"", "text", ""),
        (b"\xff\xfe\x00", "text", ""),
    ],
)  # fmt: skip
def test_every_error_form_is_recognised(body: bytes, shape: str, code: str) -> None:
    found = read_error(body)
    assert (found.shape, found.code) == (shape, code)


CASES: list[tuple[int, bytes, type[SourceError], str, str]] = [
    (401, b"", SourceRefusedError, "did not accept the login", "password"),
    (401, odata_error(401, "20").body, SourceRefusedError, "no right", "right to read"),
    (403, b"<html>Forbidden</html>", SourceRefusedError, "forbidden", "allow the exchange user"),
    (404, b"<html>Not Found</html>", SourceRefusedError, "no such base", "base_url"),
    (404, odata_error(404, "9").body, SourceRefusedError, "record is not in the base", "saldo check"),
    (405, odata_error(405, "19").body, SourceRefusedError, "method is forbidden", "registration log"),
    (501, xml("0", "x"), SourceRefusedError, "does not support", "saldo check"),
    (400, xml("14", f"Ошибка: {SECRET}"), SourceRefusedError, "query options", "saldo check"),
    (500, odata_error(500, "-1", SECRET).body, SourceRefusedError, "failed over", "registration log"),
    (500, exception(500, "Деление на 0").body, SourceRefusedError, "failed over", "registration log"),
    (400, odata_error(400, "11").body, SourceContractError, "no such method", "saldo check"),
    (500, b"<html>x</html>", SourceUnavailableError, "outside the OData service", "logs"),
    (503, b"", SourceUnavailableError, "got no answer", "next run"),
    (406, xml_exception(406, "Истекло время"), SourceUnavailableError, "too busy", "limits.sessions"),
    (403, exception(403, LOCKED).body, SourceUnavailableError, "locked", "maintenance"),
    (402, "Не найдена лицензия.".encode(), SourceUnavailableError, "licence", "free a client"),
    (500, b"There are no free licenses!", SourceUnavailableError, "licence", "limits.sessions"),
    (500, xml("-1", "Недостаточно памяти"), SourceRefusedError, "out of memory", "page_rows"),
    (404, b"<html>HTTP Error 404.15</html>", SourceRefusedError, "so long an address", "maxQueryString"),
    (400, b"<html>Invalid URL</html>", SourceRefusedError, "so long an address", "maxQueryString"),
    (302, b"", SourceRefusedError, "redirects", "base_url"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "kind", "says", "hint"), CASES)
def test_each_case_has_its_class_and_its_hint(
    status: int, body: bytes, kind: type[SourceError], says: str, hint: str
) -> None:
    error = decode_error(status, body, request="Catalog_X", source="ut11").error
    assert type(error) is kind
    assert says in error.message
    assert hint in error.hint
    assert error.received == body
    assert error.context["source"] == "ut11"
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    "text",
    [
        "Сегмент пути СрокОплаты не найден!",
        'Сегмент пути "СрокОплаты" не найден!',
        "Path segment СрокОплаты not found",
    ],
)
def test_a_field_that_is_gone_is_named(text: str) -> None:
    for body in (odata_error(400, "6", text).body, xml("6", text)):
        error = decode_error(400, body, request="Catalog_X", source="ut11").error
        assert isinstance(error, SourceContractError)
        assert error.context["field"] == "СрокОплаты"
        assert "field СрокОплаты is not in the base" in error.message


@pytest.mark.parametrize("echoed", ["Лицензия на софт", "Недостаточно памяти", "монопольный"])
def test_a_word_of_the_request_that_is_echoed_decides_nothing(echoed: str) -> None:
    body = odata_error(400, "14", f"Ошибка при разборе опции запроса $filter: Description eq '{echoed}'").body
    verdict = decode_error(400, body, request="Catalog_X", source="ut11")
    assert "query options" in verdict.error.message
    assert verdict.pace is None


def test_a_set_that_is_not_published_is_named() -> None:
    body = odata_error(404, "8", "Не найден тип сущности 'Catalog_Партнеры'").body
    error = decode_error(404, body, request="Catalog_X", source="ut11").error
    assert isinstance(error, SourceRefusedError)
    assert error.context["set"] == "Catalog_Партнеры"
    assert "composition" in error.hint


def test_entities_of_an_xml_error_are_not_resolved() -> None:
    body = b'<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + xml("9", "&x;")
    assert "&x;" in read_error(body).text
