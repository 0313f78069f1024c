"""Examples for the OpenAPI document: an answer of each operation, built from its schema and a few known words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from api.web.errors import PROBLEMS

PARTY, DOCUMENT = "00112233-4455-4677-8899-aabbccddeeff", "5f0c3c1e-7f38-11ef-9a2b-00155d012a04"
ITEM, CONTRACT = "9b2e6d11-5c0a-11ee-8c99-0242ac120002", "c1a7f3d2-0b5e-11ec-b909-0242ac120002"
ORDER = "98ff60ba-7ecd-5ca1-9e5d-b75a5f932cd0"
MOMENT, DAY = "2026-11-22T09:00:00+03:00", "2026-11-22"
WORDS = {
    "id": f"ut11:{DOCUMENT}",
    "order_id": f"ut11:{ORDER}",
    "reference": "WEB-1024",
    "counterparty_id": f"ut11:{PARTY}",
    "record_id": f"ut11:{DOCUMENT}",
    "document_id": f"ut11:{DOCUMENT}",
    "item_id": f"ut11:{ITEM}",
    "contract_id": f"ut11:{CONTRACT}",
    "webhook_id": "wh_5d0c1a9f7be24c3388d1e6f0",
    "operation_id": "7c9e6679742540de944be07fc1f90ae7",
    "statement_id": "3fd1c0a97be24c3388d1e6f05d0c1a9f",
    "upload_id": "b1946ac92492d2347c6235b4d2611184",
    "sha256": "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
    "name": "Ромашка",
    "number": "РТ-000214",
    "source": "ut11",
    "time_zone": "Europe/Moscow",
    "currency": "RUB",
    "kind": "shipping_note",
    "url": "https://shop.example/saldo",
}
FORMATS = {"date-time": MOMENT, "date": DAY, "uri": "https://shop.example/saldo"}
PLAIN: dict[str, Any] = {"integer": 1, "boolean": False, "string": "text", "number": 1, "null": None}
_DEEPEST = 8
_LISTED = re.compile(r"([a-z_]+) \|")  # a description that lists the words: `active | closed`


def add(operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """Give each answer of `operation` an example; parameters get the words that answers use."""
    for parameter in operation.get("parameters", ()):
        name = parameter["name"]
        if parameter["in"] == "path" and name in WORDS and parameter["schema"].get("type") == "string":
            parameter["example"] = WORDS[name]
    for status, answer in operation["responses"].items():
        for content in answer.get("content", {}).values():
            if status < "400":
                content["example"] = sample(content["schema"], schemas)
            else:
                content["example"] = _problem(int(status), answer["description"].split(" | ")[0])


def sample(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value that `schema` allows: the first of every choice, one of every list."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, depth)
    for choice in ("const", "default"):
        if choice in schema:
            return schema[choice]
    for choices in ("examples", "enum"):
        if schema.get(choices):
            return schema[choices][0]
    for choices in ("oneOf", "anyOf", "allOf"):
        if schema.get(choices):
            return sample(_told(schema[choices]), schemas, name, depth)
    return _of_type(schema, schemas, name, depth)


def _told(choices: list[dict[str, Any]]) -> dict[str, Any]:
    return next(one for one in choices if one.get("type") != "null")


def _of_type(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, depth: int) -> Any:
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = next(one for one in kind if one != "null")
    if kind == "object":
        return {
            key: sample(of_it, schemas, key, depth + 1) for key, of_it in schema.get("properties", {}).items()
        }
    if kind == "array":
        return [] if depth > _DEEPEST else [sample(schema.get("items", {}), schemas, name, depth + 1)]
    if kind == "string" and schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    if kind == "string":
        listed = _LISTED.match(schema.get("description", ""))
        return listed[1] if listed else WORDS.get(name, PLAIN[kind])
    return max(PLAIN[kind], schema.get("minimum", 1)) if kind == "integer" else PLAIN[kind]


def _problem(status: int, code: str) -> dict[str, Any]:
    found, title = PROBLEMS.get(code, (status, code))
    return {
        "type": f"urn:saldo:problem:{code}",
        "title": title,
        "status": found,
        "detail": "What was wrong with this request, in a sentence.",
        "code": code,
        "hint": "What to do next.",
        "instance": f"/v1/counterparties/ut11:{PARTY}/balance",
        "request_id": "8f14e45fceea467f9a0d7b4e3c1f2a60",
    }
