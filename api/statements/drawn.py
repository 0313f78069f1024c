"""What a statement says: its sections line by line, and where the two drawings of it differ."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from api.statements import rows
from api.statements.answers import StatementDifference, StatementLine, StatementPart, StatementSection
from api.statements.links import Links
from api.web.ids import optional
from api.web.values import day
from schemas.money import Money
from schemas.reconciliation import Line, Part, Statement
from schemas.reconciliation_differences import Comparison, Difference
from schemas.settings import SourceSettings


def section(of: Statement, source: SourceSettings, links: Links) -> StatementSection:
    currency = of.request.currency
    return StatementSection(
        **rows.sums(currency, of),
        producer=of.producer,
        as_of=of.as_of.astimezone(source.time_zone),
        lines=[line(one, currency, source.id) for one in of.lines],
        parts=[_part(one, currency, source.id, links) for one in of.parts],
    )


def line(of: Line, currency: str, source: str) -> StatementLine:
    return StatementLine(
        on=date.fromisoformat(of.at[:10]),
        document_id=optional(source, of.document_id),
        document_kind=of.document_kind,
        number=of.number,
        dated_on=day(of.dated_on),
        text=of.text,
        debit=str(Money(of.debit, currency)),
        credit=str(Money(of.credit, currency)),
        contract_id=optional(source, of.contract_id),
    )


def differences(found: Iterable[Comparison], source: str) -> list[StatementDifference]:
    return [
        _difference(one, comparison.left.request.currency, source)
        for comparison in found
        for one in comparison.differences
    ]


def _difference(of: Difference, currency: str, source: str) -> StatementDifference:
    return StatementDifference(
        currency=currency,
        kind=of.kind,
        amount=str(Money(of.amount, currency)),
        contract_id=optional(source, of.contract_id),
        hub=line(of.left, currency, source) if of.left else None,
        accounting_system=line(of.right, currency, source) if of.right else None,
    )


def _part(of: Part, currency: str, source: str, links: Links) -> StatementPart:
    return StatementPart(**rows.sums(currency, of), contract=links.contract(source, of.contract_id))
