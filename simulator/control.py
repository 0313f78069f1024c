"""The control port: makes things happen in the accounting system from outside. For tests only."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, get_type_hints

import msgspec

from simulator.company import totals
from simulator.faults import READY, WRITES, Fault, ready
from simulator.life import Life, NothingFitsError
from simulator.life.life import ACTIONS, EVENTS
from simulator.settings import ServerOptions

if TYPE_CHECKING:
    from simulator.server import Server

Body = dict[str, Any]
_LOCAL = "127.0.0.1"


class UnknownCommandError(LookupError):
    """No such path on the control port."""


class Control:
    """Listens on this machine only."""

    def __init__(self, server: Server, port: int) -> None:
        self._server = server
        self._http = _Http((_LOCAL, port), self)
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://{_LOCAL}:{self._http.server_port}"

    def start(self) -> None:
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._thread:
            self._http.shutdown()
            self._thread.join(timeout=10)
        self._http.server_close()

    def answer(self, method: str, path: str, body: Body) -> Any:
        kind, _, action = path.strip("/").partition("/")
        if method == "POST" and kind == "do" and action in ACTIONS:
            return asdict(self._life(body).do(action, body))
        command = _COMMANDS.get((method, path.rstrip("/")))
        if command is None:
            known = ", ".join(f"{m} {p}" for m, p in _COMMANDS)
            raise UnknownCommandError(f"give {known}, or POST /do/ with one of {', '.join(ACTIONS)}")
        return command(self, body)

    def _life(self, body: Body) -> Life:
        return Life(self._server.base, int(body.pop("seed", 1)), float(body.pop("silent", 0)))

    def events(self, body: Body) -> Any:
        life = self._life(body)
        return [asdict(life.step()) for _ in range(int(body.get("n", 1)))]

    def faults(self, body: Body) -> Any:
        faults = self._server.faults
        if body.get("clear"):
            faults.clear()
        if body.get("stop"):
            faults.stop()
        faults.add(*(_fault(one) for one in body.get("add", ())))
        if "chance" in body:
            faults.chance(**{"kinds": tuple(READY), **body["chance"]})
        return {"waiting": len(faults), "struck": faults.struck}

    def options(self, body: Body) -> Any:
        hints = get_type_hints(ServerOptions)
        unknown = body.keys() - hints.keys()
        if unknown:
            raise ValueError(f"unknown options {sorted(unknown)}: give some of {', '.join(hints)}")
        self._server.change(**{key: msgspec.convert(value, hints[key]) for key, value in body.items()})
        return {"changed": sorted(body)}

    def register_all(self, body: Body) -> Any:
        self._server.base.register_all(str(body.get("node", "")))
        return self._pending()

    def die(self, _body: Body) -> Any:
        os._exit(9)

    def state(self, _body: Body) -> Any:
        server, base = self._server, self._server.base
        return {
            "now": base.now().isoformat(),
            "events": int(base.meta.get(EVENTS, "0")),
            "requests": len(server.requests),
            "peak_concurrency": server.peak_concurrency,
            "pending": self._pending(),
            "faults": {"waiting": len(server.faults), "struck": server.faults.struck},
        }

    def totals(self, _body: Body) -> Any:
        return [{**asdict(one), "amount": str(one.amount)} for one in totals(self._server.base)]

    def _pending(self) -> Any:
        return {code: asdict(one) for code, one in self._server.base.exchange.pending().items()}


_COMMANDS: dict[tuple[str, str], Callable[[Control, Body], Any]] = {
    ("POST", "/events"): Control.events,
    ("POST", "/faults"): Control.faults,
    ("POST", "/options"): Control.options,
    ("POST", "/register-all"): Control.register_all,
    ("POST", "/die"): Control.die,
    ("GET", "/state"): Control.state,
    ("GET", "/totals"): Control.totals,
}


def _fault(given: Body) -> Fault:
    """`{"ready": "locked", ..}`, or a Fault's own fields; its `body` in base64."""
    if "ready" not in given:
        return msgspec.convert(given, Fault)
    known = READY | WRITES
    if given["ready"] not in known:
        raise ValueError(f"unknown fault {given['ready']}: give one of {', '.join(known)}")
    return ready(given["ready"], **{key: value for key, value in given.items() if key != "ready"})


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], control: Control) -> None:
        self.control = control
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Http

    def do_GET(self) -> None:
        self._respond("GET")

    def do_POST(self) -> None:
        self._respond("POST")

    def _respond(self, method: str) -> None:
        try:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            if not isinstance(body, dict):
                raise TypeError("give a JSON object")
            self._send(200, self.server.control.answer(method, self.path, body))
        except UnknownCommandError as error:
            self._send(404, {"error": str(error)})
        except NothingFitsError as error:
            self._send(409, {"error": str(error)})
        except (ValueError, TypeError) as error:
            self._send(400, {"error": str(error)})

    def _send(self, status: int, value: Any) -> None:
        data = json.dumps(value, ensure_ascii=False).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing: the simulator's output is its address."""
