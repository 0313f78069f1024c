"""The storefront's balance, over the API, against the books."""

from __future__ import annotations

from decimal import Decimal

import pytest
from litestar.testing import TestClient

from api.app import create_app
from tests.e2e.test_full_load import books_of
from tests.e2e.world import SOURCE, World


def test_every_balance_the_storefront_gets_is_the_books_balance(world_on_any: World) -> None:
    world = world_on_any
    world.load()
    books = books_of(world)
    found: dict[tuple[str, str, str, str], Decimal] = {}
    with TestClient(create_app(world.settings, world.store)) as client:
        client.headers["Authorization"] = f"Bearer {world.api_key()}"
        for counterparty in {key[1] for key in books}:
            answer = client.get(f"/v1/counterparties/{SOURCE}:{counterparty}/balance")
            assert answer.status_code == 200
            for row in answer.json()["contracts"]:
                items = [
                    Decimal(item["unpaid"])
                    for item in answer.json()["open_items"]
                    if (item["contract_id"], item["currency"]) == (row["contract"]["id"], row["currency"])
                ]
                assert sum(items) == Decimal(row["debt"])
                ids = (row[name]["id"].rpartition(":")[2] for name in ("organization", "contract"))
                organization, contract = ids
                found[organization, counterparty, contract, row["currency"]] = Decimal(row["debt"])
    assert {key: debt for key, debt in found.items() if debt} == books


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_the_hub_says_it_is_well(world: World, path: str) -> None:
    with TestClient(create_app(world.settings, world.store)) as client:
        assert client.get(path).status_code == 200
