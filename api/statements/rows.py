"""A statement of the store as every answer shows it."""

from __future__ import annotations

from typing import Any

from api.statements.answers import StatementRow, StatementSums
from api.statements.links import Links
from api.trust.standing import local
from schemas.money import Money
from schemas.settings import SourceSettings
from store import statements


def values(of: statements.StatementRow, source: SourceSettings, links: Links) -> dict[str, Any]:
    """The fields of `StatementRow`, by their names in code."""
    zone = source.time_zone
    return {
        "id": of.id,
        "number": of.number,
        "counterparty": links.counterparty(source.id, of.counterparty_id),
        "organization": links.organization(source.id, of.organization_id),
        "contract": links.contract(source.id, of.contract_id),
        "contract_kind": of.contract_kind,
        "from_on": of.first_on,
        "to_on": of.last_on,
        "by_contract": of.by_contract,
        "state": of.state,
        "verdict": of.verdict,
        "differences": of.differences,
        "shown": of.shown,
        "sums": [StatementSums(**sums(currency, told)) for currency, told in of.sums.items()],
        "as_of": of.as_of.astimezone(zone),
        "created_at": of.created_at.astimezone(zone),
        "confirmed_at": local(of.confirmed_at, zone),
        "compare_at": local(of.compare_at, zone),
        "waits_for": of.why,
        "checksum": of.checksum,
        "version": of.version,
    }


def row(of: statements.StatementRow, source: SourceSettings, links: Links) -> StatementRow:
    return StatementRow(**values(of, source, links))


def sums(currency: str, told: Any) -> dict[str, str]:
    """The fields of `StatementSums`, of whatever has these four."""
    names = ("opening", "debit", "credit", "closing")
    return {"currency": currency} | {name: str(Money(getattr(told, name), currency)) for name in names}
