"""Payment terms set on the site (BS-13): /v1/counterparties/{id}/payment-terms."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api.money.answers import Id
from api.parties.party import CounterpartyId, Party
from api.rules import signed
from api.rules.rule_subjects import party
from api.rules.signed import Said, Setting
from api.web import callers, ids, paging, refusals, repeats
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.repeats import Repeat
from schemas import TABLES
from schemas.errors import InvalidValueError
from schemas.settings import SourceSettings
from schemas.terms import LONGEST_DAYS, Subject
from schemas.types import Guid
from store import records, site_terms
from store.engine import Tx
from store.site_terms import TermsOverride

ADDRESS = "/v1/counterparties/{counterparty_id:str}/payment-terms"


class NewPaymentTerms(Said, frozen=True, kw_only=True):
    """Days to pay, for debts that arise on `valid_from` or later: of the counterparty, or of one contract.

    They hold where neither the accounting system's own date nor its contract says more. What was set for the
    same first day before is replaced.
    """

    days: Annotated[int, Meta(ge=0, le=LONGEST_DAYS)]
    valid_from: date
    contract_id: Id | None = None


class PaymentTermsSetting(Setting, frozen=True, kw_only=True):
    """`contract_id` is null where it holds for every contract of the counterparty."""

    counterparty_id: Id
    contract_id: Id | None
    days: int
    valid_from: date


class PaymentTermsSettings(Struct, frozen=True, kw_only=True):
    items: list[PaymentTermsSetting]
    next_cursor: paging.NextCursor


@get(
    ADDRESS,
    sync_to_thread=True,
    summary="Payment terms set for a counterparty",
    operation_id="listPaymentTerms",
    tags=["rules"],
    security=callers.needs("rules:write"),
    responses=refusals.of("bad_cursor", *signed.READ_CODES, *signed.OF_PARTY),
)
def listed(
    counterparty_id: CounterpartyId,
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    history: signed.History = False,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.CursorParam = None,
) -> PaymentTermsSettings:
    """The newest first: those that count, or with `history` all there ever were."""
    of = party(hub, caller, counterparty_id)
    with hub.store.reading(caller.tenancy) as tx:
        of.record(tx)
        rows = site_terms.of_counterparty(tx, of.source.id, of.guid, ended=history)
    found, more = signed.page(rows, limit, cursor, {"terms": counterparty_id, "history": history})
    return PaymentTermsSettings(items=[_setting(row, of) for row in found], next_cursor=more)


@post(
    ADDRESS,
    sync_to_thread=True,
    request_max_body_size=repeats.MAX_BODY,
    summary="Set payment terms",
    operation_id="setPaymentTerms",
    tags=["rules"],
    security=callers.needs("rules:write"),
    responses=refusals.of(*signed.READ_CODES, *signed.OF_PARTY, *signed.WRITE_CODES),
)
def add(
    counterparty_id: CounterpartyId,
    data: JSONBody[NewPaymentTerms],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[PaymentTermsSetting]:
    """They count at once, for debts that arise on `valid_from` or later; debts from before keep their dates."""
    of = party(hub, caller, counterparty_id)
    contract = signed.reference(data.contract_id, of.source.id, "contract_id") if data.contract_id else None

    def work(tx: Tx) -> PaymentTermsSetting:
        of.record(tx)
        kind, key = subject(tx, of, contract)
        number = site_terms.add(
            tx,
            of.source.id,
            kind,
            key,
            days=data.days,
            valid_from=data.valid_from,
            by=signed.by(caller, data),
            reason=data.reason,
        )
        return _setting(signed.known(site_terms.get(tx, number)), of)

    return repeat.once(
        "setPaymentTerms",
        work,
        source=of.source.id,
        counterparty_id=of.guid,
        subject=lambda set_: str(set_.number),
        details={"days": data.days, "valid_from": data.valid_from.isoformat(), "contract_id": contract},
    )


@post(
    ADDRESS + "/{number:int}/end",
    sync_to_thread=True,
    request_max_body_size=repeats.MAX_BODY,
    status_code=200,
    summary="End payment terms",
    operation_id="endPaymentTerms",
    tags=["rules"],
    security=callers.needs("rules:write"),
    responses=refusals.of(*signed.READ_CODES, *signed.OF_PARTY, *signed.WRITE_CODES, *signed.END_CODES),
)
def end(
    counterparty_id: CounterpartyId,
    number: signed.Number,
    data: JSONBody[Said],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[PaymentTermsSetting]:
    """They no longer count, for any debt: the next terms in order hold."""
    of = party(hub, caller, counterparty_id)

    def work(tx: Tx) -> PaymentTermsSetting:
        of.record(tx)
        mine = {one.id for one in site_terms.of_counterparty(tx, of.source.id, of.guid, ended=True)}
        ended = signed.end(
            tx,
            number,
            site_terms.get,
            lambda row: row.id in mine,
            lambda: site_terms.end(tx, number, by=signed.by(caller, data), reason=data.reason),
        )
        return _setting(ended, of)

    return repeat.once(
        "endPaymentTerms",
        work,
        status=200,
        source=of.source.id,
        counterparty_id=of.guid,
        subject=str(number),
    )


ROUTES = (listed, add, end)


def subject(tx: Tx, of: Party, contract: Guid | None) -> tuple[Subject, Guid]:
    if contract is None:
        return "counterparty", of.guid
    found = records.get(tx, TABLES["contract"], of.source.id, (contract,))
    if found is None or found.counterparty_id != of.guid:
        raise InvalidValueError(
            "The counterparty has no contract with this id",
            hint="Send the id of one of its contracts; a new one comes with the next sync",
            field="contract_id",
        )
    return "contract", contract


def _setting(row: TermsOverride, of: Party) -> PaymentTermsSetting:
    source: SourceSettings = of.source
    return PaymentTermsSetting(
        **signed.fields(row, source),
        counterparty_id=of.id,
        contract_id=ids.external(source.id, row.subject_id) if row.subject == "contract" else None,
        days=row.days,
        valid_from=date.fromisoformat(row.valid_from),
    )
