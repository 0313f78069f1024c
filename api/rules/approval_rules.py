"""Rules that demand approval of orders (BC-06): /v1/approval-rules."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from api.rules import signed
from api.rules.access_rules import SourceParam
from api.rules.approval_rule import (
    ApprovalRuleSetting,
    ApprovalRuleSettings,
    NewApprovalRule,
    setting,
    units,
)
from api.rules.signed import Said
from api.web import callers, paging, refusals, repeats
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.hub import Hub
from api.web.repeats import Repeat
from schemas import TABLES
from schemas.errors import InvalidValueError
from schemas.settings import SourceSettings
from schemas.types import Guid
from store import approval_rules, tenancy
from store.engine import Tx

ADDRESS = "/v1/approval-rules"


@get(
    ADDRESS,
    sync_to_thread=True,
    summary="Rules of approval",
    operation_id="listApprovalRules",
    tags=["rules"],
    security=callers.needs("orders:approve", "rules:write"),
    responses=refusals.of("bad_cursor", "source_not_found"),
)
def listed(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    source: SourceParam = None,
    history: signed.History = False,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.CursorParam = None,
) -> ApprovalRuleSettings:
    """The newest first: those that count, or with `history` all there ever were. A company sees those about itself."""
    if source is not None:
        _source(hub, caller, source)
    wanted = _sources(hub, caller, source)
    with hub.store.reading(caller.tenancy) as tx:
        rows = [rule for name in wanted for rule in approval_rules.list_(tx, name, ended=history)]
    found, more = signed.page(rows, limit, cursor, {"approvals": source, "history": history})
    return ApprovalRuleSettings(
        items=[setting(row, wanted[row.source], caller) for row in found], next_cursor=more
    )


@post(
    ADDRESS,
    sync_to_thread=True,
    request_max_body_size=repeats.MAX_BODY,
    summary="Set a rule of approval",
    operation_id="addApprovalRule",
    tags=["rules"],
    security=callers.needs("rules:write"),
    responses=refusals.of("key_is_bound", "source_not_found", *signed.WRITE_CODES),
)
def add(
    data: JSONBody[NewApprovalRule],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[ApprovalRuleSetting]:
    """It counts for orders that are placed from now on. A company's own key sets rules of its company only."""
    source = _source(hub, caller, data.source)
    party, branch, contact = (
        signed.reference(given, source.id, field) if given is not None else None
        for field, given in (
            ("counterparty_id", data.counterparty_id),
            ("branch_id", data.branch_id),
            ("contact_id", data.contact_id),
        )
    )
    _must_set(hub, caller, source.id, party, branch, contact)
    amount = units(data.amount, data.currency)

    def work(tx: Tx) -> ApprovalRuleSetting:
        number = approval_rules.add(
            tx,
            source.id,
            counterparty_id=party,
            branch_id=branch,
            contact_id=contact,
            currency=data.currency,
            amount=amount,
            by=signed.by(caller, data),
            reason=data.reason,
        )
        return setting(signed.known(approval_rules.get(tx, number)), source, caller)

    about = {"branch_id": branch, "contact_id": contact, "currency": data.currency, "amount": data.amount}
    return repeat.once(
        "addApprovalRule",
        work,
        source=source.id,
        counterparty_id=party,
        subject=lambda set_: str(set_.number),
        details=about,
    )


@post(
    ADDRESS + "/{number:int}/end",
    sync_to_thread=True,
    request_max_body_size=repeats.MAX_BODY,
    status_code=200,
    summary="End a rule of approval",
    operation_id="endApprovalRule",
    tags=["rules"],
    security=callers.needs("rules:write"),
    responses=refusals.of("key_is_bound", *signed.WRITE_CODES, *signed.END_CODES),
)
def end(
    number: signed.Number,
    data: JSONBody[Said],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[ApprovalRuleSetting]:
    """It demands nothing any more; orders that wait for approval by it go on waiting."""
    _must_be_no_person(caller)
    sources = _sources(hub, caller, None)
    with hub.store.reading(caller.tenancy) as reading:
        meant = approval_rules.get(reading, number)
    meant = meant if meant is not None and meant.source in sources else None

    def work(tx: Tx) -> ApprovalRuleSetting:
        ended = signed.end(
            tx,
            number,
            approval_rules.get,
            lambda row: meant is not None and row.id == meant.id,
            lambda: approval_rules.end(tx, number, by=signed.by(caller, data), reason=data.reason),
        )
        return setting(ended, sources[ended.source], caller)

    about = (meant.source, meant.counterparty_id) if meant is not None else (None, None)
    return repeat.once(
        "endApprovalRule", work, status=200, source=about[0], counterparty_id=about[1], subject=str(number)
    )


ROUTES = (listed, add, end)


def _source(hub: Hub, caller: Caller, source_id: str) -> SourceSettings:
    return hub.source(source_id if caller.tenancy.reads(source_id) else "")


def _sources(hub: Hub, caller: Caller, source: str | None) -> dict[str, SourceSettings]:
    return {
        one.id: one
        for one in hub.settings.sources
        if source in (None, one.id) and caller.tenancy.reads(one.id)
    }


def _must_be_no_person(caller: Caller) -> None:
    if caller.tenancy.contact_id is not None:
        raise ProblemError(
            "key_is_bound",
            "Rules of a company are not for keys that are bound to one person of it.",
            hint="Use a key whose reach is branch, subtree or company.",
        )


def _must_set(
    hub: Hub, caller: Caller, source: str, party: Guid | None, branch: Guid | None, contact: Guid | None
) -> None:
    """Whether another company is known here is nobody's business: it is refused like one that is not."""
    _must_be_no_person(caller)
    if caller.tenancy.counterparties is None:
        return
    with hub.store.reading(caller.tenancy) as tx:
        seen = {
            "counterparty_id": caller.tenancy.admits(source, party),
            "branch_id": branch is None or caller.tenancy.admits(source, branch),
            "contact_id": contact is None or tenancy.sees(tx, TABLES["contact"], source, contact),
        }
    for field, is_seen in seen.items():
        if not is_seen:
            raise InvalidValueError(
                "The key sees nothing with this id",
                hint="Name the company that the key is bound to, its branches and its people",
                field=field,
            )
