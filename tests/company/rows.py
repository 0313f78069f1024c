"""Rows for every table of records: each text, amount and extension field tells whose it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

from schemas import TABLES
from schemas.records import RecordTable
from schemas.types import CurrencyCode, Day, Guid, Json, Micro, Units, WallClock
from tests.company.owners import (
    DIGITS,
    DOCUMENTS,
    HEAD_OF,
    PARTNER_OF,
    PLACED,
    SHARED,
    guid,
    source_of,
)

CHILDREN = {
    "document": ("document_line", "allocation", "payment_stage"),
    "partner": ("delivery_point", "contact_point"),
    "counterparty": ("contact_point",),
    "contact": ("contact_point",),
}
WORDS = {
    ("counterparty", "kind"): "company",
    ("counterparty", "status"): "active",
    ("contract", "kind"): "sale",
    ("contract", "status"): "active",
    ("contract", "settlement_order"): "by_contract",
    ("contact_point", "type"): "phone",
    ("item", "kind"): "goods",
    ("settlement_object", "object_kind"): "contract",
    ("allocation", "base_kind"): "shipping_note",
    ("payment_stage", "kind"): "prepayment",
}
TRUE = ("posted", "active", "is_customer", "for_sale")
PLAIN = {str: "", int: 1, bool: False}
OF_OWNER = ("counterparty", "contract", "settlement_key", "settlement_object", "contact", "partner")


def row(table: RecordTable, tag: str, **given: Any) -> Any:
    """A row of `table` that belongs to `tag`: an owner, or a document of one ("ab.order")."""
    assert given.keys() <= table.fields.keys(), given.keys() - table.fields.keys()
    build: Any = table.record
    return build(
        *(
            given[name] if name in given else _value(table, tag, name, hint)
            for name, hint in table.fields.items()
        )
    )


def amount(tag: str, number: int = 0) -> int:
    """Minor units that `owners.found_in` finds the owner of."""
    owner, _, document = tag.partition(".")
    place = list(DOCUMENTS).index(document) + 1 if document in DOCUMENTS else 0
    return int(f"73{DIGITS.get(owner, 9)}{place}{number:03}") * 100 + 17


def _value(table: RecordTable, tag: str, name: str, hint: Any) -> Any:
    optional = type(None) in get_args(hint)
    kind = next(one for one in get_args(hint) if one is not type(None)) if optional else hint
    if name in table.internal:
        hushed = f"hush~{tag}~{table.name}~{name}"
        return json.dumps({hushed: {"type": "text", "value": hushed}}) if kind is Json else hushed
    if kind is Guid:
        return _reference(table, tag, name, optional=optional)
    if kind in (Units, Micro):
        return amount(tag, len(name)) * (10_000 if kind is Micro else 1)
    fixed: Mapping[Any, Any] = {
        CurrencyCode: "RUB",
        Day: "2026-10-01",
        WallClock: "2026-10-01T12:00:00",
        Json: "{}",
    }
    if kind in fixed:
        return None if optional and kind is Day else fixed[kind]
    if kind is str:
        return WORDS.get((table.name, name)) or f"{tag}~{table.name}~{name}"
    return name in TRUE if kind is bool else PLAIN[kind]


def _reference(table: RecordTable, tag: str, name: str, *, optional: bool) -> str | None:
    """The key of what the field names: of the same owner where owners have such rows, else of everybody's."""
    owner, source = tag.partition(".")[0], source_of(tag.partition(".")[0])
    if name == "id":
        return guid(table.name, tag)
    target = name.removesuffix("_id")
    if target in ("document", "recorder", "settled", "owner"):
        return guid("document", tag)
    if target in ("partner", "contact"):
        return guid(target, PARTNER_OF.get(owner, owner))
    if target in OF_OWNER:
        return guid(target, owner)
    if target in ("order", "base"):
        return guid("document", f"{owner}.{PLACED}")
    if target in TABLES:
        return guid(target, SHARED[source])
    return None if optional else guid(target, SHARED[source])


def party(owner: str) -> tuple[Any, ...]:
    head = HEAD_OF.get(owner)
    given = {"head_id": guid("counterparty", head) if head else None, "is_branch": head is not None}
    return row(TABLES["counterparty"], owner, **given)


def document(owner: str, name: str) -> Any:
    chain = list(DOCUMENTS)
    before = chain[chain.index(name) - 1] if name != PLACED else None
    contact = guid("contact", PARTNER_OF[owner]) if name == PLACED else None
    base = (
        {"base_id": guid("document", f"{owner}.{before}"), "base_kind": DOCUMENTS[before]} if before else {}
    )
    given = {"kind": DOCUMENTS[name], "contact_id": contact, "base_id": None, "base_kind": "", **base}
    return row(TABLES["document"], f"{owner}.{name}", **given, due_on="2026-10-10")
