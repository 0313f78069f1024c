"""A reader that confirms only what it kept ends with what the base has, whatever happened on the way."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from simulator.base import Base
from simulator.codec import number_text
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.life import Life
from simulator.server import Server, running
from tests.contract.simulator.small_base import SETTLEMENTS, SHIPMENT, Client

PLAN = "ExchangePlan_ДляODATA"
_D = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"
_A = "{http://www.w3.org/2005/Atom}"
_FAULTS = ("drop", "drop_after", "truncate", "malformed", "error", "unavailable", "html")
Kept = dict[tuple[str, str], tuple[str, ...]]


@pytest.fixture
def server() -> Iterator[Server]:
    with closing(Base(TRADE)) as base:
        build(base, CompanyOptions(seed=5, size=60, today=date(2026, 11, 22)))
        with running(base) as server:
            yield server


class Reader:
    def __init__(self, server: Server) -> None:
        self.client = Client(server, server.user, server.password)
        (self.ref,) = server.base.exchange.nodes()
        self.node = quote(f"'{server.url}/{PLAN}(guid'{self.ref}')'")
        self.kept: Kept = {}
        self.packages = 0

    def pass_once(self) -> None:
        """Select, keep, confirm; whatever fails is left to the next pass."""
        with suppress(OSError, http.client.HTTPException, ElementTree.ParseError, ValueError, KeyError):
            rows = self.client.get(PLAN).data["value"]
            number = next(int(row["ReceivedNo"]) for row in rows if row["Ref_Key"] == self.ref) + 1
            body = self._post("SelectChanges", number)
            new = entries(ElementTree.fromstring(body))
            self.kept |= new
            self._post("NotifyChangesReceived", number)
            self.packages += 1

    def _post(self, function: str, number: int) -> bytes:
        target = f"{function}?DataExchangePoint={self.node}&MessageNo={number}"
        answer = self.client.raw(target, method="POST")
        if answer.status != 200 or "html" in answer.headers["Content-Type"]:
            raise ValueError(answer.status)
        return answer.body


def entries(feed: ElementTree.Element) -> Kept:
    found: Kept = {}
    for entry in feed.iter(f"{_A}entry"):
        entity_set = entry.findtext(f"{_A}id", "").rpartition("/")[2].partition("(")[0]
        if entity_set == SHIPMENT:
            fields = (
                f"{_D}СуммаДокумента",
                f"{_D}Posted",
                f"{_D}DeletionMark",
                f"{_D}Date",
                f"{_D}Договор_Key",
            )
            ref = next(entry.iter(f"{_D}Ref_Key")).text or ""
            found[SHIPMENT, ref] = tuple(next(entry.iter(field)).text or "" for field in fields)
        elif entity_set == SETTLEMENTS:
            ref = next(entry.iter(f"{_D}Recorder")).text or ""
            found[SETTLEMENTS, ref] = tuple(one.text or "" for one in entry.iter(f"{_D}Сумма"))
    return found


def in_base(base: Base) -> Kept:
    found: Kept = {}
    for one in base.iterate(SHIPMENT):
        flags = (str(one[name]).lower() for name in ("Posted", "DeletionMark"))
        amount = number_text(one["СуммаДокумента"])
        found[SHIPMENT, one["Ref_Key"]] = (amount, *flags, one["Date"], one["Договор_Key"])
    for one in base.iterate(SETTLEMENTS):
        key = (SETTLEMENTS, one["Recorder"])
        found[key] = (*found.get(key, ()), number_text(one["Сумма"]))
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost_between_a_busy_base_and_a_careful_reader(server: Server, seed: int) -> None:
    base, reader = server.base, Reader(server)
    base.register_all()
    server.faults.chance(seed, 0.3, _FAULTS)
    life = Life(base, seed)
    deleted: set[str] = set()

    def live() -> None:
        for _ in range(150):
            event = life.step()
            if event.kind == "delete":
                deleted.add(event.ref)

    living = threading.Thread(target=live)
    living.start()
    while living.is_alive():
        reader.pass_once()
    living.join()
    server.faults.stop()
    reader.pass_once()
    assert base.exchange.pending()["002"].unsent == 0
    kept = {key: value for key, value in reader.kept.items() if key[1] not in deleted and value}
    assert kept == in_base(base)
    assert reader.packages > 1
