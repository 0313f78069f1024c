"""Where the exchange with each base stands: the last message taken, and why none can be had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from store import inserts
from store.engine import Tx
from store.tables_of_change import EXCHANGE_NODE


@dataclass(frozen=True, slots=True)
class ExchangeNode:
    """`message_no` is the last message that was confirmed; `blocked` why the next cannot be had, or None.

    Everything the plan registered before `looked_at` is landed, unless it is blocked.
    """

    source: str
    node: str
    message_no: int
    looked_at: datetime
    confirmed_at: datetime | None
    blocked: str | None
    blocked_hint: str | None


def looked(tx: Tx, source: str, node: str, message_no: int, *, at: datetime) -> None:
    """Note that the node, asked at that moment, had nothing new."""
    _put(tx, source, node, {"message_no": message_no, "looked_at": at} | _FREE)


def confirmed(tx: Tx, source: str, node: str, message_no: int, *, at: datetime) -> None:
    """Note that everything up to this message, asked for at that moment, is landed and the base was told so."""
    _put(tx, source, node, {"message_no": message_no, "looked_at": at, "confirmed_at": tx.now} | _FREE)


def blocked(tx: Tx, source: str, node: str, reason: str, hint: str) -> None:
    """Note that the base cannot give its next message; what was confirmed before stays known."""
    _put(tx, source, node, {"blocked": reason, "blocked_hint": hint})


def get(tx: Tx, source: str) -> ExchangeNode | None:
    row = tx.connection.execute(select(EXCHANGE_NODE).where(EXCHANGE_NODE.c.source == source)).one_or_none()
    return None if row is None else ExchangeNode(*row)


_FREE: dict[str, Any] = {"blocked": None, "blocked_hint": None}


def _put(tx: Tx, source: str, node: str, values: dict[str, Any]) -> None:
    seen = {"node": node, "looked_at": tx.now} | values
    insert = inserts.into(tx.dialect, EXCHANGE_NODE).values(source=source, **{"message_no": 0} | seen)
    tx.connection.execute(insert.on_conflict_do_update(index_elements=["source"], set_=seen))
