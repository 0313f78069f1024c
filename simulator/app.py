"""The simulator's HTTP surface: who may come in, and what goes wrong on purpose."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote

from simulator import auth
from simulator.base import Base
from simulator.errors import (
    ErrorBody,
    ODataError,
    ServerException,
    application_error,
    html_page,
    odata_error,
    server_exception,
)
from simulator.fault_answers import wrong_answer
from simulator.faults import Fault, Faults
from simulator.options import pairs
from simulator.reading import Answer, Request
from simulator.service import Service
from simulator.sessions import Sessions
from simulator.settings import ServerOptions
from simulator.soap import envelope
from simulator.soap import service as soap
from simulator.streamed import Streamed

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class App:
    """A raw ASGI application; everything a request may wait for happens outside the event loop."""

    def __init__(self, base: Base, settings: ServerOptions) -> None:
        self.base = base
        self.faults = Faults()
        self.requests: list[tuple[str, str, int]] = []
        self.peak_concurrency = 0
        self._running = 0
        self._sessions: Sessions | None = None
        self._threads = ThreadPoolExecutor(64, thread_name_prefix="simulator")
        self._lock = threading.Lock()
        self.configure(settings)

    def configure(self, settings: ServerOptions) -> None:
        """Change the installation; requests under way finish under the old rules."""
        self.settings = settings
        self.base.clock.zone, self.base.clock.jump_s = settings.time_zone, settings.clock_jump_s
        self._service = Service(self.base, settings)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        exchange = _Exchange(self, scope, send)
        await exchange.take(receive)
        self._enter()
        try:
            await exchange.run()
        finally:
            exchange.left()

    def _enter(self) -> None:
        with self._lock:
            self._running += 1
            self.peak_concurrency = max(self.peak_concurrency, self._running)

    def leave(self, method: str, target: str, status: int) -> None:
        with self._lock:
            self._running -= 1
            self.requests.append((method, target, status))

    @property
    def sessions(self) -> Sessions:
        if self._sessions is None:
            self._sessions = Sessions()
        return self._sessions

    @property
    def service(self) -> Service:
        return self._service

    @property
    def threads(self) -> ThreadPoolExecutor:
        return self._threads


class _Exchange:
    """One request and its answer."""

    def __init__(self, app: App, scope: MutableMapping[str, Any], send: Send) -> None:
        self._app = app
        self._settings = app.settings
        self._send = send
        self._method: str = scope["method"]
        raw_path = scope["raw_path"].split(b"?")[0].decode("latin-1")
        raw_query = scope["query_string"].decode("latin-1")
        self._headers: dict[str, str] = {
            k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]
        }
        self._path = unquote(raw_path)
        self._query: dict[str, str] = pairs(raw_query)
        self.target = self._path + (f"?{unquote(raw_query)}" if raw_query else "")
        self.status = 0
        self._body = b""
        self._under_way = True

    def left(self) -> None:
        """Count the request as done: before its last bytes leave, so that none is counted twice.

        Of a short answer before its head leaves: who gives a session back reads no more than that.
        """
        if self._under_way:
            self._under_way = False
            self._app.leave(self._method, self.target, self.status)

    async def take(self, receive: Any) -> None:
        more = True
        while more:
            message = await receive()
            self._body += message.get("body", b"")
            more = message.get("more_body", False)

    async def run(self) -> None:
        fault = self._app.faults.take(self._method, self.target)
        if fault and fault.kind == "drop":
            self.abort()
            return
        if fault and fault.kind == "delay":
            await asyncio.sleep(fault.delay_s)
        try:
            await self._authorised(fault)
        except ServerException as error:
            await self._whole(server_exception(error))
        except ODataError as error:
            await self._whole(odata_error(error, as_json=self._wants_json()))

    async def _authorised(self, fault: Fault | None) -> None:
        settings = self._settings
        if not self._path.startswith(f"/{settings.name}/"):
            await self._whole(html_page(404, "404 - Not Found", "Информационная база не найдена"))
            return
        if not auth.allowed(self._headers.get("authorization", ""), settings.user, settings.password):
            await self._whole(auth.refusal(), {"WWW-Authenticate": auth.CHALLENGE})
            return
        if settings.locked:
            reason = "Начало сеанса с информационной базой запрещено. Идет обновление базы."
            raise ServerException(403, "HTTP: Forbidden", reason, as_json=True)
        if not settings.licence_free:
            await self._whole(application_error(500, "Не обнаружено свободной лицензии!"))
            return
        command = self._headers.get("ibsession", "").strip().lower()
        async with self._app.sessions.use(settings, command, self._cookie()) as started:
            await asyncio.sleep(settings.latency_ms / 1000)
            extra = {"Set-Cookie": f"ibsession={started}; path=/{settings.name}"} if started else {}
            await self._answered(fault, extra)

    def _cookie(self) -> str:
        for piece in self._headers.get("cookie", "").split(";"):
            name, _, value = piece.strip().partition("=")
            if name.lower() == "ibsession":
                return value
        return ""

    async def _answered(self, fault: Fault | None, extra: dict[str, str]) -> None:
        wrong = wrong_answer(fault, as_json=self._wants_json(), soap=self._soap_version) if fault else None
        loop = asyncio.get_running_loop()
        if wrong is not None:
            if fault and fault.done:
                await loop.run_in_executor(self._app.threads, self._work, fault)
            challenge = {"WWW-Authenticate": auth.CHALLENGE} if wrong.status == 401 else {}
            await self._whole(wrong, extra | challenge)
            return
        answer = Streamed(self, fault, extra)
        await loop.run_in_executor(self._app.threads, answer.run, loop)

    def _work(self, fault: Fault) -> None:
        """What is asked for is done, and the client will not be told."""
        with suppress(ODataError, ServerException):
            self.answer(fault)

    def answer(self, fault: Fault | None) -> Answer:
        """What the base itself says: its web service, or its standard OData interface."""
        if self._settings.extension and soap.is_here(self._path, self._settings.name):
            if self._method == "POST":
                return soap.answer(self._app.base, soap.Posted(self._body, self._soap_version))
            return soap.description(self._settings.name)
        service_root = f"/{self._settings.name}/odata/standard.odata"
        if not self._path.startswith(service_root):
            raise ODataError(6, f"Сегмент пути {self._path} не найден!", status=404)
        path = self._path.removeprefix(service_root).strip("/")
        if path == "$batch":
            raise ODataError(0, "Пакетные запросы не поддерживаются")
        query = dict(self._query)
        if fault and fault.kind == "shift":
            query["$skip"] = str(max(0, int(query.get("$skip", "0")) + fault.rows))
        root = f"http://{self._headers.get('host', '')}{service_root}"
        refusal = fault.message if fault and fault.kind == "refuse" else ""
        accept = self._headers.get("accept", "")
        request = Request(path, query, accept, root, self._headers, self._body, refusal)
        return self._app.service.answer(self._method, request)

    @property
    def _soap_version(self) -> envelope.Version:
        return envelope.version_of(self._headers.get("content-type", ""))

    def _wants_json(self) -> bool:
        asked: str = self._query.get("$format") or self._headers.get("accept", "")
        return "json" in asked

    async def _whole(self, body: ErrorBody, extra: dict[str, str] | None = None) -> None:
        await self.start(body.status, body.content_type, extra or {}, len(body.body))
        await self.body(body.body, more=False)

    async def start(self, status: int, content_type: str, extra: dict[str, str], length: int | None) -> None:
        self.status = status
        if length is not None:
            self.left()
        moment = datetime.now(UTC) + timedelta(
            seconds=self._settings.clock_skew_s + self._settings.clock_jump_s
        )
        headers = {
            "Content-Type": content_type.replace("charset=utf-8", f"charset={self._settings.charset}"),
            "Date": format_datetime(moment, usegmt=True),
            "Server": "Microsoft-IIS/10.0",
            **extra,
        }
        if length is not None:
            headers["Content-Length"] = str(length)
        pairs_ = [(k.encode("latin-1"), v.encode()) for k, v in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": pairs_})

    async def body(self, data: bytes, *, more: bool) -> None:
        if not more:
            self.left()
        await self._send({"type": "http.response.body", "body": data, "more_body": more})

    def linger(self, seconds: float) -> None:
        self._app.faults.lingering += 1
        time.sleep(seconds)

    def abort(self) -> None:
        """Break the connection: uvicorn's send belongs to the object that holds the socket."""
        self._send.__self__.transport.abort()  # type: ignore[attr-defined]
