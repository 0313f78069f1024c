"""Whose rows a reader may see, as conditions of a query; PostgreSQL's row-level security says the same again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, literal, select

from schemas import TABLES
from schemas.api_keys import EVERYBODY, ApiKey, Reach, Tenancy
from schemas.records import RecordTable
from store.engine import Tx
from store.record_tables import STORED

_PARTY = STORED[TABLES["counterparty"]].c
SHARED = (
    "currency",
    "organization",
    "manager",
    "contact_kind",
    "property",
    "unit",
    "vat_rate",
    "item",
    "characteristic",
    "warehouse",
)
MONEY = ("settlement_key", "settlement_object")  # not for a reader who is one person
_MOST_STEPS = 50  # levels of a company; more is a mistake in the books


def limits(tx: Tx, source: Any, counterparty_id: Any) -> list[ColumnElement[bool]]:
    """Conditions on the columns that name a row's base and counterparty."""
    found: list[ColumnElement[bool]] = []
    if tx.tenancy.source is not None:
        found.append(source == tx.tenancy.source)
    if tx.tenancy.counterparties is not None:
        found.append(counterparty_id.in_(sorted(tx.tenancy.counterparties)))
    return found


def of_contact(tx: Tx, contact_id: Any) -> list[ColumnElement[bool]]:
    """A condition on the column that names who placed it, for a reader who sees only what is his own."""
    return [] if tx.tenancy.contact_id is None else [contact_id == tx.tenancy.contact_id]


def of_key(tx: Tx, key: ApiKey) -> Tenancy:
    """Give what a key sees, as the company's branches are now."""
    if key.source is None:
        return EVERYBODY
    if key.counterparty_id is None:
        return Tenancy(key.source)
    return reached(tx, key.source, key.counterparty_id, key.reach, key.contact_id)


def reached(tx: Tx, source: str, counterparty_id: str, reach: Reach, contact_id: str | None) -> Tenancy:
    """Give what a key that is bound to a counterparty sees (BC-04)."""
    if reach == "own":
        return Tenancy(source, frozenset({counterparty_id}), contact_id)
    if reach == "branch":
        return Tenancy(source, frozenset({counterparty_id}))
    top = above(tx, source, counterparty_id)[-1] if reach == "company" else counterparty_id
    return Tenancy(source, frozenset({counterparty_id, *below(tx, source, top)}))


def below(tx: Tx, source: str, top: str) -> set[str]:
    """It and all whose head office it is, however many steps away; a circle in the books ends by itself."""
    tree = select(literal(top, Text).label("id")).cte("tree", recursive=True)
    tree = tree.union(select(_PARTY.id).where(_PARTY.source == source, _PARTY.head_id == tree.c.id))
    return set(tx.connection.execute(select(tree.c.id)).scalars())


def above(tx: Tx, source: str, counterparty_id: str) -> list[str]:
    """It, its head office, that one's, and so on; a circle in the books ends by itself."""
    seen = [counterparty_id]
    while len(seen) <= _MOST_STEPS:
        head = tx.connection.execute(
            select(_PARTY.head_id).where(_PARTY.source == source, _PARTY.id == seen[-1])
        ).scalar_one_or_none()
        if head is None or head in seen:
            break
        seen.append(head)
    return seen


def sees(tx: Tx, record: RecordTable, source: str, key: str) -> bool:
    """Whether a reader may see this record; it need not exist, lists that belong to nobody are everybody's."""
    if tx.tenancy.source not in (None, source):
        return False
    if tx.tenancy.counterparties is None or record.name in SHARED:
        return True
    owned = _owned(tx, record)
    if owned is None:
        return False
    table = STORED[record]
    wanted = select(table.c.id).where(table.c.source == source, table.c.id == key, owned)
    return tx.connection.execute(wanted).first() is not None


def was_seen(tx: Tx, record: RecordTable, said: Any) -> bool:
    """Whether what a record said at some time was about one of the reader's counterparties.

    A document that was first written to another company is theirs no longer, and was not theirs then.
    """
    if tx.tenancy.counterparties is None:
        return True
    owner = said.id if record.name == "counterparty" else getattr(said, "counterparty_id", None)
    placed_by = getattr(said, "contact_id", None) if record.name == "document" else tx.tenancy.contact_id
    return owner in tx.tenancy.counterparties and tx.tenancy.contact_id in (None, placed_by)


def _owned(tx: Tx, record: RecordTable) -> ColumnElement[bool] | None:
    """Whether a row of `record` is of one of the reader's counterparties; None where no row is."""
    seen = sorted(tx.tenancy.counterparties or ())
    column = STORED[record].c
    if record.name == "counterparty":
        return column.id.in_(seen)
    if record.name in ("partner", "contact"):
        partner = column.id if record.name == "partner" else column.partner_id
        return partner.in_(
            select(_PARTY.partner_id).where(_PARTY.source == tx.tenancy.source, _PARTY.id.in_(seen))
        )
    if record.name == "document":
        return and_(column.counterparty_id.in_(seen), *of_contact(tx, column.contact_id))
    if record.name == "contract" or (record.name in MONEY and tx.tenancy.contact_id is None):
        return column.counterparty_id.in_(seen)
    return None
