"""The hub's own reconciliation statement, from the settlement movements it keeps.

Two queries in one consistent reading: what is owed before the period and at its end, and the movements of the
period by document. Both start from the settlement keys of the counterparty and look movements up by key and time.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from schemas import TABLES
from schemas.errors import StoreError
from schemas.reconciliation import Balances, Posting, Statement, StatementRequest, draw
from schemas.types import Day
from store.balance_sql import ENTRY, KEY, of_key, total
from store.engine import Tx
from store.record_tables import STORED
from store.tables import BALANCE_STATE

CONTRACT = STORED[TABLES["contract"]]
DOCUMENT = STORED[TABLES["document"]]


def statement(tx: Tx, request: StatementRequest) -> Statement:
    """Draw the statement; a movement whose settlement key the store does not know is in nobody's.

    Errors: StoreError where the settlements of this source were never pulled.
    """
    state = select(BALANCE_STATE.c.as_of).where(BALANCE_STATE.c.source == request.source)
    as_of = tx.connection.execute(state).scalar_one_or_none()
    if as_of is None:
        raise StoreError(
            "there are no settlements of this source to draw a statement from",
            hint="run saldo sync --full for this source",
            source=request.source,
        )
    owed = tx.connection.execute(balances_of(request)).all()
    balances = Balances(
        {contract: before for contract, before, _ in owed}, {contract: after for contract, _, after in owed}
    )
    postings = (
        Posting(contract, recorder, kind, number or "", Day(dated[:10]) if dated else None, at, amount)
        for contract, recorder, kind, number, dated, at, amount in tx.connection.execute(postings_of(request))
    )
    return draw(request, "store", as_of, balances, postings)


def balances_of(request: StatementRequest) -> Select[Any]:
    """What is owed by contract, before the period and at its end."""
    contract = func.coalesce(KEY.c.contract_id, "")
    before = case((ENTRY.c.at < request.start, ENTRY.c.amount), else_=0)
    columns: list[ColumnElement[Any]] = [contract, total(before), total(ENTRY.c.amount)]
    return (
        select(*columns)
        .select_from(ENTRY.join(KEY, of_key(ENTRY)))
        .where(_of(request), ENTRY.c.at < request.end)
        .group_by(contract)
    )


def postings_of(request: StatementRequest) -> Select[Any]:
    """What each document moved in the period, by contract, and what is known of the document."""
    contract = func.coalesce(KEY.c.contract_id, "")
    own = and_(DOCUMENT.c.source == ENTRY.c.source, DOCUMENT.c.id == ENTRY.c.recorder_id)
    told = (ENTRY.c.recorder_id, ENTRY.c.recorder_kind, DOCUMENT.c.number, DOCUMENT.c.dated_at)
    return (
        select(contract, *told, func.min(ENTRY.c.at), total(ENTRY.c.amount))
        .select_from(ENTRY.join(KEY, of_key(ENTRY)).outerjoin(DOCUMENT, own))
        .where(_of(request), ENTRY.c.at >= request.start, ENTRY.c.at < request.end)
        .group_by(contract, *told)
    )


def _of(request: StatementRequest) -> ColumnElement[bool]:
    """Movements that count, of the settlement keys that the request is about."""
    return and_(
        ENTRY.c.source == request.source,
        ENTRY.c.settlement_key_id.in_(_keys(request)),
        ENTRY.c.currency == request.currency,
        ENTRY.c.gone_at.is_(None),
        ENTRY.c.active,
    )


def _keys(request: StatementRequest) -> Select[Any]:
    """As a list of its own, not by the join: SQLite would else walk along every movement of the period."""
    key = KEY.alias("asked")
    asked = [
        key.c.source == request.source,
        key.c.counterparty_id == request.counterparty_id,
        func.coalesce(key.c.organization_id, "") == request.organization_id,
    ]
    if request.contract_id is not None:
        asked.append(func.coalesce(key.c.contract_id, "") == request.contract_id)
    if request.contract_kind is not None:
        of_kind = select(CONTRACT.c.id).where(
            CONTRACT.c.source == request.source,
            CONTRACT.c.counterparty_id == request.counterparty_id,
            CONTRACT.c.kind == request.contract_kind,
        )
        asked.append(key.c.contract_id.in_(of_kind))
    return select(key.c.id).where(*asked)
