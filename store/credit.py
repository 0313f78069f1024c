"""The credit check of an order: decided on what is known, and kept with every figure that was used (FX-12)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from schemas import credit
from schemas.credit import Facts, Finding, Policy, Sum
from schemas.orders import Order
from schemas.settings import HubSettings, Outcome, SourceSettings
from schemas.submissions import Why
from store import credit_debts, credit_in_flight, credit_stock, order_admission
from store.engine import Tx
from store.submissions import Submission
from store.tables_of_orders import CREDIT_DECISION


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditDecision:
    """What was decided about `version` of an order, the figures of it, and what each rule came to.

    The first is for the company's people; a buyer may see debts and limits only where he sees balances.
    """

    id: int
    version: int
    at: datetime
    outcome: Outcome
    why: Why | None
    facts: Facts
    policy: Policy
    findings: tuple[Finding, ...]


def decide(tx: Tx, settings: HubSettings, submission: Submission, order: Order) -> CreditDecision:
    """Decide, and keep it. The caller is alone with the orders of this counterparty (`order_flow`)."""
    source = order_admission.source_of(settings, submission)
    rules = source.orders
    policy = Policy(over_limit=rules.over_limit, overdue=rules.overdue, over_stock=rules.over_stock)
    facts = _facts(tx, settings, source, submission, order)
    found = credit.judge(facts, policy)
    row = {
        "submission_number": submission.number,
        "version": submission.version,
        "at": tx.now,
        "outcome": found.outcome,
        "findings": json.dumps(credit.kept(facts, policy, found), sort_keys=True),
    }
    key = tx.connection.execute(insert(CREDIT_DECISION).values(**row)).inserted_primary_key
    if key is None:
        raise RuntimeError("credit_decision gave no key")
    return CreditDecision(
        id=int(key[0]),
        version=submission.version,
        at=tx.now,
        outcome=found.outcome,
        why=found.why,
        facts=facts,
        policy=policy,
        findings=found.findings,
    )


def latest(tx: Tx, submission: Submission) -> CreditDecision | None:
    """The last one, of whichever version; None before the first check."""
    column = CREDIT_DECISION.c
    mine = select(CREDIT_DECISION).where(column.submission_number == submission.number)
    row = tx.connection.execute(mine.order_by(column.id.desc()).limit(1)).mappings().one_or_none()
    return None if row is None else _decision(dict(row))


def _decision(row: dict[str, Any]) -> CreditDecision:
    facts, policy = credit.again(json.loads(row["findings"]))
    found = credit.judge(facts, policy)
    own = {name: row[name] for name in ("id", "version", "at", "outcome")}
    return CreditDecision(**own, why=found.why, facts=facts, policy=policy, findings=found.findings)


def _facts(
    tx: Tx, settings: HubSettings, source: SourceSettings, submission: Submission, order: Order
) -> Facts:
    owed = credit_debts.read(tx, settings, source, order)
    sent = credit_in_flight.read(tx, submission, of_everybody=source.orders.over_stock != "pass")
    stock = credit_stock.read(tx, settings, source, order, sent)
    return Facts(
        order=Sum(units=order.amount, currency=order.currency),
        limit=owed.limit,
        blocks_when_overdue=owed.blocks_when_overdue,
        debts=owed.debts,
        overdue=owed.overdue,
        in_flight=sent.of_contract,
        debts_as_of=_moment(owed.as_of),
        documents_as_of=_moment(sent.as_of),
        doubts=owed.doubts,
        goods=stock.goods,
        stock_as_of=_moment(stock.as_of),
        stock_doubts=stock.doubts,
    )


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
