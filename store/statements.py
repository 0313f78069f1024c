"""Statements that were drawn, as they are read: what was asked, what both sides said, and what is shown."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, false, select

from schemas.reconciliation import Statement
from schemas.reconciliation_differences import Comparison, compare
from schemas.statements import Asked, Side, State, Verdict, Why
from store import statement_bodies, tenancy
from store.engine import Tx
from store.tables_of_statements import STATEMENT, STATEMENT_DRAWING, STATEMENT_STEP


class Sums(NamedTuple):
    """Of one currency, in its minor units; a debt of the counterparty is positive."""

    opening: int
    debit: int
    credit: int
    closing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """`number` is what people call it by, `id` what addresses have. `sums` and `checksum` are of what is `shown`.

    While the accounting system was not heard, or is asked once more, `why` tells what is waited for, `asked_at`
    when it was asked in vain, and `compare_at` when it is asked again. `confirmed_at`: both said the same again.
    """

    number: int
    id: str
    source: str
    organization_id: str
    counterparty_id: str
    contract_id: str | None
    contract_kind: str | None
    currencies: tuple[str, ...]
    first_on: date
    last_on: date
    by_contract: bool
    digest: str
    created_at: datetime
    created_by: str
    version: int
    state: State
    verdict: Verdict
    differences: int
    shown: Side
    checksum: str
    sums: Mapping[str, Sums]
    as_of: datetime
    confirmed_at: datetime | None
    asked_at: datetime | None = None
    compare_at: datetime | None
    why: Why | None

    @property
    def asked(self) -> Asked:
        return Asked(
            source=self.source,
            organization_id=self.organization_id,
            counterparty_id=self.counterparty_id,
            currencies=self.currencies,
            first_on=self.first_on,
            last_on=self.last_on,
            contract_id=self.contract_id,
            contract_kind=self.contract_kind,
            by_contract=self.by_contract,
        )

    @property
    def is_draft(self) -> bool:
        """Whether it may be printed as a draft only: the other side was not heard, or a rest is unexplained."""
        return self.verdict in ("pending", "unexplained")


Drawings = dict[Side, tuple[Statement, ...]]


def get(tx: Tx, statement_id: str) -> StatementRow | None:
    return _one(tx, STATEMENT.c.id == statement_id)


def by_checksum(tx: Tx, checksum: str) -> StatementRow | None:
    """The newest that prints with this checksum; of several, where the hub's own differed, one that has left."""
    left = _one(tx, STATEMENT.c.checksum == checksum, STATEMENT.c.state != "draft")
    return left or _one(tx, STATEMENT.c.checksum == checksum)


def newest(tx: Tx, digest: str, source: str) -> StatementRow | None:
    """What was last drawn for the same thing asked."""
    return _one(tx, STATEMENT.c.source == source, STATEMENT.c.digest == digest)


def list_(
    tx: Tx,
    source: str | None = None,
    counterparty_id: str | None = None,
    states: Collection[State] | None = None,
    verdicts: Collection[Verdict] | None = None,
    after: int | None = None,
    limit: int = 50,
    first_on: date | None = None,
    last_on: date | None = None,
    numbers: Collection[int] | None = None,
    sent_before: datetime | None = None,
) -> list[StatementRow]:
    """The newest first; `after` is the number after which to go on.

    With days only those whose period has a day in common with them. `sent_before`: those that were sent before
    then and not answered.
    """
    column = STATEMENT.c
    wanted = _wanted(tx)
    for which, value in ((column.source, source), (column.counterparty_id, counterparty_id)):
        if value is not None:
            wanted = wanted.where(which == value)
    for which, values in ((column.state, states), (column.verdict, verdicts)):
        if values is not None:
            wanted = wanted.where(which.in_(sorted(values)))
    if first_on is not None:
        wanted = wanted.where(column.last_on >= first_on.isoformat())
    if last_on is not None:
        wanted = wanted.where(column.first_on <= last_on.isoformat())
    if numbers is not None:
        wanted = wanted.where(column.number.in_(sorted(numbers)))
    if sent_before is not None:
        step = STATEMENT_STEP.c
        stepped = select(step.statement_number).where(step.at >= sent_before)
        wanted = wanted.where(column.state == "sent", column.number.not_in(stepped))
    if after is not None:
        wanted = wanted.where(column.number < after)
    rows = tx.connection.execute(wanted.order_by(column.number.desc()).limit(limit)).mappings()
    return [row_of(row) for row in rows]


def drawings(tx: Tx, row: StatementRow) -> Drawings:
    """What each side drew, a statement for each currency in their order; no side that was not heard."""
    column = STATEMENT_DRAWING.c
    wanted = select(column.side, column.currency, column.producer, column.as_of, column.body)
    wanted = wanted.where(column.statement_number == row.number).order_by(column.side, column.currency)
    requests = {request.currency: request for request in row.asked.requests}
    found: Drawings = {}
    for side, currency, producer, as_of, body in tx.connection.execute(wanted):
        drawn = statement_bodies.statement(requests[currency], producer, as_of, body)
        found[side] = (*found.get(side, ()), drawn)
    return found


def comparisons(tx: Tx, row: StatementRow) -> tuple[Comparison, ...]:
    """The hub's on the left, the accounting system's on the right, by currency; none before it was heard."""
    both = drawings(tx, row)
    return compared(both)


def compared(both: Drawings) -> tuple[Comparison, ...]:
    if "books" not in both:
        return ()
    return tuple(compare(ours, theirs) for ours, theirs in zip(both["hub"], both["books"], strict=True))


def shown(tx: Tx, row: StatementRow) -> tuple[Statement, ...]:
    """What people read and sign: the accounting system's drawing where it was heard, else the hub's."""
    return drawings(tx, row)[row.shown]


def row_of(row: Mapping[Any, Any]) -> StatementRow:
    told = dict(row)
    told["currencies"] = tuple(json.loads(told["currencies"]))
    told["sums"] = {currency: Sums(*sums) for currency, sums in sorted(json.loads(told["sums"]).items())}
    for name in ("first_on", "last_on"):
        told[name] = date.fromisoformat(told[name])
    return StatementRow(**told)


def seen(tx: Tx) -> list[ColumnElement[bool]]:
    """Conditions for the reader's own statements: one who sees only what he placed himself sees none."""
    if tx.tenancy.contact_id is not None:
        return [false()]
    return tenancy.limits(tx, STATEMENT.c.source, STATEMENT.c.counterparty_id)


def _one(tx: Tx, *which: ColumnElement[bool]) -> StatementRow | None:
    wanted = _wanted(tx).where(*which).order_by(STATEMENT.c.number.desc()).limit(1)
    row = tx.connection.execute(wanted).mappings().one_or_none()
    return None if row is None else row_of(row)


def _wanted(tx: Tx) -> Select[Any]:
    return select(STATEMENT).where(*seen(tx))
