"""What the panel on every page needs of one counterparty, in one statement; and what it is a version of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect

from schemas.api_keys import EVERYBODY, Tenancy
from schemas.terms import Override
from schemas.types import CurrencyCode, Units, WallClock
from store import compiled, summary_sql
from store.agreement import AgreementState
from store.balance_views import ContractBalance, CounterpartyBalance, OpenItem
from store.compiled import Compiled
from store.direct import Reader
from store.engine import Tx


@dataclass(frozen=True, slots=True)
class SourceState:
    """What every answer about a source says of itself. A later `version` may say other things.

    The moments are None before the first refresh. `differing` are the counterparties that the last comparison
    with the books found to differ, `agreed_through` is how far the last one reached that found none.
    `organizations` are the names of the supplier's own.
    """

    version: int
    as_of: datetime | None
    refreshed_at: datetime | None
    compared: bool
    compared_through: WallClock | None
    agreed_through: WallClock | None
    differing: Mapping[str, int]
    organizations: Mapping[str, str]

    def agreement(self, counterparty_id: str) -> AgreementState:
        """As `agreement.state_of` tells it; what differs is not named here."""
        if not self.compared:
            return AgreementState("unknown", None)
        worst = self.differing.get(counterparty_id)
        if worst is None:
            return AgreementState("agreed", self.compared_through)
        return AgreementState("differs" if worst == summary_sql.PROVEN else "unknown", self.agreed_through)


@dataclass(frozen=True, slots=True)
class Found:
    """A counterparty at one moment. It belongs to `state` where this is of the same `version`.

    The open items in `known` are those of one due date together, nothing of their own.
    """

    state: SourceState
    version: int
    name: str
    kind: str
    status: str
    known: CounterpartyBalance
    agreement: AgreementState


async def version(reader: Reader, source: str) -> int:
    """Grows with every transaction that changes an answer about the source."""
    rows = await reader.rows(_version(reader.dialect), {"source": source}, None)
    return int(rows[0][0])


async def state(reader: Reader, source: str) -> SourceState:
    return _state(await reader.rows(_whole_state(reader.dialect), {"source": source}, EVERYBODY))


async def find(
    reader: Reader, known: SourceState, source: str, counterparty_id: str, tenancy: Tenancy
) -> Found | None:
    """None for an unknown counterparty, and for one that is none of the reader's."""
    given = {"source": source, "party": counterparty_id}
    return _found(known, counterparty_id, await reader.rows(_whole(reader.dialect), given, tenancy))


def read_state(tx: Tx, source: str) -> SourceState:
    return _state(tx.connection.execute(summary_sql.state(), {"source": source}).all())


def read(tx: Tx, known: SourceState, source: str, counterparty_id: str) -> Found | None:
    """The same in a transaction, where several belong together."""
    given = {"source": source, "party": counterparty_id}
    return _found(known, counterparty_id, tx.connection.execute(_statement(), given).all())


@cache
def _version(dialect: str) -> Compiled:
    return compiled.on(dialect, summary_sql.version())


@cache
def _whole_state(dialect: str) -> Compiled:
    return compiled.on(dialect, summary_sql.state())


@cache
def _whole(dialect: str) -> Compiled:
    return compiled.on(dialect, _statement())


@cache
def _statement() -> CompoundSelect[Any]:
    return summary_sql.whole()


def _state(rows: Sequence[Sequence[Any]]) -> SourceState:
    (source,) = (row for row in rows if not row[0])
    _, number, as_of, refreshed_at, last, compared_through, agreed_through = source
    return SourceState(
        number,
        _moment(as_of),
        _moment(refreshed_at),
        last is not None,
        compared_through,
        agreed_through,
        {row[2]: row[1] for row in rows if row[0] == 1},
        {row[2]: row[3] for row in rows if row[0] == 2},
    )


def _found(known: SourceState, counterparty_id: str, rows: Sequence[Sequence[Any]]) -> Found | None:
    parts: tuple[list[Any], ...] = ([], [], [], [], [])
    for row in rows:
        parts[row[0]].append(row)
    heads, accounts, items, overrides, contracts = parts
    if not heads:
        return None
    _, name, kind, status, number, *_ = heads[0]
    owed = {row[1] for row in accounts}
    accounts += [row for row in contracts if row[1] not in owed]
    accounts.sort(key=lambda row: (row[1], row[2], row[3]))
    balance = CounterpartyBalance(
        [_account(row, known.organizations) for row in accounts],
        [_item(row) for row in items],
        known.as_of,
        known.refreshed_at,
        tuple(map(_override, overrides)),
    )
    return Found(known, number, name, kind, status, balance, known.agreement(counterparty_id))


def _account(row: Sequence[Any], organizations: Mapping[str, str]) -> ContractBalance:
    return ContractBalance._make((*row[1:10], organizations.get(row[2], ""), *row[11:]))


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


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
