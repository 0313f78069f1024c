"""Faults by chance, ready-made ones, and a clock that jumps."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from simulator.faults import READY, ready
from tests.contract.simulator.small_base import SETTLEMENTS, Client

Serve = Callable[..., Client]
REFUSALS = ("pool", "locked", "unauthorized", "bad_gateway", "unavailable", "licence", "memory", "error")


def outcome(client: Client) -> int:
    """The status, or 0 where there was no whole answer."""
    try:
        return client.get("Catalog_Валюты").status
    except (OSError, http.client.HTTPException):
        return 0


@pytest.mark.parametrize(
    ("name", "status", "text"),
    [
        ("pool", 406, "Истекло время ожидания сеанса"),
        ("locked", 403, "Начало сеанса с информационной базой запрещено."),
        ("unauthorized", 401, "Идентификация пользователя не выполнена"),
        ("bad_gateway", 502, "<title>502 Bad Gateway</title>"),
        ("unavailable", 503, "<title>503 Service Unavailable</title>"),
        ("licence", 500, "Не обнаружено свободной лицензии!"),
        ("memory", 500, "Недостаточно памяти"),
        ("error", 500, "Произошла внутренняя ошибка OData сервиса"),
        ("html", 200, "<h1>Вход</h1>"),
    ],
)
def test_usual_refusals_are_ready_made(serve: Serve, name: str, status: int, text: str) -> None:
    client = serve()
    client.server.faults.add(ready(name, match="Catalog_Валюты"))
    assert client.get("Catalog_Контрагенты").status == 200
    answer = client.get("Catalog_Валюты")
    assert answer.status == status
    assert text in answer.text
    assert (answer.headers["WWW-Authenticate"] is not None) == (status == 401)
    assert client.get("Catalog_Валюты").status == 200


def test_chance_is_the_same_for_the_same_seed(serve: Serve) -> None:
    client = serve()
    seen = []
    for _ in range(2):
        client.server.faults.chance(7, 0.5, REFUSALS)
        seen.append([outcome(client) for _ in range(40)])
    assert seen[0] == seen[1]
    assert 8 < sum(status != 200 for status in seen[0]) < 32
    assert len(set(seen[0])) > 3
    client.server.faults.chance(8, 0.5, REFUSALS)
    assert [outcome(client) for _ in range(40)] != seen[0]


def test_any_ready_made_fault_may_strike_and_is_counted(serve: Serve) -> None:
    client = serve()
    client.server.faults.chance(1, 1.0)
    for _ in range(60):
        outcome(client)
    struck = client.server.faults.struck
    assert struck.total() == 60
    assert len(struck) > len(READY) // 2
    client.server.faults.stop()
    assert outcome(client) == 200


def test_chance_may_concern_some_requests_only(serve: Serve) -> None:
    client = serve()
    client.server.faults.chance(1, 1.0, ("error",), match="Контрагенты")
    assert client.get("Catalog_Валюты").status == 200
    assert client.get("Catalog_Контрагенты").status == 500


@pytest.mark.parametrize("kinds", [("fire",), ()])
def test_a_fault_nobody_knows_is_refused(client: Client, kinds: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="give some of pool, locked"):
        client.server.faults.chance(1, 0.5, kinds)


def test_the_clock_of_the_base_may_jump(serve: Serve) -> None:
    client = serve()
    assert client.get(f"{SETTLEMENTS}/Balance", top="1").value
    client.server.change(clock_jump_s=-10 * 365 * 86_400)
    assert client.get(f"{SETTLEMENTS}/Balance").value == []  # nothing had moved ten years ago
    answer = client.get("Catalog_Валюты", format="atom")
    year = (datetime.now(UTC) - timedelta(days=3650)).year
    assert f"<updated>{year}-" in answer.text
    assert parsedate_to_datetime(answer.headers["Date"]).year == year
    assert client.server.base.now().year == year
