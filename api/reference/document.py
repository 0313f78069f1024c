"""The OpenAPI document: what Litestar knows from the handlers, and what holds for all of them, said once."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from litestar import Litestar, Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme, Tag

from api.reference import document_headers, examples
from api.web import callers
from schemas.api_keys import PERMISSIONS

ADDRESS = "/openapi.json"
METHODS = ("get", "put", "post", "delete", "patch")
DESCRIPTION = """\
What a buyer owes, under which contract and since when, as the accounting system has it.

Every answer about money says for which moment it is true (`as_of`), whether that is recent (`freshness`) and
whether the books agree (`agreement`). Amounts are decimal text with a currency; a debt is positive, an advance
negative; currencies and the supplier's own legal entities are never added together. Ids are opaque.

Every address under /v1 asks for a key: `Authorization: Bearer <key>`. Errors are `application/problem+json` with
a stable `code` and a `hint`; quote their `request_id` (also in the `X-Request-Id` header) when asking for help.
Within /v1 fields, operations and codes are added, never changed or removed: ignore what you do not know."""
TAGS = {
    "balances": "What a counterparty owes, by contract, by document and by age.",
    "counterparties": "Head offices and branches, with contracts, contacts, delivery points and terms.",
    "documents": "The journal: every document of every kind, with its lines and what it was made from.",
    "payments": "Payments, and the debts that each of them settled.",
    "access": "Whether a counterparty may open the site, and whether it is traded with.",
    "rules": "What people set on the site: payment terms, rules of access, suspensions. Kept with who, when, why.",
    "statements": "Reconciliation statements: on demand, compared with the books, printed, agreed.",
    "orders": "Placed by the storefront, approved, checked for credit, and in the books exactly once.",
    "party requests": "New legal entities and delivery points made on the portal, on their way into the books.",
    "catalog": "Items, prices and stock.",
    "sync": "How fresh the data is, and asking for fresher.",
    "audit": "Who wrote what, over the API and at the hub's command line.",
    "operations": "Work that outlasts its request.",
    "webhooks": "Where events are sent, what was sent, and sending it again.",
    "events": "What happened, for receivers that were away.",
    "lineage": "From a stored value to the bytes it came from, and what it said before.",
    "notifications": "What an accounting base tells the hub.",
    "health": "For those who run the hub.",
}


def config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Saldo",
        version="1",
        summary="Balances, documents and payments of a B2B storefront, from its accounting system.",
        description=DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        tags=[Tag(name=name, description=text) for name, text in TAGS.items()],
        path=ADDRESS,
        use_handler_docstrings=True,
        render_plugins=[_Completed(path="/")],
        components=Components(
            security_schemes={
                callers.SCHEME: SecurityScheme(
                    type="http",
                    scheme="bearer",
                    bearer_format="saldo_<number>_<secret>",
                    description="A key that `saldo keys create` made. Each operation names the permission it needs:"
                    f" {', '.join(PERMISSIONS)}.",
                )
            }
        ),
    )


class _Completed(JsonRenderPlugin):
    """Serves the whole document; it is made when it is first asked for."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        return served(request.app)


def served(app: Litestar) -> bytes:
    """The bytes of the document, the same for as long as the process lives."""
    kept: bytes | None = app.state.get("document")
    if kept is None:
        kept = app.state["document"] = text(complete(app.openapi_schema.to_schema()))
    return kept


def text(document: Mapping[str, Any]) -> bytes:
    """As it is served, and as it lies in docs/openapi.json."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def complete(generated: dict[str, Any]) -> dict[str, Any]:
    """Add what no handler says: headers, 304, examples, descriptions of answers."""
    schemas: dict[str, Any] = generated["components"]["schemas"]
    for name, words in _docstrings(msgspec.Struct):
        if name in schemas and words:
            schemas[name].setdefault("description", words)
    used = {tag for _, _, operation in operations(generated) for tag in operation.get("tags", ())}
    for _, method, operation in operations(generated):
        document_headers.add(method, operation)
        for status, answer in operation["responses"].items():
            _describe(status, answer, schemas)
        examples.add(operation, schemas)
    order = ("openapi", "info", "servers", "tags", "paths", "components")
    generated["tags"] = [tag for tag in generated["tags"] if tag["name"] in used]
    generated["components"] |= {
        "headers": document_headers.COMPONENTS,
        "schemas": dict(sorted(schemas.items())),
    }
    generated["paths"] = dict(sorted(generated["paths"].items()))
    return {name: generated[name] for name in order}


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation as (address, method, what the document says of it)."""
    for address, path in document["paths"].items():
        for method in METHODS:
            if method in path:
                yield address, method, path[method]


def _docstrings(base: type) -> Iterator[tuple[str, str | None]]:
    """What the answers' declarations say of themselves: Litestar leaves it out of their schemas."""
    found: list[type] = base.__subclasses__()
    for declared in found:
        if declared.__module__.startswith("api."):
            words = declared.__dict__.get("__doc__")
            yield declared.__name__, inspect.cleandoc(words) if words else None
            yield from _docstrings(declared)


def _describe(status: str, answer: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """Say of an answer what its schema says, in place of the words of RFC 9110."""
    if not status.startswith("2"):
        return
    for content in answer.get("content", {}).values():
        schema = content.get("schema", {})
        name = next(iter(schema.get("oneOf", ())), schema).get("$ref", "").rpartition("/")[2]
        words = schemas.get(name, {}).get("description", name)
        answer["description"] = words.split("\n\n")[0].replace("\n", " ") or "As the schema tells."
