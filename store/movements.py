"""What an account's amount is made of: its movements by document, the newest first, with the balance after each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, func, literal, select, tuple_

from schemas import TABLES
from schemas.types import Units, WallClock
from store.balance_sql import ENTRY, KEY, total
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


def _by_document(account: Account) -> Select[Any]:
    entry = ENTRY.c
    return (
        select(
            entry.recorder_id,
            func.max(entry.recorder_kind).label("recorder_kind"),
            func.max(entry.at).label("at"),
            total(entry.amount).label("amount"),
            func.count().label("lines"),
        )
        .where(entry.source == account.source, entry.settlement_key_id.in_(_keys(account)))
        .where(entry.currency == account.currency, entry.gone_at.is_(None), entry.active)
        .group_by(entry.recorder_id)
    )


def _keys(account: Account) -> Select[Any]:
    mine = (KEY.c.source == account.source, KEY.c.counterparty_id == account.counterparty_id)
    return select(KEY.c.id).where(*mine, *_chosen(KEY.c, account))


def _chosen(column: Any, account: Account) -> list[ColumnElement[bool]]:
    """Of a settlement key, where none is NULL, or of a balance, where it is ""."""
    given = {"organization_id": account.organization_id, "contract_id": account.contract_id}
    return [func.coalesce(column[name], "") == key for name, key in given.items() if key is not None]
