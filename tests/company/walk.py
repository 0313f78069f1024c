"""Every GET of the OpenAPI document, with everybody's ids and every sort of query."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from api.reference import document as documents
from tests.company.owners import BRANCH, SOURCE, STRANGER, external

NEVER = "00000000-0000-4000-8000-0000000000ff"  # of the right form, and never was
NOBODY = f"{SOURCE}:{NEVER}"
PAST = "2026-11-01T00:00:00+03:00"
WORDS: Mapping[str, tuple[str, ...]] = {
    "include": ("branches",),
    "updated_since": (PAST,),
    "shown_at": (PAST,),
    "since": (PAST,),
    "limit": ("1", "200"),
    "q": ("~",),
    "from": ("2026-01-01",),
    "to": ("2026-12-31",),
    "source": (SOURCE, "silent"),
    "format": ("html",),  # the others say the same in bytes that nobody reads
    "language": ("en",),
}


CHOOSY = {external(table, owner) for table in ("counterparty", "contract") for owner in (BRANCH, STRANGER)}
CHOOSY |= {external("document", f"{BRANCH}.note")}  # whose addresses are asked with queries too


@dataclass(frozen=True)
class Call:
    """`named` are the ids in it."""

    operation: str
    address: str
    named: tuple[str, ...]

    def without(self, ids: set[str]) -> str:
        """The same call with an id that never was in the place of each of these."""
        return nameless(self.address, ids.intersection(self.named))


def nameless(text: str, ids: Iterable[str]) -> str:
    for one in ids:
        text = text.replace(one, f"{one.partition(':')[0]}:{NEVER}")
    return text


def calls(
    document: Mapping[str, Any], known: Mapping[str, list[str]], *, only_ids: bool = False
) -> list[Call]:
    """Every call; `known` are the ids to ask for, by the name of the parameter. With `only_ids` no other queries."""
    found: list[Call] = []
    for template, method, operation in documents.operations(document):
        if method == "get" and template.startswith("/v1/"):
            found += _calls(template, operation, known)
    return [one for one in found if not only_ids or "?" not in one.address or "_id=" in one.address]


def _calls(template: str, operation: Mapping[str, Any], known: Mapping[str, list[str]]) -> Iterator[Call]:
    parameters = [one for one in operation["parameters"] if one["in"] in ("path", "query")]
    place = [one for one in parameters if one["in"] == "path"]
    queries = [one for one in parameters if one["in"] == "query"]
    required = [one for one in queries if one["required"]]
    for chosen in _places(place, known):
        path = template.format(**chosen)
        named = tuple(value for value in chosen.values() if ":" in value)
        for filled in _places(required, known):
            yield Call(operation["operationId"], _address(path, filled), (*named, *_ids(filled)))
            if named and not set(named) & CHOOSY:
                continue
            for one in (query for query in queries if query not in required):
                for value in _values(one, known):
                    asked = {**filled, one["name"]: value}
                    yield Call(operation["operationId"], _address(path, asked), (*named, *_ids(asked)))


def _places(parameters: list[dict[str, Any]], known: Mapping[str, list[str]]) -> Iterator[dict[str, str]]:
    names = [one["name"] for one in parameters]
    if names == ["kind", "record_id"]:
        yield from (
            {"kind": name.removesuffix("_id"), "record_id": one}
            for name, those in known.items()
            for one in those
        )
        return
    for chosen in itertools.product(*(_values(one, known) for one in parameters)):
        yield dict(zip(names, chosen, strict=True))


def _values(parameter: Mapping[str, Any], known: Mapping[str, list[str]]) -> tuple[str, ...]:
    """What to ask with; the last of ids is one that never was."""
    name = parameter["name"]
    if name in known:
        return (*known[name], NOBODY)
    if name in WORDS:
        return WORDS[name]
    schema = parameter["schema"]
    listed = json.dumps(schema)
    if '"boolean"' in listed:
        return ("true",)
    if '"integer"' in listed:
        return ("7",)
    choices = [one for part in (schema, *schema.get("oneOf", ())) for one in part.get("enum", ()) if one]
    items = [
        one for part in (schema, *schema.get("oneOf", ())) for one in part.get("items", {}).get("enum", ())
    ]
    return tuple(choices or items) or ("text",)


def _address(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query, safe=':~')}" if query else path


def _ids(query: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(value for name, value in query.items() if name.endswith("_id") and ":" in value)
