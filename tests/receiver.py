"""A receiver of webhooks behind real HTTP, as bad as they are: it loses, delays, doubles, refuses, breaks off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook as Verifier


@dataclass(frozen=True)
class Message:
    """A message whose signature was verified, by the standard's own code."""

    id: str
    type: str
    timestamp: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What to do with a message: `status` None closes the line without a word; `kept` False loses it."""

    status: int | None = 200
    kept: bool = True
    wait_s: float = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    closes: bool = False


@dataclass
class Receiver:
    """`answering` decides about each message; `seen` are all that came, `kept` those that were not lost."""

    port: int = 0
    secret: str = ""
    answering: Callable[[Message], Answer] = lambda _message: Answer()
    seen: list[Message] = field(default_factory=list)
    kept: list[Message] = field(default_factory=list)
    forged: int = 0
    connections: int = 0
    under_way: int = 0
    most_under_way: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?shop=1"

    def ids(self) -> list[str]:
        return [message.id for message in self.seen]

    def take(self, headers: dict[str, str], raw: bytes) -> Answer:
        try:
            told = Verifier(self.secret).verify(raw, headers)
        except Exception:
            with self.lock:
                self.forged += 1
            return Answer(401)
        message = Message(headers["webhook-id"], told["type"], told["timestamp"], told["data"])
        with self.lock:
            self.seen.append(message)
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
        answer = self.answering(message)
        self.stopping.wait(answer.wait_s)
        with self.lock:
            self.under_way -= 1
            if answer.kept:
                self.kept.append(message)
        return answer


@contextmanager
def running(receiver: Receiver | None = None) -> Iterator[Receiver]:
    """Serve on a free port; one thread for each connection."""
    own = receiver or Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            with own.lock:
                own.connections += 1

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            answer = own.take({name.lower(): value for name, value in self.headers.items()}, raw)
            self.close_connection = answer.closes or answer.status is None
            if answer.status is None:
                return
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_words: object) -> None:
            pass

    class Served(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_of: object) -> None:
            """A sender that hangs up is what some tests are about."""

    server = Served(("127.0.0.1", 0), Handler)
    own.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield own
    finally:
        own.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def state(messages: Iterable[Message]) -> dict[str, dict[str, Any]]:
    """What a receiver knows that keeps of each subject the highest version, in whatever order they came."""
    found: dict[str, dict[str, Any]] = {}
    for message in messages:
        topic = message.type.partition(".")[0]
        subject = message.data.get("id") or f"{topic} {message.data.get('counterparty_id', 'source')}"
        if message.data["version"] > found.get(subject, {"version": 0})["version"]:
            found[subject] = {"type": message.type, **message.data}
    return found
