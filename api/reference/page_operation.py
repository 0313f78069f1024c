"""One operation on the page: what it does, what to send, what comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from api.reference.page_html import code, inline, tag
from api.web.callers import SCHEME

Schemas = Mapping[str, Mapping[str, Any]]
_DEEPEST = 4
_HOST = "https://saldo.example"


def html(address: str, method: str, operation: Mapping[str, Any], schemas: Schemas) -> str:
    title = tag("h3", tag("b", method, cls=method) + code(address))
    asked = [one.get(SCHEME, ["no key needed"])[0] for one in operation["security"]]
    told = [
        title,
        tag("p", inline(operation["summary"]) + tag("span", escape(" | ".join(asked)), cls="permission")),
        *(tag("p", inline(text)) for text in operation.get("description", "").split("\n\n") if text),
        _parameters(operation),
        _body(operation, schemas),
        _example(address, method, operation),
        *(
            _answer(status, answer, schemas)
            for status, answer in operation["responses"].items()
            if status < "300"
        ),
        _others(operation),
    ]
    return tag("article", "".join(told), id=operation["operationId"])


def _parameters(operation: Mapping[str, Any]) -> str:
    rows = [
        _row(
            one["name"],
            f"{one['in']}, {_type(one['schema']).removesuffix(' | null')}",
            one.get("description", ""),
            needed=one["required"],
        )
        for one in operation.get("parameters", ())
    ]
    return _table("Parameters", rows)


def _body(operation: Mapping[str, Any], schemas: Schemas) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    rows = [row for one in content.values() for row in _fields(one.get("schema", {}), schemas, sent=True)]
    return _table("Body", rows)


def _example(address: str, method: str, operation: Mapping[str, Any]) -> str:
    for one in operation.get("parameters", ()):
        address = address.replace("{" + one["name"] + "}", str(one.get("example", one["name"])))
    lines = [f"curl {_HOST}{address}"] if method == "get" else [f"curl -X {method.upper()} {_HOST}{address}"]
    if operation["security"][0]:
        lines.append("-H 'Authorization: Bearer saldo_…'")
    if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ())):
        lines.append("-H 'Idempotency-Key: 6f1d0c52-9a5e-4a7c-9d0e-1f2a3b4c5d6e'")
    if "requestBody" in operation:
        lines.append("-H 'Content-Type: application/json' -d @body.json")
    return tag("pre", escape(" \\\n  ".join(lines)))


def _answer(status: str, answer: Mapping[str, Any], schemas: Schemas) -> str:
    parts = [tag("p", tag("b", status, cls="good") + " " + inline(answer["description"]))]
    for content in answer.get("content", {}).values():
        rows = list(_fields(content["schema"], schemas))
        if rows:
            parts.append(tag("details", tag("summary", "Fields") + _table("", rows)))
        if "example" in content:
            shown = json.dumps(content["example"], ensure_ascii=False, indent=2)
            parts.append(tag("details", tag("summary", "Example") + tag("pre", escape(shown))))
    return "".join(parts)


def _others(operation: Mapping[str, Any]) -> str:
    told = [
        tag("b", status)
        + " "
        + (code(one["description"].replace(" | ", ", ")) if status >= "400" else "not modified")
        for status, one in operation["responses"].items()
        if status >= "300"
    ]
    return tag("p", " · ".join(told), cls="refusals")


def _fields(
    schema: Mapping[str, Any], schemas: Schemas, depth: int = 0, *, sent: bool = False
) -> Iterator[str]:
    """The fields of a schema, those of what they hold below them, indented; of what is `sent` also which must be."""
    for choice in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from _fields(choice, schemas, depth, sent=sent)
    if "$ref" in schema:
        yield from _fields(schemas[_name(schema)], schemas, depth, sent=sent)
    if "items" in schema:
        yield from _fields(schema["items"], schemas, depth, sent=sent)
    if depth >= _DEEPEST:
        return
    for name, one in schema.get("properties", {}).items():
        about = one.get("description") or schemas.get(_name(one), {}).get("description", "")
        needed = sent and name in schema.get("required", ())
        yield _row(name, _type(one), about.split("\n\n")[0], needed=needed, depth=depth)
        yield from _fields(one, schemas, depth + 1, sent=sent)


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return _name(schema)
    for choices in ("oneOf", "anyOf"):
        if choices in schema:
            return " | ".join(dict.fromkeys(_type(one) for one in schema[choices]))
    if schema.get("enum"):
        return " | ".join(str(one) for one in schema["enum"] if one is not None)
    kind = schema.get("type", "any")
    kinds = " | ".join(kind) if isinstance(kind, list) else str(kind)
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return f"{kinds} ({schema['format']})" if "format" in schema else kinds


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _row(name: str, kind: str, about: str, *, needed: bool = False, depth: int = 0) -> str:
    shown = tag(
        "td", code(name) + (tag("i", "required") if needed else ""), cls=f"deep{depth}" if depth else ""
    )
    return tag("tr", shown + tag("td", escape(kind)) + tag("td", inline(about)))


def _table(title: str, rows: list[str]) -> str:
    if not rows:
        return ""
    return (tag("h4", title) if title else "") + tag("div", tag("table", "".join(rows)), cls="wide")
