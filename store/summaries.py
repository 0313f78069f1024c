"""What the panel on every page needs of one counterparty, in one statement; and what it is a version of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect

from schemas.api_keys import Tenancy
from schemas.terms import Override
from schemas.types import CurrencyCode, Units, WallClock
from store import compiled, summary_sql
from store.agreement import AgreementState
from store.balance_views import ContractBalance, CounterpartyBalance, OpenItem
from store.compiled import Compiled
from store.direct import Reader
from store.engine import Tx


@dataclass(frozen=True, slots=True)
class Version:
    """What answers about a source were made of: a later `number` may say other things.

    Both moments are None before the first refresh.
    """

    number: int
    as_of: datetime | None
    refreshed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """All of it at one moment. The open items in `known` are those of one due date together, nothing of their own."""

    version: Version
    name: str
    kind: str
    status: str
    known: CounterpartyBalance
    agreement: AgreementState


async def version(reader: Reader, source: str) -> Version:
    rows = await reader.rows(_version(reader.dialect), {"source": source}, None)
    number, as_of, refreshed_at = rows[0]
    return Version(number, _moment(as_of), _moment(refreshed_at))


async def find(reader: Reader, source: str, counterparty_id: str, tenancy: Tenancy) -> Found | None:
    """None for an unknown counterparty, and for one that is none of the reader's."""
    given = {"source": source, "party": counterparty_id}
    rows = await reader.rows(_whole(reader.dialect), given, tenancy)
    return _found(rows)


def read(tx: Tx, source: str, counterparty_id: str) -> Found | None:
    """The same in a transaction, where several belong together."""
    rows = tx.connection.execute(_statement(), {"source": source, "party": counterparty_id})
    return _found(rows.all())


@cache
def _version(dialect: str) -> Compiled:
    return compiled.on(dialect, summary_sql.version())


@cache
def _whole(dialect: str) -> Compiled:
    return compiled.on(dialect, _statement())


@cache
def _statement() -> CompoundSelect[Any]:
    return summary_sql.whole()


def _found(rows: Sequence[Sequence[Any]]) -> Found | None:
    parts: tuple[list[Any], list[Any], list[Any], list[Any]] = ([], [], [], [])
    for row in rows:
        parts[row[0]].append(row)
    heads, accounts, items, overrides = parts
    if not heads:
        return None
    _, name, kind, status, number, as_of, refreshed_at, moment, through, *_, last, differs = heads[0]
    accounts.sort(key=lambda row: (row[1], row[2], row[3]))
    seen = Version(number, _moment(as_of), _moment(refreshed_at))
    known = CounterpartyBalance(
        [_account(row) for row in accounts],
        [_item(row) for row in items],
        seen.as_of,
        seen.refreshed_at,
        tuple(map(_override, overrides)),
    )
    return Found(seen, name, kind, status, known, _agreement(last, differs, moment, through))


def _account(row: Sequence[Any]) -> ContractBalance:
    return ContractBalance(*row[1:])


def _item(row: Sequence[Any]) -> OpenItem:
    contract, organization, currency, debt, arose_on, due_on = row[1:7]
    none = Units(0)
    return OpenItem(
        contract, organization, CurrencyCode(currency), None, "", "", None, arose_on, due_on, none, debt, none
    )


def _override(row: Sequence[Any]) -> Override:
    subject, subject_id, set_by, days, valid_from, set_at = row[1:7]
    set_moment = datetime.fromisoformat(set_at).astimezone(UTC)
    return Override(subject, subject_id, days, date.fromisoformat(valid_from), set_moment, set_by)


def _agreement(
    last: int | None, differs: int, moment: WallClock | None, through: WallClock | None
) -> AgreementState:
    """As `agreement.state_of` tells it; what differs is not named here."""
    if last is None:
        return AgreementState("unknown", None)
    if not differs:
        return AgreementState("agreed", moment)
    return AgreementState("differs" if differs == summary_sql.PROVEN else "unknown", through)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
