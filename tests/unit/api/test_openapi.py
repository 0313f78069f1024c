from __future__ import annotations

from typing import Any

import pytest

from api.app import create_app
from schemas.errors import ConfigurationError
from tests.unit.api.books import PARTY, Books


@pytest.fixture
def document(books: Books) -> dict[str, Any]:
    with books.client() as client:
        found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def test_the_document_is_openapi_3_1_with_every_address(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/v1/counterparties/{counterparty_id}/balance",
        "/v1/counterparties/{counterparty_id}/access",
        "/v1/lineage/{kind}/{record_id}",
        "/v1/lineage/{kind}/{record_id}/history",
        "/v1/sources/{source}/notifications",
        "/healthz",
        "/readyz",
    }


@pytest.mark.parametrize(
    ("address", "method", "statuses"),
    [
        ("/v1/counterparties/{counterparty_id}/balance", "get", "200 400 401 403 404 429 503"),
        ("/v1/counterparties/{counterparty_id}/access", "get", "200 400 401 403 404 429 503"),
        ("/v1/lineage/{kind}/{record_id}", "get", "200 400 401 403 404 429 500 503"),
        ("/v1/lineage/{kind}/{record_id}/history", "get", "200 400 401 403 404 429 503"),
        ("/v1/sources/{source}/notifications", "post", "202 400 401 403 404 413 422 503"),
    ],
)
def test_every_refusal_is_documented_as_a_problem(
    document: dict[str, Any], address: str, method: str, statuses: str
) -> None:
    answers = document["paths"][address][method]["responses"]
    assert sorted(answers) == statuses.split()
    refusals = [answers[status]["content"] for status in answers if status >= "400"]
    assert all(set(content) == {"application/problem+json"} for content in refusals)


def test_what_a_notification_is_stands_in_the_document(document: dict[str, Any]) -> None:
    body = document["paths"]["/v1/sources/{source}/notifications"]["post"]["requestBody"]
    one, many = body["content"]["application/json"]["schema"]["oneOf"]
    assert (one["required"], many["items"]) == (["entity", "id"], one)


def test_an_answer_has_exactly_the_documented_fields(books: Books, document: dict[str, Any]) -> None:
    books.parties(limit=100)
    due = {"settled_id": PARTY, "settled_kind": "shipping_note", "arose_on": "2026-11-01", "debt": 70}
    books.settle([("RUB", 100)], [due])
    schemas = document["components"]["schemas"]
    answer = books.balance()
    shown = {
        "Balance": answer,
        "Totals": answer["totals"][0],
        "Aging": answer["totals"][0]["aging"],
        "ContractBalance": answer["contracts"][0],
        "OpenItem": answer["open_items"][0],
        "DocumentRef": answer["open_items"][0]["document"],
        "Freshness": answer["freshness"],
        "Agreement": answer["agreement"],
    }
    for name, part in shown.items():
        assert set(schemas[name]["properties"]) == set(part), name


def test_nothing_internal_has_a_place_in_the_document(document: dict[str, Any]) -> None:
    properties = [
        name for one in document["components"]["schemas"].values() for name in one.get("properties", ())
    ]
    assert not {"internal_memo", "extension", "version", "landing_id"} & set(properties)


def test_without_settings_the_application_says_where_to_put_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("SALDO_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(ConfigurationError, match=r"docs/examples/saldo\.toml"):
        create_app()
