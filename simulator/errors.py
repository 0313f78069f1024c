"""What 1C answers when it refuses, in its four shapes.

ODataError           the protocol's own error: a code of the guide's table, as XML or JSON
├── QueryFailed      the query was understood and the database refused it: HTTP 500, code -1
ServerException      the application server failed before the protocol: `exception` as XML or JSON
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape

from simulator.codec import quoted

STATUS = {
    -1: 500,
    0: 501,
    1: 400,
    2: 400,
    3: 415,
    4: 400,
    5: 400,
    6: 400,
    7: 400,
    8: 404,
    9: 404,
    10: 400,
    11: 400,
    12: 400,
    13: 400,
    14: 400,
    15: 400,
    16: 400,
    17: 400,
    18: 500,
    19: 405,
    20: 401,
    21: 400,
}

XML = "application/xml;charset=utf-8"
JSON = "application/json;charset=utf-8"
HTML = "text/html;charset=utf-8"
METADATA_NS = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"
RESOURCE_NS = "http://v8.1c.ru/8.2/virtual-resource-system"
BOM = b"\xef\xbb\xbf"


class ODataError(Exception):
    def __init__(self, code: int, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = STATUS[code] if status is None else status


class QueryFailed(ODataError):
    def __init__(self, message: str) -> None:
        super().__init__(-1, message)


class ServerException(Exception):
    def __init__(self, status: int, description: str, reason: str = "", *, as_json: bool = False) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.reason = reason  # the inner description, if there is one
        self.as_json = as_json


@dataclass(frozen=True, slots=True)
class ErrorBody:
    status: int
    content_type: str
    body: bytes


def segment_not_found(segment: str) -> ODataError:
    return ODataError(6, f"Сегмент пути {segment} не найден!")


def not_comparable() -> QueryFailed:
    return QueryFailed(
        "{(3, 23)}: Неверные параметры в операции сравнения. Нельзя сравнивать поля\n"
        "неограниченной длины и поля несовместимых типов."
    )


def odata_error(error: ODataError, *, as_json: bool) -> ErrorBody:
    if as_json:
        message = f'"message": {{\n"lang": "ru",\n"value": {quoted(error.message)}\n}}'
        text = f'{{\n"odata.error": {{\n"code": "{error.code}",\n{message}\n}}\n}}'
        return ErrorBody(error.status, JSON, text.encode())
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\r\n<m:error xmlns:m="{METADATA_NS}">\r\n'
        f"\t<m:code>{error.code}</m:code>\r\n"
        f"\t<m:message>{escape(error.message, quote=False)}</m:message>\r\n"
        "</m:error>"
    )
    return ErrorBody(error.status, XML, text.encode())


def server_exception(error: ServerException) -> ErrorBody:
    inner = error.reason or error.description
    data = base64.b64encode(inner.encode()).decode()
    if error.as_json:
        text = (
            f'{{"#exception":"{{{RESOURCE_NS}}}Exception",'
            f'"exception":{{"reason":{error.status},'
            f'"descr":{quoted(error.description)},"inner":{{"descr":{quoted(inner)},'
            f'"creationStack":"","data":"{data}"}}}}}}'
        )
        return ErrorBody(error.status, JSON, BOM + text.encode())
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\r\n'
        f'<exception xmlns="{RESOURCE_NS}" reason="{error.status}">'
        f"<descr>{escape(error.description)}</descr>"
        f"<inner><descr>{escape(inner)}</descr><data>{data}</data></inner></exception>"
    )
    return ErrorBody(error.status, XML, text.encode())


def html_page(status: int, title: str, text: str) -> ErrorBody:
    page = (
        f"<!DOCTYPE html>\n<html><head><title>{escape(title)}</title></head>"
        f"<body><h1>{escape(title)}</h1><p>{escape(text)}</p></body></html>\n"
    )
    return ErrorBody(status, HTML, page.encode())


def application_error(status: int, reason: str) -> ErrorBody:
    return html_page(
        status, "1C:Enterprise 8 application error", f"An error has occurred by reason: {reason}"
    )
