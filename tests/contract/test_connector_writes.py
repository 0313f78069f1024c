"""Writing against the simulator's write side, over sockets: what is sent, what is kept, and every broken answer."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.odata import ODataClient
from connectors.writing import Writing
from mappings.outgoing import outgoing
from schemas.errors import (
    AlreadyThereError,
    NotReceivedError,
    SourceError,
    SourceRefusedError,
    UnclearAnswerError,
)
from schemas.outgoing import Row
from schemas.settings import Limits, Secret, SourceSettings, Timeouts
from simulator.base import Base
from simulator.configuration import TRADE
from simulator.faults import Fault, ready
from simulator.server import Server, running
from simulator.settings import ServerOptions
from tests.contract.simulator.small_base import GOODS, OTHER_PARTY, PARTY, RUB, fill
from tests.unit.mappings import orders_to_write as some

SET = "Document_ЗаказКлиента"
OUT = outgoing(some.settings(), "order")
Serve = Callable[..., Server]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with closing(Base(TRADE)) as base:
        fill(base)
        with running(base) as running_server:
            yield running_server


@pytest.fixture
def serve(server: Server) -> Iterator[Serve]:
    """The one server, set up as a test wants it."""

    def change(*faults: Fault, **options: Any) -> Server:
        server.app.configure(replace(ServerOptions(), **options))
        server.faults.add(*faults)
        server.requests.clear()
        return server

    yield change
    server.faults.clear()
    server.app.configure(ServerOptions())


@pytest.fixture
def writer(server: Server) -> Iterator[Writing]:
    with client(server) as opened:
        yield Writing(opened)


def client(server: Server, **changes: Any) -> ODataClient:
    values: dict[str, Any] = {
        "id": "ut11", "title": "УТ 11", "base_url": server.url, "user": server.user,
        "password": Secret(server.password), "time_zone": ZoneInfo("Europe/Moscow"),
        "history_from": date(2024, 1, 1), "limits": Limits(sessions=2),
    }  # fmt: skip
    return ODataClient(SourceSettings(**(values | changes)), sleep=lambda _: None)


def an_order(**changed: Any) -> tuple[str, Row]:
    """An order of its own, with every field that may be sent."""
    id = str(uuid.uuid4())
    lines = (
        some.line(item_id=GOODS, unit_id=some.BOX, discount=12_500_000, price=33_330_000),
        some.line(item_id=GOODS, quantity=1_250_000, discount=3_333_000),
    )
    told = {
        "counterparty_id": PARTY, "branch_id": OTHER_PARTY, "comment": "Позвонить\nзаранее: «да»",
        "delivery_address": "г. Тверь", "wished_on": "2026-12-01", "contact_id": some.CONTACT,
    }  # fmt: skip
    facts = some.facts(id=id, reference=id[:8], currency_id=RUB, own_units={GOODS: some.PIECE})
    return id, OUT.build(facts, some.order(*lines, **(told | changed)))


def found(writer: Writing, sent: Row) -> list[Row]:
    return list(writer.find(SET, OUT.looked_for(sent)).rows)


def test_an_order_is_kept_as_it_was_sent_and_found_again(writer: Writing, serve: Serve) -> None:
    serve()
    id, sent = an_order()
    created = writer.create(SET, {"Ref_Key": id, **sent}).row
    assert created is not None
    assert OUT.differences(sent, created) == ()
    assert (created["Ref_Key"], OUT.is_posted(created)) == (OUT.ref_key(id), False)
    read = writer.read(SET, id).row
    assert read is not None
    assert OUT.differences(sent, read) == ()
    assert [OUT.is_ours(row, id) for row in found(writer, sent)] == [True]
    assert OUT.number_of(read)
    assert OUT.moment_of(read)


def test_a_second_one_of_the_same_key_is_there_already(writer: Writing, serve: Serve) -> None:
    serve()
    id, sent = an_order()
    writer.create(SET, {"Ref_Key": id, **sent})
    with pytest.raises(AlreadyThereError):
        writer.create(SET, {"Ref_Key": id, **sent})
    assert len(found(writer, sent)) == 1


def test_what_is_not_there_is_not_found(writer: Writing, serve: Serve) -> None:
    serve()
    id, sent = an_order()
    assert found(writer, sent) == []
    assert writer.read(SET, id).row is None


def test_it_is_posted_changed_unposted_and_marked(writer: Writing, serve: Serve) -> None:
    serve()
    id, sent = an_order()
    writer.create(SET, {"Ref_Key": id, **sent})
    _, other = an_order(comment="иначе", wished_on=None)
    changed = writer.change(SET, id, other).row
    assert changed is not None
    assert OUT.differences(other, changed) == ()
    writer.post(SET, id)
    posted = writer.read(SET, id).row
    assert posted is not None
    assert OUT.is_posted(posted)
    assert OUT.differences(other, posted) == ()
    writer.unpost(SET, id)
    marked = writer.mark_for_deletion(SET, id).row
    assert marked is not None
    assert (OUT.is_posted(marked), OUT.is_marked(marked)) == (False, True)
    with pytest.raises(SourceRefusedError) as refused:
        writer.post(SET, id)
    assert "Помеченный на удаление" in refused.value.words


def test_a_base_that_chooses_the_key_itself_is_found_by_reference(writer: Writing, serve: Serve) -> None:
    serve(chosen_keys=False)
    id, sent = an_order()
    created = writer.create(SET, {"Ref_Key": id, **sent}).row
    assert created is not None
    assert created["Ref_Key"] != id
    assert [OUT.is_ours(row, id) for row in found(writer, sent)] == [True]


def test_what_the_base_cuts_and_ignores_is_told(writer: Writing, serve: Serve) -> None:
    serve()
    _, sent = an_order(delivery_address="ы" * 600)
    created = writer.create(SET, {**sent, "НетТакого": "1"}).row
    assert created is not None
    assert [one.field for one in OUT.differences(sent, created)] == ["АдресДоставки"]
    assert "НетТакого" not in created


REFUSED = [
    (Fault("refuse", method="POST", message="{Модуль(1)}: Лимит «Ромашки»"), SourceRefusedError, False),
    (ready("pool", method="POST"), NotReceivedError, False),
    (ready("locked", method="POST"), NotReceivedError, False),
    (ready("licence", method="POST"), NotReceivedError, False),
    (ready("unauthorized", method="POST"), NotReceivedError, False),
    (ready("unavailable", method="POST"), NotReceivedError, False),
    (ready("bad_gateway", method="POST"), UnclearAnswerError, False),
    (ready("drop", method="POST"), UnclearAnswerError, False),
    (ready("html", method="POST"), UnclearAnswerError, False),
    (ready("drop_after", method="POST"), UnclearAnswerError, True),
    (ready("malformed", method="POST"), UnclearAnswerError, True),
    (ready("truncate", method="POST"), UnclearAnswerError, True),
    (ready("bad_gateway_after", method="POST"), UnclearAnswerError, True),
    (ready("gateway_timeout_after", method="POST"), UnclearAnswerError, True),
    (ready("error_after", method="POST"), UnclearAnswerError, True),
]


@pytest.mark.parametrize(("fault", "outcome", "is_there"), REFUSED)
def test_what_is_told_of_a_write_is_never_more_than_is_true(
    fault: Fault, outcome: type[SourceError], is_there: bool, writer: Writing, serve: Serve
) -> None:
    """Unclear may be both; refused and not received never leave anything behind."""
    server = serve(fault)
    _, sent = an_order()
    with pytest.raises(SourceError) as raised:
        writer.create(SET, sent)
    assert type(raised.value) is outcome
    assert len([method for method, *_ in server.requests if method == "POST"]) == 1
    assert bool(found(writer, sent)) is is_there
    if isinstance(raised.value, SourceRefusedError):
        assert raised.value.words == "Лимит «Ромашки»"


def test_an_answer_that_comes_too_late_is_unclear(serve: Serve) -> None:
    server = serve(Fault("linger", method="POST", delay_s=0.2))
    _, sent = an_order()
    hasty = Timeouts(connect_s=1, read_s=0.05)  # type: ignore[arg-type]
    with client(server, timeouts=hasty) as opened, pytest.raises(UnclearAnswerError):
        Writing(opened).create(SET, sent)
    with client(server) as opened:
        assert len(found(Writing(opened), sent)) == 1


def test_a_base_that_nobody_answers_for_received_nothing(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    server = serve()
    no_tls = server.url.replace("http:", "https:")  # the handshake fails before anything is said
    for url in (f"http://127.0.0.1:{port}/odata", no_tls):
        with client(server, base_url=url) as opened, pytest.raises(NotReceivedError):
            Writing(opened).create(SET, {"а": "б"})


def test_a_user_who_may_only_read_is_refused(writer: Writing, serve: Serve) -> None:
    serve(read_only=True)
    with pytest.raises(SourceRefusedError, match="no right to write"):
        writer.create(SET, an_order()[1])
