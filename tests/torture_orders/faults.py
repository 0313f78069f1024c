"""What goes wrong between the hub and the books, at every point of the way."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from simulator.faults import Fault, ready
from simulator.server import Server
from tests.torture_orders.books import ORDER
from tests.torture_orders.world import READ_S

LATE = READ_S * 1.5  # later than anybody waits for it
CREATING, POSTING, ANY = f"/{ORDER}", "/Post", ""
REFUSALS = (
    "Поле «Склад» не заполнено",
    "Период закрыт для изменений. Обратитесь к главному бухгалтеру.",
    'Недостаточно товара на складе. Номенклатура: "Саморез". Требуется 5, свободно 0',
)
FAULTS = (
    Fault("drop"),
    Fault("drop_after"),
    Fault("delay", delay_s=0.05),
    Fault("delay", delay_s=LATE),
    Fault("linger", delay_s=LATE),
    Fault("truncate"),
    Fault("malformed"),
    Fault("html"),
    ready("error"),
    ready("memory"),
    ready("licence"),
    ready("pool"),
    ready("locked"),
    ready("unavailable"),
    ready("bad_gateway"),
    ready("unauthorized"),
    ready("bad_gateway_after"),
    ready("gateway_timeout_after"),
    ready("error_after"),
)
AIMS = (
    ("POST", CREATING),
    ("POST", CREATING),
    ("POST", POSTING),
    ("POST", POSTING),
    ("GET", CREATING),
    ("PATCH", ANY),
)
CHANCES = ("pool", "unavailable", "bad_gateway", "licence", "drop", "drop_after", "delay", "truncate", "html")


def strike(server: Server, chance: Random) -> None:
    """Some faults for the next requests: by chance for any, and aimed at creating, posting and what comes after."""
    server.faults.clear()
    server.faults.stop()
    draw = chance.random()
    if draw < 0.15:
        return
    if draw < 0.5:
        server.faults.chance(chance.randrange(10**9), chance.choice((0.05, 0.3)), CHANCES)
    for _ in range(chance.randint(1, 5)):
        server.faults.add(_aimed(chance))


def _aimed(chance: Random) -> Fault:
    method, match = chance.choice(AIMS)
    if method != "GET" and chance.random() < 0.15:
        refused = Fault("refuse", message=chance.choice(REFUSALS))
        return replace(refused, match=match, method=method, after=chance.randint(0, 2))
    return replace(chance.choice(FAULTS), match=match, method=method, after=chance.randint(0, 3))


def none(server: Server) -> None:
    server.faults.clear()
    server.faults.stop()
    server.change(locked=False)
