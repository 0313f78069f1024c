"""The fields of a stored record as a reader sees them: value, where it leads, and what it was read from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from desk.frame.filters import money_text
from desk.frame.visits import Reader
from desk.why import links
from desk.why.declared import Declared, Paths
from schemas import TABLES
from schemas.money import from_units
from schemas.records import RecordTable
from schemas.types import Guid, Json, Micro, Units
from store import records
from store.engine import Tx

MICRO_PLACES = 6
# What a reference points to, where the name of the field does not say it.
POINTS_TO = {
    "head_id": "counterparty",
    "order_id": "document",
    "recorder_id": "document",
    "document_id": "document",
    "base_id": "document",
    "settled_id": "document",
    "kind_id": "contact_kind",
    "parent_id": "partner",
}
# A reference to one of several kinds, and the field that tells which: a document where it names no record's table.
KIND_OF = {"base_id": "base_kind", "settled_id": "settled_kind", "object_id": "object_kind"}


@dataclass(frozen=True, slots=True)
class Field:
    """`number` is for the right-hand side; `href` is the record it refers to, `about` what people call that."""

    name: str
    text: str
    number: bool
    internal: bool
    read_from: Paths
    href: str | None = None
    about: str = ""


class Named(NamedTuple):
    table: str
    key: str


def of(
    tx: Tx,
    visit: Reader,
    table: RecordTable,
    source: str,
    record: Mapping[str, Any],
    declared: Declared | None,
) -> list[Field]:
    """In the order of the record's columns, internal ones among them: this is for the company's own people."""
    found = []
    for name, kind in table.fields.items():
        to = _points_to(name, kind, record)
        reads = declared.read_from(table.name, name) if declared else ()
        found.append(
            Field(
                name,
                text(visit, kind, record[name], _currency(name, record)),
                number=bool({Units, Micro, int} & _kinds(kind)),
                internal=name in table.internal,
                read_from=reads,
                href=_address(source, to),
                about="" if to is None else called(tx, source, to),
            )
        )
    return found


def text(visit: Reader, kind: object, value: Any, currency: str) -> str:
    if value is None:
        return "—"
    kinds = _kinds(kind)
    if Units in kinds:
        return f"{money_text(value, currency, visit.language)} {currency}".strip()
    if Micro in kinds:
        return f"{from_units(value, MICRO_PLACES).normalize():f}"
    if Json in kinds:
        return json.dumps(json.loads(value), ensure_ascii=False, indent=2)
    if isinstance(value, bool):
        return visit.text.gettext("yes") if value else visit.text.gettext("no")
    return str(value)


def called(tx: Tx, source: str, to: Named) -> str:
    """What people call a record: its name, else its number; "" for one that is not stored."""
    found = records.get(tx, TABLES[to.table], source, (to.key,))
    return str(getattr(found, "name", "") or getattr(found, "number", "")) if found is not None else ""


def _points_to(name: str, kind: object, record: Mapping[str, Any]) -> Named | None:
    if Guid not in _kinds(kind) or not name.endswith("_id") or not record[name]:
        return None
    table = POINTS_TO.get(name, name.removesuffix("_id"))
    if name in KIND_OF:
        told = str(record.get(KIND_OF[name], ""))
        table = told if told in TABLES else "document"
    return Named(table, record[name]) if table in TABLES else None


def _address(source: str, to: Named | None) -> str | None:
    if to is None:
        return None
    if to.table == "document":
        return links.document(source, to.key)
    return links.record(to.table, source, to.key)


def _currency(name: str, record: Mapping[str, Any]) -> str:
    """Amounts of settlement have a currency of their own beside them."""
    own = record.get("settlement_currency") if name.startswith("settlement_") else None
    return str(own or record.get("currency") or "")


def _kinds(kind: object) -> set[object]:
    return {kind, *get_args(kind)}
