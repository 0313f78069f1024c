from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from litestar.routes import HTTPRoute
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.app import create_app
from api.reference import document as documents
from api.web import callers
from api.web.errors import PROBLEMS
from docs import build
from schemas.api_keys import PERMISSIONS
from schemas.errors import ConfigurationError
from tests.unit.api.books import PARTY, Books

ROOT = Path(__file__).parents[3]
INTERNAL = ("memo", "extension", "cost", "landing_id", "version_of_row", "password", "hash")


@pytest.fixture
def document(books: Books) -> dict[str, Any]:
    with books.client() as client:
        found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_the_document_in_the_repository_is_the_one_that_is_served(books: Books) -> None:
    with books.client() as client:
        served = client.get("/openapi.json").content
    assert served == build.openapi()
    assert (ROOT / "docs" / "openapi.json").read_bytes() == served, "make docs"


def test_every_address_is_in_the_document(books: Books, document: dict[str, Any]) -> None:
    served = {
        (route.path_format, method.lower())
        for route in books.app().routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if route.path_format.startswith("/v1/") and method != "OPTIONS"
    }
    told = {(address, method) for address, method, _ in documents.operations(document)}
    assert served == {one for one in told if one[0].startswith("/v1/")}


def test_every_operation_tells_what_it_is(document: dict[str, Any]) -> None:
    ids = set()
    for address, method, operation in documents.operations(document):
        where = f"{method} {address}"
        assert operation["summary"], where
        assert operation.get("description"), where
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", operation["operationId"]), where
        assert len(operation["tags"]) == 1, where
        assert set(operation["tags"]) <= documents.TAGS.keys(), where
        assert all(one.get("description") for one in operation.get("parameters", ())), where
        ids.add(operation["operationId"])
    assert len(ids) == sum(1 for _ in documents.operations(document))


def test_every_operation_names_its_permission(document: dict[str, Any]) -> None:
    for address, _, operation in documents.operations(document):
        asked = operation["security"]
        if asked == callers.OPEN:
            assert address in ("/healthz", "/readyz", "/v1/sources/{source}/notifications")
        else:
            ((scheme, (permission,)),) = asked[0].items()
            assert (scheme, permission in PERMISSIONS) == (callers.SCHEME, True), address
            assert {"401", "403", "429", "503"} <= operation["responses"].keys(), address


def test_every_refusal_is_a_problem_with_its_codes(document: dict[str, Any]) -> None:
    for address, method, operation in documents.operations(document):
        for status, answer in operation["responses"].items():
            if status < "400":
                continue
            assert set(answer["content"]) == {"application/problem+json"}, (method, address, status)
            codes = answer["description"].split(" | ")
            assert {PROBLEMS[code][0] for code in codes} == {int(status)}, (method, address, codes)


def test_every_example_is_what_its_schema_allows(document: dict[str, Any]) -> None:
    for address, method, operation in documents.operations(document):
        for one in operation.get("parameters", ()):
            if "example" in one:
                Draft202012Validator(one["schema"]).validate(one["example"])
        for status, answer in operation["responses"].items():
            for content in answer.get("content", {}).values():
                schema = {**content["schema"], "components": document["components"]}
                found = [
                    error.message for error in Draft202012Validator(schema).iter_errors(content["example"])
                ]
                assert found == [], (method, address, status)


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
    properties = {
        name for one in document["components"]["schemas"].values() for name in one.get("properties", ())
    }
    assert [name for name in properties if any(word in name for word in INTERNAL)] == []


def test_without_settings_the_application_says_where_to_put_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("SALDO_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(ConfigurationError, match=r"docs/examples/saldo\.toml"):
        create_app()
