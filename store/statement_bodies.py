"""A drawn statement as it is kept: everything it says but the question, as JSON with sorted keys."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from schemas.matching import Received, ReceivedLine
from schemas.reconciliation import Line, Part, Producer, Statement, StatementRequest
from schemas.statements import Asked


def asked_digest(asked: Asked) -> str:
    """SHA-256 of what was asked for: two requests for the same thing have one."""
    return _sha256(question(asked))


def question(asked: Asked) -> str:
    told = {
        "source": asked.source,
        "organization_id": asked.organization_id,
        "counterparty_id": asked.counterparty_id,
        "currencies": list(asked.currencies),
        "first_on": asked.first_on.isoformat(),
        "last_on": asked.last_on.isoformat(),
        "contract_id": asked.contract_id,
        "contract_kind": asked.contract_kind,
        "by_contract": asked.by_contract,
    }
    return _json(told)


def asked_of(question: str) -> Asked:
    told = json.loads(question)
    first_on, last_on = (date.fromisoformat(told.pop(name)) for name in ("first_on", "last_on"))
    return Asked(currencies=tuple(told.pop("currencies")), first_on=first_on, last_on=last_on, **told)


def body(statement: Statement) -> str:
    """Without its moment: the same figures, drawn again, have the same body."""
    return _json(
        {
            "opening": statement.opening,
            "lines": [list(line) for line in statement.lines],
            "debit": statement.debit,
            "credit": statement.credit,
            "closing": statement.closing,
            "parts": [list(part) for part in statement.parts],
        }
    )


def digest(statement: Statement) -> str:
    return _sha256(f"{statement.producer} {body(statement)}")


def statement(request: StatementRequest, producer: Producer, as_of: datetime, body: str) -> Statement:
    told = json.loads(body)
    return Statement(
        request,
        producer,
        as_of,
        told["opening"],
        tuple(Line(*line) for line in told["lines"]),
        told["debit"],
        told["credit"],
        told["closing"],
        tuple(Part(*part) for part in told["parts"]),
    )


def received_body(received: Received) -> str:
    lines = [[x.on.isoformat(), x.number, x.debit, x.credit, x.row] for x in received.lines]
    return _json({"lines": lines, "opening": received.opening, "closing": received.closing})


def received(body: str) -> Received:
    told = json.loads(body)
    lines = (ReceivedLine(date.fromisoformat(on), *rest) for on, *rest in told["lines"])
    return Received(tuple(lines), told["opening"], told["closing"])


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
