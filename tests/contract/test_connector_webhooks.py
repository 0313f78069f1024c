"""Sending a message, against receivers behind real sockets."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.webhooks import Sender
from schemas.settings import Secret
from schemas.signing import PREFIX
from schemas.webhooks import Outcome
from store import webhook_secrets
from tests.receiver import Answer, Receiver, running

NEAR = ("127.0.0.1",)
BODY = '{"type":"balance.changed","timestamp":"2026-11-22T10:00:00Z","data":{"id":"ut11:ы"}}'.encode()
SECRET = webhook_secrets.new()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running(Receiver(secret=SECRET.value)) as served:
        yield served


@pytest.fixture
def self_signed(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that nobody trusts by itself, and its key."""
    if not shutil.which("openssl"):
        pytest.skip("making a certificate needs openssl")
    made, key = tmp_path / "made.pem", tmp_path / "key.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    ordered = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    subprocess.run([*ordered, "-keyout", key, "-out", made, *names], check=True, capture_output=True)
    return made, key


def post(url: str, sender: Sender | None = None, secrets: tuple[Secret, ...] = (SECRET,)) -> Outcome:
    with (sender or Sender(NEAR, timeout_s=2)).line(url) as line:
        return line.post("evt_1", BODY, secrets)


def hear(peer: socket.socket) -> None:
    """Take the whole request: who closes with some of it unread lets the other side lose the answer."""
    heard = more = peer.recv(65_536)
    while more and not heard.endswith(BODY):
        heard += (more := peer.recv(65_536))


@contextmanager
def talking(say: Callable[[socket.socket], None]) -> Iterator[str]:
    """Somebody who takes one connection after the other and says what he likes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stopped = threading.Event()

        def serve() -> None:
            while not stopped.is_set():
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    try:
                        say(peer)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        stopped.set()
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def resolving(*addresses: str) -> Callable[..., list[tuple[Any, ...]]]:
    """A name server that gives these addresses, one list for each time it is asked."""
    given = iter(addresses)

    def resolve(_host: str, port: int, **_more: object) -> list[tuple[Any, ...]]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in next(given).split(" and ")
        ]

    return resolve


def test_the_standards_own_code_verifies_what_we_send(receiver: Receiver) -> None:
    assert post(receiver.url).is_delivered
    (message,) = receiver.seen
    assert (message.id, message.type, message.data) == ("evt_1", "balance.changed", {"id": "ut11:ы"})
    assert receiver.forged == 0


def test_while_a_secret_is_changed_both_sign(receiver: Receiver) -> None:
    other = webhook_secrets.new()
    assert post(receiver.url, secrets=(other, SECRET)).is_delivered
    assert post(receiver.url, secrets=(other,)).status == 401


def test_a_secret_is_of_the_length_that_the_standard_asks_for() -> None:
    assert SECRET.value.startswith(PREFIX)
    assert len(SECRET.value) == len(PREFIX) + 32  # 24 bytes


@pytest.mark.parametrize("status", [200, 204, 299, 302, 400, 410, 500, 503])
def test_the_status_is_what_counts(receiver: Receiver, status: int) -> None:
    receiver.answering = lambda _message: Answer(status, headers=(("location", "http://127.0.0.1:1/"),))
    outcome = post(receiver.url)
    assert (outcome.status, outcome.error) == (status, None)
    assert outcome.is_delivered == (status < 300)
    assert outcome.is_gone == (status == 410)
    assert len(receiver.seen) == 1


def test_a_receiver_may_ask_to_be_left_alone(receiver: Receiver) -> None:
    for header, waits in (("120", 120), ("9" * 400, 86_400), ("soon", 0)):
        receiver.answering = lambda _message, header=header: Answer(429, headers=(("retry-after", header),))
        assert post(receiver.url).asked == timedelta(seconds=waits)


def test_messages_share_a_connection(receiver: Receiver) -> None:
    with Sender(NEAR).line(receiver.url) as line:
        for number in range(3):
            assert line.post(f"evt_{number}", BODY, (SECRET,)).is_delivered
        # else the body waits for the other side to acknowledge the head: 19 messages a second instead of 190
        assert line._connection is not None
        assert line._connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert receiver.connections == 1
    assert receiver.ids() == ["evt_0", "evt_1", "evt_2"]


@pytest.mark.parametrize("answer", [Answer(closes=True), Answer(body=b"x" * 200_000)], ids=["closed", "long"])
def test_a_connection_that_cannot_be_shared_is_opened_again(receiver: Receiver, answer: Answer) -> None:
    receiver.answering = lambda _message: answer
    with Sender(NEAR).line(receiver.url) as line:
        assert all(line.post(f"evt_{number}", BODY, (SECRET,)).is_delivered for number in range(3))
    assert receiver.connections == 3


def test_a_receiver_that_says_nothing_is_left_when_the_time_is_over(receiver: Receiver) -> None:
    receiver.answering = lambda _message: Answer(wait_s=5)
    outcome = post(receiver.url, Sender(NEAR, timeout_s=0.1))
    assert (outcome.status, outcome.error) == (None, "timeout")
    assert outcome.seconds < 1


@pytest.mark.parametrize(
    ("begins", "comes_to"),
    [
        (b"", (None, "timeout")),
        (b"HTTP/1.1 ", (None, "timeout")),
        (b"HTTP/1.1 200 OK\r\nx: ", (200, None)),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", (200, None)),
        (b"HTTP/1.1 500 Oh\r\ntransfer-encoding: chunked\r\n\r\n", (500, None)),
    ],
    ids=["nothing", "no status", "headers", "body", "chunks"],
)
def test_who_talks_slowly_for_ever_is_left_when_the_time_is_over(
    begins: bytes, comes_to: tuple[int | None, str | None]
) -> None:
    """What he said until then counts: a status is an answer, whatever else he was about to say."""

    def drip(peer: socket.socket) -> None:
        hear(peer)
        peer.sendall(begins)
        while True:
            peer.sendall(b"1")
            threading.Event().wait(0.02)

    with talking(drip) as url:
        outcome = post(url, Sender(NEAR, timeout_s=0.15))
    assert (outcome.status, outcome.error) == comes_to
    assert outcome.seconds < 1


@pytest.mark.parametrize("words", [b"", b"hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
def test_an_answer_that_is_none_is_a_failure(words: bytes) -> None:
    def say(peer: socket.socket) -> None:
        hear(peer)
        peer.sendall(words)

    with talking(say) as url:
        outcome = post(url)
    assert (outcome.status, outcome.error) == (None, "no_answer")


def test_nobody_who_listens_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}/").error == "not_connected"


def test_a_certificate_that_nobody_knows_is_a_failure(self_signed: tuple[Path, Path]) -> None:
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(*self_signed)

    def say(peer: socket.socket) -> None:
        with served.wrap_socket(peer, server_side=True) as secured:
            hear(secured)
            secured.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    with talking(say) as url:
        secure = url.replace("http:", "https:")
        assert post(secure).error == "certificate_not_trusted"
        assert post(secure, Sender(NEAR, ca_bundle=str(self_signed[0]), timeout_s=2)).is_delivered


def test_names_that_lead_into_our_network_are_not_connected_to(receiver: Receiver) -> None:
    for address in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "93.184.216.34 and 127.0.0.1"):
        sender = Sender((), timeout_s=1, resolve=resolving(address))
        assert post(f"https://shop.example:{receiver.port}/", sender).error == "address_refused"
    assert receiver.connections == 0


def test_a_name_is_resolved_once_and_the_connection_goes_there(receiver: Receiver) -> None:
    """A name server that answers otherwise the second time (DNS rebinding) is not asked a second time."""
    sender = Sender((f"shop.local:{receiver.port}",), resolve=resolving("127.0.0.1"))
    with sender.line(f"http://shop.local:{receiver.port}/") as line:
        assert line.post("evt_1", BODY, (SECRET,)).is_delivered
        assert line.post("evt_2", BODY, (SECRET,)).is_delivered


def test_a_name_that_nobody_knows_is_a_failure() -> None:
    def resolve(*_of: object, **_more: object) -> list[tuple[Any, ...]]:
        raise socket.gaierror(-2, "unknown")

    assert post("https://shop.example/", Sender((), resolve=resolve)).error == "name_unknown"
    assert post("https://" + "a" * 70 + ".example/", Sender((), timeout_s=1)).error == "name_unknown"


def test_an_address_that_the_settings_no_longer_allow_is_a_failure(receiver: Receiver) -> None:
    assert post(receiver.url, Sender(())).error == "address_refused"
    assert receiver.connections == 0
