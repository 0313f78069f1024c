"""A base behind `requests`, without sockets: a function from the target to a reply."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from http.cookiejar import Cookie
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, unquote
from zoneinfo import ZoneInfo

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from connectors.odata import ODataClient
from schemas.settings import Limits, Secret, SourceSettings, Timeouts

URL = "http://base.test/ut11/odata/standard.odata"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    body: bytes = b""
    media_type: str = "application/json;charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it left: `target` encoded, `path` and `query` decoded."""

    target: str
    headers: Mapping[str, str]
    method: str = "GET"

    @property
    def path(self) -> str:
        return unquote(self.target.partition("?")[0])

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.target.partition("?")[2].replace("+", "%2B"), keep_blank_values=True))


class FakeBase(BaseAdapter):
    """Counts what is under way; `linger_s` keeps an answer that long so that requests can overlap."""

    def __init__(self, answer: Callable[[Asked], Reply], linger_s: float = 0.0) -> None:
        super().__init__()
        self.answer = answer
        self.linger_s = linger_s
        self.asked: list[Asked] = []
        self.under_way = 0
        self.peak = 0
        self.waits: list[Any] = []
        self.bodies: list[list[bytes]] = []
        self.takes_body = True  # or the connection fails before any of it
        self._lock = threading.Lock()

    def send(self, request: Any, stream: Any = False, timeout: Any = None, *rest: Any, **more: Any) -> Any:
        asked = Asked(request.url.removeprefix(URL).removeprefix("/"), dict(request.headers), request.method)
        with self._lock:
            self.asked.append(asked)
            self.waits.append(timeout)
            self.bodies.append(_chunks(request.body) if self.takes_body else [])
            self.under_way += 1
            self.peak = max(self.peak, self.under_way)
        try:
            time.sleep(self.linger_s)
            reply = self.answer(asked)
            if reply.error:
                raise reply.error
            return self._response(request, reply)
        finally:
            with self._lock:
                self.under_way -= 1

    def close(self) -> None:
        pass

    def session(self) -> requests.Session:
        session = requests.Session()
        session.mount("http://", self)
        return session

    def _response(self, request: Any, reply: Reply) -> requests.Response:
        response = requests.Response()
        response.status_code = reply.status
        headers = {"Content-Type": reply.media_type, **reply.headers}
        response.headers.update(headers)
        response.raw = HTTPResponse(
            BytesIO(reply.body),
            headers=headers,
            status=reply.status,
            preload_content=False,
            request_method="GET",
        )
        for name, value in reply.cookies.items():
            response.cookies.set_cookie(_cookie(name, value))
        response.url = request.url
        response.request = request
        return response


def _chunks(body: Any) -> list[bytes]:
    """What of a body is sent: one that is not bytes is asked for it."""
    return [body] if isinstance(body, bytes) else list(body or ())


def settings(**changes: Any) -> SourceSettings:
    values: dict[str, Any] = {
        "id": "ut11", "title": "УТ 11", "base_url": URL, "user": "Обмен", "password": Secret("пароль"),
        "time_zone": ZoneInfo("Europe/Moscow"), "history_from": date(2026, 1, 1),
        "limits": Limits(), "timeouts": Timeouts(), "select": "all",
    }  # fmt: skip
    return SourceSettings(**(values | changes))


def client(base: FakeBase, naps: list[float] | None = None, **changes: Any) -> ODataClient:
    """A client of `base`; pauses go into `naps` in place of time."""
    return ODataClient(
        settings(**changes), session_factory=base.session, sleep=(naps if naps is not None else []).append
    )


def page(rows: list[dict[str, Any]], **around: Any) -> Reply:
    text = json.dumps({"odata.metadata": f"{URL}/$metadata#X", **around, "value": rows}, ensure_ascii=False)
    return Reply(body=text.encode())


def odata_error(status: int, code: str, message: str = "Отказ") -> Reply:
    error = {"odata.error": {"code": code, "message": {"lang": "ru", "value": message}}}
    return Reply(status, json.dumps(error, ensure_ascii=False).encode())


def exception(status: int, text: str) -> Reply:
    body = {
        "#exception": "{http://v8.1c.ru/8.2/virtual-resource-system}Exception",
        "exception": {"reason": status, "descr": f"HTTP: {status}", "inner": {"descr": text, "data": "AAAA"}},
    }
    return Reply(status, b"\xef\xbb\xbf" + json.dumps(body, ensure_ascii=False).encode())


def html(status: int, text: str = "Login") -> Reply:
    return Reply(
        status, f"<!DOCTYPE html><html><body>{text}</body></html>".encode(), "text/html; charset=utf-8"
    )


def _cookie(name: str, value: str) -> Cookie:
    return Cookie(
        0, name, value, None, False, "base.test", False, False, "/", True, False, None, True, None, None, {}
    )  # fmt: skip
