"""What an account's amount is made of: its movements by document, the newest first, with the balance after each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    cast,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)

from schemas import TABLES
from schemas.types import CurrencyCode, Day, Units, WallClock
from store.balance_sql import DUE, ENTRY, KEY, of_key, total
from store.engine import Tx
from store.record_tables import STORED
from store.tables import CONTRACT_BALANCE

_DOCUMENT = STORED[TABLES["document"]]
Place = tuple[WallClock, str]  # of a document in the account: its last moment, and which it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Settlements with a counterparty in one currency; None is all organisations or contracts, "" those without."""

    source: str
    counterparty_id: str
    currency: str
    organization_id: str | None = None
    contract_id: str | None = None


class Moved(NamedTuple):
    """What one document did to the account, by `lines` movements; `number` is "" for one the store has not.

    `after` is what was owed with it and everything before it.
    """

    recorder_id: str
    recorder_kind: str
    number: str
    dated_at: WallClock | None
    at: WallClock
    amount: Units
    lines: int
    after: Units

    @property
    def place(self) -> Place:
        return self.at, self.recorder_id


@dataclass(frozen=True, slots=True)
class Amount:
    """`shown` is the balance that the hub tells, `moved` what its movements come to: the same but while deriving."""

    shown: Units
    moved: Units
    documents: int


class Entry(NamedTuple):
    """One movement of a document and whose account it moved; ids are "" where the books name none."""

    line_no: int
    at: WallClock
    active: bool
    counterparty_id: str
    organization_id: str
    contract_id: str
    currency: CurrencyCode
    amount: Units
    landing_id: int
    place: int


class Due(NamedTuple):
    """What one movement, of the document `recorder_id`, did to a debt or an advance that another one may have made."""

    recorder_id: str
    recorder_kind: str
    number: str
    line_no: int
    at: WallClock
    settled_id: str | None
    settled_kind: str
    due_on: Day | None
    currency: CurrencyCode
    debt: Units
    advance: Units
    landing_id: int
    place: int


def amount(tx: Tx, account: Account) -> Amount:
    owed, moved = CONTRACT_BALANCE.c, _by_document(account).subquery()
    shown = select(func.coalesce(total(owed.debt), 0)).where(
        owed.source == account.source,
        owed.counterparty_id == account.counterparty_id,
        owed.currency == account.currency,
        *_chosen(owed, account),
    )
    summed = select(func.coalesce(total(moved.c.amount), 0), func.count()).select_from(moved)
    come_to, documents = tx.connection.execute(summed).one()
    return Amount(Units(tx.connection.execute(shown).scalar_one()), Units(come_to), documents)


def by_document(tx: Tx, account: Account, *, before: Place | None = None, limit: int) -> list[Moved]:
    """The documents of the account that come before a place, the newest first."""
    moved = _by_document(account).subquery()
    one = moved.c
    run = cast(func.sum(one.amount).over(order_by=(one.at, one.recorder_id)), BigInteger)
    along = select(moved, run.label("after")).subquery()
    here = along.c
    is_document = and_(_DOCUMENT.c.source == account.source, _DOCUMENT.c.id == here.recorder_id)
    number = func.coalesce(_DOCUMENT.c.number, "")
    wanted: Select[Any] = select(here.recorder_id, here.recorder_kind, number, _DOCUMENT.c.dated_at)
    wanted = wanted.add_columns(here.at, here.amount, here.lines, here.after)
    if before is not None:
        at, recorder = literal(before[0], here.at.type), literal(before[1], here.recorder_id.type)
        wanted = wanted.where(tuple_(here.at, here.recorder_id) < tuple_(at, recorder))
    newest = wanted.select_from(along.outerjoin(_DOCUMENT, is_document)).order_by(
        here.at.desc(), here.recorder_id.desc()
    )
    return [Moved(*row) for row in tx.connection.execute(newest.limit(limit))]


def of_document(tx: Tx, source: str, document_id: str) -> list[Entry]:
    """What a document did to accounts, line by line; one whose key the store has not moved nobody's."""
    entry = ENTRY.c
    whose = [func.coalesce(KEY.c[name], "") for name in ("counterparty_id", "organization_id", "contract_id")]
    wanted: Select[Any] = (
        select(entry.line_no, entry.at, entry.active, *whose)
        .add_columns(entry.currency, entry.amount, entry.landing_id, entry.place)
        .select_from(ENTRY.outerjoin(KEY, of_key(ENTRY)))
        .where(entry.source == source, entry.recorder_id == document_id, entry.gone_at.is_(None))
        .order_by(entry.line_no)
    )
    return [Entry(*row) for row in tx.connection.execute(wanted)]


def settlement_of(tx: Tx, source: str, document_id: str) -> list[Due]:
    """What made the debt or the advance of a document, and what settled it, in order of time."""
    due = DUE.c
    is_recorder = and_(_DOCUMENT.c.source == due.source, _DOCUMENT.c.id == due.recorder_id)
    wanted: Select[Any] = (
        select(due.recorder_id, due.recorder_kind, func.coalesce(_DOCUMENT.c.number, ""), due.line_no, due.at)
        .add_columns(due.settled_id, due.settled_kind, due.due_on, due.currency, due.debt, due.advance)
        .add_columns(due.landing_id, due.place)
        .select_from(DUE.outerjoin(_DOCUMENT, is_recorder))
        .where(due.source == source, due.settled_id == document_id, due.gone_at.is_(None), due.active)
        .order_by(due.at, due.recorder_id, due.line_no)
    )
    return [Due(*row) for row in tx.connection.execute(wanted)]


def _by_document(account: Account) -> Select[Any]:
    """Not grouped by the plain column: SQLite would walk along the primary key through everybody's movements."""
    entry = ENTRY.c
    recorder = entry.recorder_id.concat(literal_column("''"))
    columns: list[ColumnElement[Any]] = [
        recorder.label("recorder_id"),
        func.max(entry.recorder_kind).label("recorder_kind"),
        func.max(entry.at).label("at"),
        total(entry.amount).label("amount"),
        func.count().label("lines"),
    ]
    return (
        select(*columns)
        .where(entry.source == account.source, entry.settlement_key_id.in_(_keys(account)))
        .where(entry.currency == account.currency, entry.gone_at.is_(None), entry.active)
        .group_by(recorder)
    )


def _keys(account: Account) -> Select[Any]:
    mine = (KEY.c.source == account.source, KEY.c.counterparty_id == account.counterparty_id)
    return select(KEY.c.id).where(*mine, *_chosen(KEY.c, account))


def _chosen(column: Any, account: Account) -> list[ColumnElement[bool]]:
    """Of a settlement key, where none is NULL, or of a balance, where it is ""."""
    given = {"organization_id": account.organization_id, "contract_id": account.contract_id}
    return [func.coalesce(column[name], "") == key for name, key in given.items() if key is not None]
