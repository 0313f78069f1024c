"""The page for those who write a storefront: GET /docs, made from the OpenAPI document, without a script."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import msgspec
from litestar import Request, Response, get

from api.reference import document, page_operation
from api.reference.page_html import code, inline, tag
from api.web import callers
from api.web.errors import PROBLEMS

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
STYLE = "/docs/style.css"


@get("/docs", sync_to_thread=False, include_in_schema=False, media_type="text/html", security=callers.OPEN)
def page(request: Request[Any, Any, Any]) -> Response[str]:
    """The page; like the document it is made when it is first asked for."""
    kept: str | None = request.app.state.get("page")
    if kept is None:
        kept = request.app.state["page"] = _html(msgspec.json.decode(document.served(request.app)))
    return Response(kept, media_type="text/html", headers=HEADERS)


@get(STYLE, sync_to_thread=False, include_in_schema=False, media_type="text/css", security=callers.OPEN)
def style() -> Response[str]:
    return Response(
        files("api.reference").joinpath("page.css").read_text(encoding="utf-8"),
        media_type="text/css",
        headers=HEADERS,
    )


def _html(told: Mapping[str, Any]) -> str:
    grouped = _by_tag(told)
    descriptions = {one["name"]: one["description"] for one in told["tags"]}
    main = [
        _beginning(told["info"]),
        *(_section(name, descriptions[name], those, told) for name, those in grouped.items()),
        _errors(),
    ]
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Saldo API</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="{STYLE}"></head>'
    )
    return f"{head}<body>{_menu(grouped)}<main>{''.join(main)}</main></body></html>"


def _by_tag(told: Mapping[str, Any]) -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    grouped: dict[str, list[tuple[str, str, dict[str, Any]]]] = {one["name"]: [] for one in told["tags"]}
    for address, method, operation in document.operations(told):
        grouped[operation["tags"][0]].append((address, method, operation))
    return grouped


def _menu(grouped: Mapping[str, list[tuple[str, str, dict[str, Any]]]]) -> str:
    parts = [tag("a", "Saldo API", href="#top", cls="brand")]
    for name, those in grouped.items():
        links = (
            tag("a", tag("b", method, cls=method) + inline(one["summary"]), href=f"#{one['operationId']}")
            for _, method, one in those
        )
        parts.append(tag("p", name) + "".join(links))
    parts.append(tag("p", "more") + tag("a", "Errors", href="#errors"))
    parts.append(tag("a", "openapi.json", href=document.ADDRESS))
    return tag("nav", "".join(parts))


def _beginning(info: Mapping[str, str]) -> str:
    paragraphs = (tag("p", inline(text)) for text in info["description"].split("\n\n"))
    return tag("header", tag("h1", "Saldo API") + "".join(paragraphs), id="top")


def _section(
    name: str, about: str, those: list[tuple[str, str, dict[str, Any]]], told: Mapping[str, Any]
) -> str:
    shown = (
        page_operation.html(address, method, one, told["components"]["schemas"])
        for address, method, one in those
    )
    return tag("section", tag("h2", name) + tag("p", inline(about), cls="about") + "".join(shown))


def _errors() -> str:
    rows = (
        tag("tr", tag("td", code(name)) + tag("td", str(status)) + tag("td", inline(title)))
        for name, (status, title) in PROBLEMS.items()
    )
    about = "Every error is `application/problem+json` (RFC 9457) with one of these codes, which stay as they are."
    table = tag("table", tag("tr", "<th>code</th><th>status</th><th>title</th>") + "".join(rows))
    return tag(
        "section",
        tag("h2", "Errors", id="errors")
        + tag("p", inline(about), cls="about")
        + tag("div", table, cls="wide"),
    )
