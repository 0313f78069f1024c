"""What our extension's web service gives: the statement that the accounting system draws itself, print forms.

The answer is taken only if it is to the question that was asked and adds up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.soap import Answered, SoapClient
from connectors.soap_values import EMPTY_DATE, plain, structure
from connectors.wsdl import Description
from schemas.errors import ConfigurationError, SourceContractError
from schemas.money import currencies, to_units
from schemas.reconciliation import Line, Part, Statement, StatementRequest, flaws, in_order
from schemas.settlement_books import SettlementBooks
from schemas.types import Day, WallClock

NO_GUID = "00000000-0000-0000-0000-000000000000"
DOCUMENT, OF_ODATA = "Документ.", "Document_"
MEDIA_TYPE = re.compile(r"[a-z]+/[\w.+-]+", re.ASCII)  # it leaves the hub as a header
HINT = "see the kept answer, and the module of the web service in the extension: onec/README.md"


@dataclass(frozen=True, slots=True)
class Drawn:
    statement: Statement
    answered: Answered


@dataclass(frozen=True, slots=True)
class Printed:
    body: bytes
    media_type: str
    file_name: str
    answered: Answered


def version(client: SoapClient) -> dict[str, Any]:
    """What the service says of itself, its configuration and its platform."""
    said = plain(client.call("GetVersion").value["return"])
    return said if isinstance(said, dict) else {}


def statement(client: SoapClient, request: StatementRequest, books: SettlementBooks) -> Drawn:
    """Have the accounting system draw the statement.

    Errors: SourceContractError where it does not add up, or answers another question.
    """
    asked = _asked(request, books)
    answered = client.call("GetStatement", lambda _: {"Request": asked})
    reader = _Reader(client, request, books, answered)
    made = reader.statement()
    if found := flaws(made):
        raise reader.broken(f"the statement of the accounting system does not add up ({found[0].where})")
    return Drawn(made, answered)


def print_form(
    client: SoapClient,
    entity_set: str,
    document_id: str,
    *,
    form: str | None = None,
    parameters: Mapping[str, Any] = {},
) -> Printed:
    """One document as the accounting system prints it; `parameters` are passed on to the print command."""

    def arguments(description: Description) -> dict[str, Any]:
        document = {"Type": entity_set.replace(OF_ODATA, DOCUMENT, 1), "Id": document_id}
        return {"Document": document, "Form": form, "Parameters": structure(description, parameters)}

    answered = client.call("GetPrintForm", arguments)
    body, media_type = answered.value["return"], answered.value["MediaType"]
    is_pdf = media_type == "application/pdf"
    if not body or not MEDIA_TYPE.fullmatch(media_type or "") or (is_pdf and not body.startswith(b"%PDF")):
        raise SourceContractError(
            "the print form is empty, or not of the type it says",
            hint="print the document in 1C by hand: the print command itself may fail",
            received=answered.page.body,
            source=client.source.id,
            record=document_id,
        )
    return Printed(body, media_type, answered.value["FileName"] or "", answered)


def _asked(request: StatementRequest, books: SettlementBooks) -> dict[str, Any]:
    kinds = {ours: theirs for theirs, ours in books.contract_kinds.items()}
    if request.contract_kind is not None and request.contract_kind not in kinds:
        raise ConfigurationError(
            f"the accounting system has no kind of contract {request.contract_kind!r}",
            hint=f"ask for one of: {', '.join(sorted(kinds))}",
            source=request.source,
        )
    return {
        **_question(request),
        "Contract": NO_GUID if request.contract_id == "" else request.contract_id,
        "ContractKind": None if request.contract_kind is None else kinds[request.contract_kind],
        "ByContract": request.by_contract,
    }


def _question(request: StatementRequest) -> dict[str, Any]:
    """What the answer must repeat."""
    return {
        "Organization": request.organization_id or None,
        "Counterparty": request.counterparty_id,
        "Currency": currencies()[request.currency].numeric,
        "PeriodStart": datetime.fromisoformat(request.start),
        "PeriodEnd": datetime.fromisoformat(request.end) - timedelta(seconds=1),
    }


@dataclass(frozen=True, slots=True)
class _Reader:
    client: SoapClient
    request: StatementRequest
    books: SettlementBooks
    answered: Answered

    def statement(self) -> Statement:
        said = self.answered.value["return"]
        if said is None:
            raise self.broken("the accounting system gave no statement")
        self._is_to_the_question(said)
        as_of = self._moment(said["AsOf"]).replace(tzinfo=self.client.source.time_zone)
        lines = in_order(self._line(line) for line in said["Line"] or ())
        parts = [part for part in map(self._part, said["Part"] or ()) if any(part[1:])]
        opening, debit, credit, closing = self._account(said)
        return Statement(
            self.request, "soap", as_of, opening, lines, debit, credit, closing,
            tuple(sorted(parts)) if self.request.by_contract else (),
        )  # fmt: skip

    def broken(self, message: str) -> SourceContractError:
        page = self.answered.page
        return SourceContractError(
            message, hint=HINT, received=page.body, source=self.client.source.id, request=page.request
        )

    def _is_to_the_question(self, said: Any) -> None:
        for field, asked in _question(self.request).items():
            if (said[field] or None) != asked:
                raise self.broken(f"the statement is to another question: {field}")

    def _line(self, line: Any) -> Line:
        document, dated = line["Document"], self._moment(line["DocumentDate"])
        entity_set = (document["Type"] or "").replace(DOCUMENT, OF_ODATA, 1)
        return Line(
            at=WallClock(self._moment(line["Period"]).isoformat(timespec="seconds")),
            document_id=self._id(document["Id"]),
            document_kind=self.books.document_kinds.get(entity_set, entity_set),
            number=(line["Number"] or "").rstrip(),
            dated_on=None if dated == EMPTY_DATE else Day(dated.date().isoformat()),
            text=line["Presentation"] or "",
            debit=self._units(line["Debit"]),
            credit=self._units(line["Credit"]),
            contract_id=self._id(line["Contract"]),
        )

    def _part(self, part: Any) -> Part:
        return Part(self._id(part["Contract"]), *self._account(part))

    def _account(self, of: Any) -> tuple[int, int, int, int]:
        opening, debit, credit, closing = (
            self._units(of[field]) for field in ("OpeningBalance", "Debit", "Credit", "ClosingBalance")
        )
        return opening, debit, credit, closing

    def _units(self, amount: object) -> int:
        if not isinstance(amount, Decimal):
            raise self.broken("an amount of the statement is missing")
        try:
            return to_units(amount, currencies()[self.request.currency].exponent)
        except ValueError as error:
            raise self.broken(f"an amount of the statement is none of its currency: {error}") from error

    def _moment(self, value: object) -> datetime:
        if not isinstance(value, datetime) or value.tzinfo is not None:
            raise self.broken("a moment of the statement is missing, or has a time zone of its own")
        return value

    def _id(self, value: str | None) -> str:
        return "" if value in (None, NO_GUID) else str(value)
