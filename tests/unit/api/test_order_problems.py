"""How an order that is not taken tells its storefront what to look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.api.books import Books
from tests.unit.api.market import line, place, stocked, wanted, wrong


@pytest.fixture
def shop(sqlite_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(sqlite_url, tmp_path / "landing")
    yield stocked(opened)
    opened.store.close()


def test_a_currency_that_is_not_known_says_nothing_about_the_items(shop: Books) -> None:
    taxed = wanted(currency="XXX", lines=[line()])
    with shop.client() as client:
        assert list(wrong(place(client, taxed))) == ["#/currency"]


def test_what_is_not_of_the_described_form_is_pointed_to(shop: Books) -> None:
    bodies: list[tuple[Any, str]] = [
        ({}, "#"),
        ([], "#"),
        (wanted(total=1.5), "#/total"),
        (wanted(lines=[line(), line(quantity=2.5)]), "#/lines/1/quantity"),
        (wanted(lines=[line(colour="red")]), "#/lines/0"),
    ]
    with shop.client() as client:
        for body, pointer in bodies:
            refused = client.post("/v1/orders", json=body, headers={"Idempotency-Key": "form"})
            assert refused.status_code == 400
            assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]


def test_a_wrong_filter_is_called_as_it_was_sent(shop: Books) -> None:
    with shop.client() as client:
        refused = client.get("/v1/orders?state=nonsense")
    assert [one["parameter"] for one in refused.json()["errors"]] == ["state"]
