"""Access of one counterparty set by hand (BS-14): /v1/counterparties/{id}/access-overrides."""

from __future__ import annotations

from datetime import datetime
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
from api.web import callers, paging, refusals, repeats
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.repeats import Repeat
from schemas.access import Access
from schemas.errors import InvalidValueError
from store import access_rules
from store.access_rules import Override
from store.engine import Tx

ADDRESS = "/v1/counterparties/{counterparty_id:str}/access-overrides"
LAST_YEAR = 2999  # beyond it a moment has no time in every zone


class NewAccessOverride(Said, frozen=True, kw_only=True):
    """Stands in for the rules until `expires_at`, or until it is ended; what was set before is replaced."""

    state: Access
    expires_at: Annotated[datetime, Meta(tz=True, description="With its offset from UTC.")] | None = None


class AccessOverrideSetting(Setting, frozen=True, kw_only=True):
    """`is_expired` tells whether the rules hold again though nobody has ended it."""

    counterparty_id: Id
    state: Access
    expires_at: datetime | None
    is_expired: bool


class AccessOverrideSettings(Struct, frozen=True, kw_only=True):
    items: list[AccessOverrideSetting]
    next_cursor: paging.NextCursor


@get(
    ADDRESS,
    sync_to_thread=True,
    summary="Access set by hand",
    operation_id="listAccessOverrides",
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
) -> AccessOverrideSettings:
    """The newest first: what nobody has ended or replaced, or with `history` all there ever was."""
    of = party(hub, caller, counterparty_id)
    with hub.store.reading(caller.tenancy) as tx:
        of.record(tx)
        rows = access_rules.overrides(tx, of.source.id, of.guid, ended=history)
    found, more = signed.page(rows, limit, cursor, {"overrides": counterparty_id, "history": history})
    now = hub.clock()
    return AccessOverrideSettings(items=[_setting(row, of, now) for row in found], next_cursor=more)


@post(
    ADDRESS,
    sync_to_thread=True,
    request_max_body_size=repeats.MAX_BODY,
    summary="Set access by hand",
    operation_id="setAccess",
    tags=["rules"],
    security=callers.needs("rules:write"),
    responses=refusals.of(*signed.READ_CODES, *signed.OF_PARTY, *signed.WRITE_CODES),
)
def add(
    counterparty_id: CounterpartyId,
    data: JSONBody[NewAccessOverride],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[AccessOverrideSetting]:
    """It counts at once, whatever is owed and however old the figures are."""
    of, expires_at = party(hub, caller, counterparty_id), data.expires_at
    if expires_at is not None and expires_at.year > LAST_YEAR:
        hint = "Give a moment nearer to now, or none"
        raise InvalidValueError("It expires too far from now", hint=hint, field="expires_at")

    def work(tx: Tx) -> AccessOverrideSetting:
        of.record(tx)
        number = access_rules.add_override(
            tx,
            of.source.id,
            of.guid,
            state=data.state,
            expires_at=expires_at,
            by=signed.by(caller, data),
            reason=data.reason,
        )
        return _setting(signed.known(access_rules.override(tx, number)), of, tx.now)

    return repeat.once(
        "setAccess",
        work,
        source=of.source.id,
        counterparty_id=of.guid,
        subject=lambda set_: str(set_.number),
        details={"state": data.state, "expires_at": expires_at and expires_at.isoformat()},
    )


@post(
    ADDRESS + "/{number:int}/end",
    sync_to_thread=True,
    request_max_body_size=repeats.MAX_BODY,
    status_code=200,
    summary="End access set by hand",
    operation_id="endAccessOverride",
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
) -> Response[AccessOverrideSetting]:
    """The rules decide again, from this moment on."""
    of = party(hub, caller, counterparty_id)

    def work(tx: Tx) -> AccessOverrideSetting:
        ended = signed.end(
            tx,
            number,
            access_rules.override,
            lambda row: (row.source, row.counterparty_id) == (of.source.id, of.guid),
            lambda: access_rules.end_override(tx, number, by=signed.by(caller, data), reason=data.reason),
        )
        return _setting(ended, of, tx.now)

    return repeat.once(
        "endAccessOverride",
        work,
        status=200,
        source=of.source.id,
        counterparty_id=of.guid,
        subject=str(number),
    )


ROUTES = (listed, add, end)


def _setting(row: Override, of: Party, now: datetime) -> AccessOverrideSetting:
    expires_at = row.expires_at and row.expires_at.astimezone(of.source.time_zone)
    return AccessOverrideSetting(
        **signed.fields(row, of.source),
        counterparty_id=of.id,
        state=row.state,
        expires_at=expires_at,
        is_expired=expires_at is not None and expires_at <= now,
    )
