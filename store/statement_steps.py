"""What people did with a statement: each step once, by somebody, never changed (FX-06)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from schemas.errors import InvalidValueError, StoreError
from schemas.statements import STEPS, State
from schemas.types import Day
from store import agreed, statement_choices, statement_events, statements
from store.agreed import Change, Period
from store.engine import Tx
from store.statements import StatementRow
from store.tables_of_change import AGREED_PERIOD
from store.tables_of_statements import STATEMENT, STATEMENT_DRAWING, STATEMENT_PERIOD, STATEMENT_STEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    id: int
    at: datetime
    by: str
    before: State
    after: State
    note: str


def step(tx: Tx, row: StatementRow, to: State, *, by: str, note: str = "") -> StatementRow:
    """Take one step, and keep or withdraw what was agreed with it. Gives the statement as it is then.

    Errors: InvalidValueError for a step that is not allowed; StoreError where somebody was quicker.
    """
    _allow(row, to, note)
    tx.alone(f"statement {row.digest}")  # its version counts one change after the other
    column = STATEMENT.c
    mine = update(STATEMENT).where(column.number == row.number, column.state == row.state)
    if tx.connection.execute(mine.values(state=to, version=column.version + 1)).rowcount == 0:
        raise StoreError(
            "somebody has taken a step with this statement meanwhile",
            hint="load it again, and decide anew",
            statement=row.id,
        )
    told = {"statement_number": row.number, "at": tx.now, "by": by, "before": row.state, "after": to}
    tx.connection.execute(insert(STATEMENT_STEP).values(**told, note=note))
    if to == "agreed":
        _agree(tx, row, by)
    if row.state == "agreed" and to == "disagreement":
        for period in agreed_periods(tx, row):
            agreed.withdraw(tx, period.id)
    now = statements.get(tx, row.id)
    assert now is not None
    return statement_events.disagreed(tx, now, note) if to == "disagreement" else now


def steps(tx: Tx, row: StatementRow) -> tuple[Step, ...]:
    """The first one first."""
    column = STATEMENT_STEP.c
    wanted = select(*(column[name] for name in ("id", "at", "by", "before", "after", "note")))
    wanted = wanted.where(column.statement_number == row.number).order_by(column.id)
    return tuple(Step(**one) for one in tx.connection.execute(wanted).mappings())


def last_at(tx: Tx, numbers: Collection[int]) -> dict[int, datetime]:
    """When the last step of each of these statements was taken; none of those that nobody has touched."""
    column = STATEMENT_STEP.c
    last = select(column.statement_number, func.max(column.at)).where(
        column.statement_number.in_(sorted(numbers))
    )
    rows = tx.connection.execute(last.group_by(column.statement_number))
    return {number: at for number, at in rows}  # noqa: C416 rows are no pairs


def agreed_periods(tx: Tx, row: StatementRow) -> tuple[Period, ...]:
    """What was agreed with it and not withdrawn since."""
    link = STATEMENT_PERIOD.c
    mine = select(link.agreed_period_id).where(link.statement_number == row.number)
    numbers = set(tx.connection.execute(mine).scalars())
    if not numbers:
        return ()
    every = agreed.list_(tx, row.source, row.counterparty_id)
    return tuple(one for one in every if one.id in numbers and one.withdrawn_at is None)


def open_changes(tx: Tx, row: StatementRow) -> tuple[Change, ...]:
    """What changed since in what was agreed with it, and nobody has accepted."""
    numbers = {one.id for one in agreed_periods(tx, row)}
    if not numbers:
        return ()
    return tuple(one for one in agreed.open_changes(tx, row.source) if one.period.id in numbers)


def of_periods(tx: Tx, source: str) -> dict[int, tuple[int, str]]:
    """The statement that each agreed period came from, by its number and id; none for those agreed without one."""
    link, own = STATEMENT_PERIOD.c, STATEMENT.c
    wanted = (
        select(link.agreed_period_id, own.number, own.id)
        .join(STATEMENT, own.number == link.statement_number)
        .where(own.source == source)
    )
    return {period: (number, statement) for period, number, statement in tx.connection.execute(wanted)}


def changed_since(tx: Tx, source: str) -> dict[int, int]:
    """How many open changes each agreed statement of a source has, by its number; none with none."""
    found: dict[int, int] = {}
    link = STATEMENT_PERIOD.c
    rows = tx.connection.execute(
        select(link.agreed_period_id, link.statement_number)
        .join(AGREED_PERIOD, AGREED_PERIOD.c.id == link.agreed_period_id)
        .where(AGREED_PERIOD.c.source == source)
    )
    of_period = {period: number for period, number in rows}  # noqa: C416
    for change in agreed.open_changes(tx, source):
        if (number := of_period.get(change.period.id)) is not None:
            found[number] = found.get(number, 0) + 1
    return found


def _allow(row: StatementRow, to: State, note: str) -> None:
    if to not in STEPS[row.state]:
        ways = ", ".join(STEPS[row.state])
        raise _wrong(
            f"a statement that is {row.state} cannot become {to}",
            f"it may become: {ways}" if ways else "a signed statement is the end: draw a new one",
        )
    if row.state == "draft" and row.verdict == "pending":
        raise _wrong(
            "the accounting system has not drawn this statement yet",
            "wait until both drawings were compared: the statement says what it waits for",
        )
    if row.state == "draft" and row.verdict == "unexplained":
        raise _wrong(
            "the two drawings differ, and no document explains why",
            "pull the counterparty again and draw it anew; docs/runbook.md says what else may help",
        )
    if to == "disagreement" and not note.strip():
        raise InvalidValueError(
            "a disagreement needs a word on what is not agreed to",
            hint="name the documents or amounts in the note",
            field="note",
        )


def _agree(tx: Tx, row: StatementRow, by: str) -> None:
    """As it was drawn: what changed between the drawing and now is an open change at once."""
    contracts: tuple[str | None, ...] = (row.contract_id,)
    if row.contract_kind is not None:
        contracts = statement_choices.contracts_of_kind(
            tx, row.source, row.organization_id, row.counterparty_id, row.contract_kind
        )
    drawing = STATEMENT_DRAWING.c
    drawn = select(drawing.drawn_at).where(drawing.statement_number == row.number, drawing.side == "hub")
    drawn_at = tx.connection.execute(drawn.limit(1)).scalar_one()
    links = [
        {
            "statement_number": row.number,
            "agreed_period_id": _period(tx, row, contract, currency, by, drawn_at),
        }
        for contract in contracts
        for currency in row.currencies
    ]
    if links:
        tx.connection.execute(insert(STATEMENT_PERIOD), links)


def _period(
    tx: Tx, row: StatementRow, contract: str | None, currency: str, by: str, drawn_at: datetime
) -> int:
    return agreed.add(
        tx,
        row.source,
        organization_id=row.organization_id,
        counterparty_id=row.counterparty_id,
        contract_id=contract,
        currency=currency,
        start_on=Day(row.first_on.isoformat()),
        end_on=Day(row.last_on.isoformat()),
        agreed_at=drawn_at,
        by=by,
        note=f"reconciliation statement {row.number}",
    )


def _wrong(message: str, hint: str) -> InvalidValueError:
    return InvalidValueError(message, hint=hint, field="state")
