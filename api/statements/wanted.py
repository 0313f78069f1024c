"""What a statement may be asked for of, and everything that is wrong with what is asked for, told at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, TypeVar

from msgspec import Meta, Struct
from msgspec import field as struct_field

from api.money.answers import CurrencyCode, Id
from api.rules import signed
from api.statements import found
from api.web import ids
from api.web.callers import Caller
from api.web.errors import FieldError, ProblemError
from api.web.hub import Hub
from schemas import TABLES
from schemas.errors import InvalidValueError
from schemas.money import currencies
from schemas.settings import SourceSettings
from schemas.statements import Asked
from schemas.types import Guid
from store import records, statement_choices
from store.engine import Tx

EARLIEST, LATEST = date(1980, 1, 1), date(2100, 12, 31)
_NO_NUL = r"^[^\u0000]*$"

T = TypeVar("T")
Word = Annotated[str, Meta(max_length=200, pattern=_NO_NUL)]


class NewStatement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settlements with one counterparty; both days are in the period.

    `organization_id` may be left out where the counterparty settles with one own legal entity only; "" are
    settlements that name none. Without `currency`: all currencies it settles in. Of `contract_id` and
    `contract_kind` one at most; neither: all contracts. `by_contract` tells contracts apart.
    """

    counterparty_id: Id
    from_on: date = struct_field(name="from")
    to_on: date = struct_field(name="to")
    organization_id: Word | None = None
    currency: CurrencyCode | None = None
    contract_id: Id | None = None
    contract_kind: Word | None = None
    by_contract: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    """Collects what is wrong, by the place in the body."""

    found: list[FieldError] = field(default_factory=list)

    def add(self, place: str, detail: str) -> None:
        self.found.append(FieldError(detail=detail, pointer=f"#/{place}"))

    def tried(self, work: Callable[[], T]) -> T | None:
        """What it gives; None where the value it is about is not sound."""
        try:
            return work()
        except InvalidValueError as error:
            self.add(error.field, f"{error.message}. {error.hint}.")
            return None

    def tell(self) -> None:
        """Errors: ProblemError invalid_value, with all of it."""
        if self.found:
            raise ProblemError(
                "invalid_value",
                "A statement like this cannot be asked for.",
                hint="Correct what `errors` points to; each tells what there is to choose from.",
                errors=tuple(self.found),
            )


def party(hub: Hub, caller: Caller, data: NewStatement) -> tuple[SourceSettings, Guid]:
    """Errors: ProblemError invalid_value for a counterparty that is not there for the caller."""
    found.must_see_statements(caller)
    try:
        source_id, guid = ids.parse(data.counterparty_id)
        source = hub.source(source_id)
        caller.must_see_money(source_id, guid)
        with hub.store.reading(caller.tenancy) as tx:
            known = records.get(tx, TABLES["counterparty"], source_id, (guid,)) is not None
    except ProblemError as error:
        if error.code not in ("malformed_id", "source_not_found", "counterparty_not_found"):
            raise
        known = False
    if not known:
        wrong = Wrong()
        wrong.add(
            "counterparty_id", "There is no counterparty with this id. Send an id as an answer gave it."
        )
        _period(data, wrong)
        wrong.tell()
    return source, guid


def asked(tx: Tx, source: SourceSettings, guid: Guid, data: NewStatement) -> Asked:
    """Errors: ProblemError invalid_value with everything that is wrong."""
    wrong = Wrong()
    _period(data, wrong)
    if data.currency is not None and data.currency not in currencies():
        wrong.add("currency", "There is no such currency. Give its code by ISO 4217, like RUB.")
    contract = _contract(tx, source, guid, data, wrong)
    organization = _organization(tx, source, guid, data, wrong)
    chosen: tuple[str, ...] = (data.currency,) if data.currency else ()
    if not chosen and organization is not None:
        chosen = _currencies(tx, source, guid, data, organization, contract, wrong)
    wrong.tell()
    return Asked(
        source=source.id,
        organization_id=organization or "",
        counterparty_id=guid,
        currencies=chosen,
        first_on=data.from_on,
        last_on=data.to_on,
        contract_id=contract,
        contract_kind=data.contract_kind,
        by_contract=data.by_contract,
    )


def _period(data: NewStatement, wrong: Wrong) -> None:
    for place, day in (("from", data.from_on), ("to", data.to_on)):
        if not EARLIEST <= day <= LATEST:
            wrong.add(place, f"Give a day from {EARLIEST} to {LATEST}.")
    if data.to_on < data.from_on:
        wrong.add("to", "The period ends before it begins. Both days are in it.")


def _organization(tx: Tx, source: SourceSettings, guid: Guid, data: NewStatement, wrong: Wrong) -> str | None:
    """The one that is asked for, else the only one there is; None where it is wrong."""
    known = statement_choices.organizations_of(tx, source.id, guid)
    if data.organization_id is not None:
        given = data.organization_id
        key = (
            wrong.tried(lambda: signed.reference(given, source.id, "organization_id")) if given else Guid("")
        )
        if key is not None and key not in {one.id for one in known}:
            wrong.add("organization_id", f"Nothing was settled with it. {_choices(source.id, known)}")
            return None
        return key
    if len(known) == 1:
        return known[0].id
    if not known:
        wrong.add("counterparty_id", "Nothing was ever settled with this counterparty.")
    else:
        wrong.add("organization_id", f"The counterparty settles with several. {_choices(source.id, known)}")
    return None


def _contract(tx: Tx, source: SourceSettings, guid: Guid, data: NewStatement, wrong: Wrong) -> Guid | None:
    contracts = statement_choices.contracts_of(tx, source.id, guid)
    if data.contract_id is not None and data.contract_kind is not None:
        wrong.add("contract_kind", "Give one contract or a kind of contract, not both.")
    kinds = sorted({one.kind for one in contracts})
    if data.contract_kind is not None and data.contract_kind not in kinds:
        there = f"Choose of {', '.join(kinds)}." if kinds else "It has no contracts."
        wrong.add("contract_kind", f"The counterparty has no contract of this kind. {there}")
    if data.contract_id is None:
        return None
    given = data.contract_id
    key = wrong.tried(lambda: signed.reference(given, source.id, "contract_id"))
    if key is not None and key not in {one.id for one in contracts}:
        wrong.add(
            "contract_id", "The counterparty has no contract with this id. Send the id of one of its own."
        )
    return key


def _currencies(
    tx: Tx,
    source: SourceSettings,
    guid: Guid,
    data: NewStatement,
    organization: str,
    contract: Guid | None,
    wrong: Wrong,
) -> tuple[str, ...]:
    known = statement_choices.currencies_of(
        tx, source.id, organization, guid, contract_id=contract, contract_kind=data.contract_kind
    )
    if not known and not wrong.found:
        wrong.add("currency", "Nothing was ever settled like this: give the currency of the statement.")
    return known


def _choices(source: str, known: tuple[statement_choices.Organization, ...]) -> str:
    named = ", ".join(f"{ids.external(source, one.id)} ({one.name})" if one.id else '""' for one in known)
    return f"Choose of {named}."
