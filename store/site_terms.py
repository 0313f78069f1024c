"""Payment terms set on the site where the accounting system keeps none (BS-13); no sync touches them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, Text, and_, bindparam, or_, select

from schemas import TABLES
from schemas.errors import InvalidValueError
from schemas.terms import LONGEST_DAYS, Override, Subject
from schemas.types import Day
from store import records, site_rows
from store.engine import Tx
from store.record_tables import STORED
from store.site_rows import SiteRow
from store.tables_of_site import TERMS_OVERRIDE

LISTED_BY = "saldo terms list"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsOverride(SiteRow):
    """`days` for debts that arise on `valid_from` or later, until the next override of the subject begins."""

    subject: Subject
    subject_id: str
    days: int
    valid_from: Day


def add(
    tx: Tx,
    source: str,
    subject: Subject,
    subject_id: str,
    *,
    days: int,
    valid_from: date,
    by: str,
    reason: str,
) -> int:
    """Set terms from a day on; what was set for the same day is ended. Gives the number.

    Errors: InvalidValueError for days that are none, and for a subject the store does not know.
    """
    if not 0 <= days <= LONGEST_DAYS:
        hint = f"Give whole days, 0 to {LONGEST_DAYS}"
        raise InvalidValueError("This is no deferral", hint=hint, field="days")
    if records.get(tx, TABLES[subject], source, (subject_id,)) is None:
        hint = "Check the key; what is new in the accounting system comes with the next sync"
        what = f"The store has no {subject} with this key"
        raise InvalidValueError(what, hint=hint, field=f"{subject}_id", source=source)
    tx.alone(f"site terms {source}")
    column = TERMS_OVERRIDE.c
    same = (
        column.source == source,
        column.subject == subject,
        column.subject_id == subject_id,
        column.valid_from == valid_from.isoformat(),
    )
    site_rows.end_all(tx, TERMS_OVERRIDE, *same, by=by, reason=f"replaced: {reason}")
    values = {
        "subject": subject,
        "subject_id": subject_id,
        "days": days,
        "valid_from": valid_from.isoformat(),
    }
    return site_rows.add(tx, TERMS_OVERRIDE, source, by=by, reason=reason, **values)


def end(tx: Tx, number: int, *, by: str, reason: str) -> None:
    """Let an override no longer count, for any debt."""
    site_rows.end(tx, TERMS_OVERRIDE, number, by=by, reason=reason, listed_by=LISTED_BY)


def list_(tx: Tx, source: str, *, ended: bool = False) -> list[TermsOverride]:
    return [TermsOverride(**row) for row in site_rows.read(tx, TERMS_OVERRIDE, source, ended=ended)]


def get(tx: Tx, number: int) -> TermsOverride | None:
    row = site_rows.get(tx, TERMS_OVERRIDE, number)
    return None if row is None else TermsOverride(**row)


def of_counterparty(tx: Tx, source: str, counterparty_id: str, *, ended: bool = False) -> list[TermsOverride]:
    """What is set for a counterparty and for any of its contracts."""
    column, contract = TERMS_OVERRIDE.c, STORED[TABLES["contract"]].c
    own = select(contract.id).where(contract.source == source, contract.counterparty_id == counterparty_id)
    which = or_(
        and_(column.subject == "counterparty", column.subject_id == counterparty_id),
        and_(column.subject == "contract", column.subject_id.in_(own)),
    )
    return [TermsOverride(**row) for row in site_rows.read(tx, TERMS_OVERRIDE, source, which, ended=ended)]


def in_force(
    tx: Tx, source: str, counterparties: Collection[str], contract_ids: Collection[str]
) -> tuple[Override, ...]:
    """What is set for these counterparties and for these contracts."""
    given = {"t_source": source, "t_parties": sorted(counterparties), "t_contracts": sorted(contract_ids)}
    return tuple(
        Override(
            row.subject, row.subject_id, row.days, date.fromisoformat(row.valid_from), row.set_at, row.set_by
        )
        for row in tx.connection.execute(_in_force(), given)
    )


@cache
def _in_force() -> Select[Any]:
    """Built once: the balance is asked for on every page of the portal."""
    column = TERMS_OVERRIDE.c
    contracts = bindparam("t_contracts", type_=Text(), expanding=True)
    of_contract = and_(column.subject == "contract", column.subject_id.in_(contracts))
    of_party = column.subject_id.in_(bindparam("t_parties", type_=Text(), expanding=True))
    return (
        select(TERMS_OVERRIDE)
        .where(column.source == bindparam("t_source", type_=Text()), column.ended_at.is_(None))
        .where(or_(of_contract, and_(column.subject == "counterparty", of_party)))
        .order_by(column.id)
    )
