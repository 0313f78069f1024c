"""The control port: events, faults, options and death from outside."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest

from simulator.base import Base
from simulator.company import CompanyOptions, build, totals
from simulator.configuration import TRADE
from simulator.server import Server, running
from simulator.settings import ServerOptions
from tests.contract.simulator.small_base import SHIPMENT, Client

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 22)


def ask(url: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """POST with a body, GET without one."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url + path, data), timeout=20) as answer:
        return json.load(answer)


def refusal(url: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(url, path, body)
    with caught.value as answer:
        return answer.code, json.load(answer)["error"]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with closing(Base(TRADE)) as base:
        build(base, CompanyOptions(seed=2, size=60, today=TODAY))
        with running(base, ServerOptions(control=True)) as server:
            yield server


@pytest.fixture
def url(server: Server) -> str:
    assert server.control is not None
    return server.control.url


def test_there_is_no_control_port_unless_it_is_asked_for() -> None:
    with closing(Base(TRADE)) as base, running(base) as plain:
        assert plain.control is None


def test_random_events_happen_and_are_told(server: Server, url: str) -> None:
    before = ask(url, "/state")
    events = ask(url, "/events", {"n": 5, "seed": 3})
    assert len(events) == 5
    assert all(set(one) == {"kind", "entity_set", "ref", "registered", "what"} for one in events)
    after = ask(url, "/state")
    assert after["events"] == before["events"] + 5
    assert after["pending"]["002"]["unsent"] > 0
    books = {(one["contract"], one["currency"]): one["amount"] for one in ask(url, "/totals")}
    assert books == {(one.contract, one.currency): str(one.amount) for one in totals(server.base)}


def test_an_event_may_be_named_with_its_object(server: Server, url: str) -> None:
    shipped = ask(url, "/do/new_shipment", {})
    assert shipped["entity_set"] == SHIPMENT
    unposted = ask(url, "/do/unpost", {"ref": shipped["ref"]})
    assert (unposted["kind"], unposted["ref"]) == ("unpost", shipped["ref"])
    client = Client(server, server.user, server.password)
    assert client.get(f"{SHIPMENT}(guid'{shipped['ref']}')").data["Posted"] is False
    status, why = refusal(url, "/do/unpost", {"ref": shipped["ref"]})
    assert (status, why) == (409, f"{SHIPMENT} {shipped['ref']} does not allow it now")


def test_faults_are_added_drawn_and_cleared(server: Server, url: str) -> None:
    client = Client(server, server.user, server.password)
    told = ask(url, "/faults", {"add": [{"ready": "pool"}, {"kind": "status", "status": 503, "shape": 4}]})
    assert told["waiting"] == 2
    assert [client.get("Catalog_Валюты").status for _ in range(3)] == [406, 503, 200]
    ask(url, "/faults", {"chance": {"seed": 1, "rate": 1.0, "kinds": ["locked"]}})
    assert client.get("Catalog_Валюты").status == 403
    ask(url, "/faults", {"stop": True, "clear": True})
    assert client.get("Catalog_Валюты").status == 200
    assert ask(url, "/state")["faults"]["struck"]["locked"] == 1


def test_options_change_while_it_runs(server: Server, url: str) -> None:
    client = Client(server, server.user, server.password)
    ask(url, "/options", {"locked": True, "hide_sets": ["Catalog_Валюты"]})
    assert client.get("Catalog_Контрагенты").status == 403
    ask(url, "/options", {"locked": False, "clock_jump_s": 86_400})
    assert client.get("Catalog_Валюты").status == 404
    assert ask(url, "/state")["now"] == server.base.now().isoformat()
    ask(url, "/options", {"hide_sets": [], "clock_jump_s": 0})


def test_everything_may_be_registered(server: Server, url: str) -> None:
    pending = ask(url, "/register-all", {})
    assert pending["002"]["unsent"] > server.base.count(SHIPMENT)


@pytest.mark.parametrize(
    ("path", "body", "status", "advice"),
    [
        ("/nothing", {}, 404, "give POST /events"),
        ("/do/explode", {}, 404, "one of new_shipment"),
        ("/state", {}, 404, "GET /state"),
        ("/do/unpost", {"colour": "red"}, 400, "colour"),
        ("/options", {"colour": "red"}, 400, "give some of host"),
        ("/options", {"latency_ms": "slow"}, 400, "Expected `int`"),
        ("/faults", {"add": [{"ready": "fire"}]}, 400, "give one of pool"),
        ("/faults", {"add": [{"kind": "fire"}]}, 400, "Invalid enum value"),
    ],
)
def test_a_wrong_command_is_refused_with_advice(
    url: str, path: str, body: dict[str, Any], status: int, advice: str
) -> None:
    found, why = refusal(url, path, body)
    assert found == status
    assert advice in why


@contextmanager
def served(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command with a control port of its own; gives that port's address."""
    command = [sys.executable, "-m", "simulator", "--size", "60", "--seed", "4", "--control", "0", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            printed = [process.stdout.readline().rstrip("\n") for _ in range(4)]
            yield process, printed[3].removeprefix("control: ")
        finally:
            process.terminate()
            process.wait(timeout=20)


def test_a_base_kept_in_a_file_survives_death(tmp_path: Path) -> None:
    data = str(tmp_path / "base.sqlite")
    with served("--data", data) as (process, url):
        told = ask(url, "/events", {"n": 30})
        books, state = ask(url, "/totals"), ask(url, "/state")
        with pytest.raises((RemoteDisconnected, ConnectionResetError)):
            ask(url, "/die", {})
        assert process.wait(timeout=20) == 9
    with served("--data", data) as (_, url):
        assert ask(url, "/totals") == books
        again = ask(url, "/state")
        assert (again["events"], again["pending"]) == (state["events"], state["pending"])
        refs = {one["ref"] for one in told}
        assert ask(url, "/do/new_shipment", {})["ref"] not in refs
