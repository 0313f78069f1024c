"""What two sides can compare without comparing pages: a digest of what a statement says.

In it: who, in which currency, for which period and contracts, the opening balance, each line by day, number, sides
and contract, turnovers and closing balance. Not in it: who produced it and when, in which language, and how documents
are called. So both producers' statements, if they agree, and every print of them have one checksum.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from schemas.reconciliation import Statement


def checksum(statements: Iterable[Statement]) -> str:
    """SHA-256, in hexadecimal, of the statements' canonical JSON."""
    told = [_told(statement) for statement in statements]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _told(statement: Statement) -> dict[str, Any]:
    request = statement.request
    return {
        "source": request.source,
        "organization": request.organization_id,
        "counterparty": request.counterparty_id,
        "currency": request.currency,
        "period": [request.first_on.isoformat(), request.last_on.isoformat()],
        "contract": request.contract_id,
        "contract_kind": request.contract_kind,
        "by_contract": request.by_contract,
        "opening": statement.opening,
        "lines": sorted(
            [
                line.at[:10],
                line.number.strip(),
                line.debit,
                line.credit,
                _contract(statement, line.contract_id),
            ]
            for line in statement.lines
        ),
        "turnovers": [statement.debit, statement.credit],
        "closing": statement.closing,
        "parts": sorted(list(part) for part in statement.parts),
    }


def _contract(statement: Statement, contract_id: str) -> str:
    return contract_id if statement.request.by_contract else ""
