"""What payments paid by the register of settlements by due date, where it names the documents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select

from schemas.allocation import Part, paired
from store import tenancy
from store.balance_sql import DUE, KEY
from store.engine import Tx
from store.standing_documents import chunks

_NAMES = ("recorder_id", "line_no", "settled_id", "currency", "debt", "advance")


@dataclass(slots=True)
class Settled:
    """By currency: what the payment brought in, what of it is still an advance, and which documents it paid."""

    brought: Counter[str] = field(default_factory=Counter)
    advance: Counter[str] = field(default_factory=Counter)
    paid: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    names_documents: bool = True

    def allocated(self, currency: str) -> int:
        return self.paid[currency].total()


def by_register(tx: Tx, source: str, payments: Collection[str]) -> dict[str, Settled]:
    """Give those of the payments that the register knows, by their ids.

    A movement of the payment that lowers a debt paid it; one that raises its own advance may pay later: then
    another document's movements take from this advance and lower debts, in pairs or in the same order.
    """
    found: dict[str, Settled] = {}
    for row in _rows(tx, source, DUE.c.recorder_id, payments):
        one = found.setdefault(row.recorder_id, Settled())
        if row.settled_id is None:
            one.names_documents = False
        elif row.settled_id == row.recorder_id:
            one.brought[row.currency] += row.advance
            one.advance[row.currency] += row.advance
        else:
            one.brought[row.currency] -= row.debt
            one.paid[row.currency][row.settled_id] -= row.debt
    _use_advances(tx, source, found)
    return found


def payers(tx: Tx, source: str, document_ids: Collection[str]) -> set[str]:
    """Everything that may have paid one of the documents: who recorded that its debt became less, and whose
    advances were taken for it.
    """
    lowered = [row for row in _rows(tx, source, DUE.c.settled_id, document_ids) if row.debt < 0]
    recorders = {row.recorder_id for row in lowered}
    taken = _rows(tx, source, DUE.c.recorder_id, recorders)
    return recorders | {row.settled_id for row in taken if row.settled_id and row.advance < 0}


def known(tx: Tx, source: str, document_ids: Collection[str]) -> set[str]:
    """Those of these documents whose debt the register keeps."""
    return {row.settled_id for row in _rows(tx, source, DUE.c.settled_id, document_ids)}


def _use_advances(tx: Tx, source: str, found: dict[str, Settled]) -> None:
    of_payments = _rows(tx, source, DUE.c.settled_id, found)
    taken = [row for row in of_payments if row.advance < 0 and row.recorder_id != row.settled_id]
    for row in taken:
        found[row.settled_id].advance[row.currency] += row.advance
    for currency, part in _pairs(_rows(tx, source, DUE.c.recorder_id, {row.recorder_id for row in taken})):
        if part.payment_id in found:
            found[part.payment_id].paid[currency][part.document_id] += part.units


def _pairs(rows: Iterable[Row[Any]]) -> Iterable[tuple[str, Part]]:
    """The advances that each document took, and the debts it lowered with them, in the order of its lines."""
    given, taken = defaultdict(list), defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.recorder_id, row.line_no)):
        place = (row.recorder_id, row.currency)
        if row.advance < 0 and row.settled_id is not None:
            given[place].append((row.settled_id, -row.advance))
        if row.debt < 0 and row.settled_id is not None:
            taken[place].append((row.settled_id, -row.debt))
    for place, advances in given.items():
        for part in paired(advances, taken[place]):
            yield place[1], part


def _rows(tx: Tx, source: str, key: Any, ids: Collection[str]) -> list[Row[Any]]:
    """Movements that count, of counterparties the reader sees, whose `key` is one of these."""
    found: list[Row[Any]] = []
    column = DUE.c
    mine = []
    if tx.tenancy.counterparties is not None:  # asked of each movement: their list would lead SQLite astray
        same = (KEY.c.source == column.source, KEY.c.id == column.settlement_key_id)
        seen = tenancy.limits(tx, KEY.c.source, KEY.c.counterparty_id)
        mine.append(select(KEY.c.id).where(*same, *seen).correlate(DUE).exists())
    for part in chunks(ids):
        query = select(*(column[name] for name in _NAMES)).where(
            column.source == source, key.in_(part), column.gone_at.is_(None), column.active, *mine
        )
        found += tx.connection.execute(query)
    return found
