"""Suspensions of trading set on the site (CM-15): /v1/counterparties/{id}/suspensions."""

from __future__ import annotations

from datetime import date

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from api.money.answers import Id
from api.parties.party import CounterpartyId, Party
from api.rules import signed
from api.rules.rule_subjects import party
from api.rules.signed import Said, Setting
from api.web import callers, paging, refusals, repeats
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.repeats import Repeat
from store import trading
from store.engine import Tx
from store.trading import Suspended

ADDRESS = "/v1/counterparties/{counterparty_id:str}/suspensions"


class NewSuspension(Said, frozen=True, kw_only=True):
    """Both days belong to it; without `from_on` it begins today by the books' clock, without `to_on` it lasts."""

    from_on: date | None = None
    to_on: date | None = None


class SuspensionSetting(Setting, frozen=True, kw_only=True):
    """`to_on` is null where it lasts until it is ended."""

    counterparty_id: Id
    from_on: date
    to_on: date | None


class SuspensionSettings(Struct, frozen=True, kw_only=True):
    items: list[SuspensionSetting]
    next_cursor: paging.NextCursor


@get(
    ADDRESS,
    sync_to_thread=True,
    summary="Suspensions of trading",
    operation_id="listSuspensions",
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
) -> SuspensionSettings:
    """The newest first: what nobody has ended, its days over or not, or with `history` all there ever was."""
    of = party(hub, caller, counterparty_id)
    with hub.store.reading(caller.tenancy) as tx:
        of.record(tx)
        rows = trading.list_(tx, of.source.id, of.guid, ended=history)
    found, more = signed.page(rows, limit, cursor, {"suspensions": counterparty_id, "history": history})
    return SuspensionSettings(items=[_setting(row, of) for row in found], next_cursor=more)


@post(
    ADDRESS,
    sync_to_thread=True,
    request_max_body_size=repeats.MAX_BODY,
    summary="Suspend trading",
    operation_id="suspendTrading",
    tags=["rules"],
    security=callers.needs("rules:write"),
    responses=refusals.of(*signed.READ_CODES, *signed.OF_PARTY, *signed.WRITE_CODES),
)
def add(
    counterparty_id: CounterpartyId,
    data: JSONBody[NewSuspension],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[SuspensionSetting]:
    """Trading stops for these days; what the counterparty may open on the site is another setting."""
    of = party(hub, caller, counterparty_id)
    from_on = data.from_on or hub.clock().astimezone(of.source.time_zone).date()

    def work(tx: Tx) -> SuspensionSetting:
        of.record(tx)
        number = trading.suspend(
            tx,
            of.source.id,
            of.guid,
            from_on=from_on,
            to_on=data.to_on,
            by=signed.by(caller, data),
            reason=data.reason,
        )
        return _setting(signed.known(trading.get(tx, number)), of)

    return repeat.once(
        "suspendTrading",
        work,
        source=of.source.id,
        counterparty_id=of.guid,
        subject=lambda set_: str(set_.number),
        details={"from_on": from_on.isoformat(), "to_on": data.to_on and data.to_on.isoformat()},
    )


@post(
    ADDRESS + "/{number:int}/end",
    sync_to_thread=True,
    request_max_body_size=repeats.MAX_BODY,
    status_code=200,
    summary="End a suspension",
    operation_id="endSuspension",
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
) -> Response[SuspensionSetting]:
    """It no longer counts. A counterparty that the accounting system closed stays suspended."""
    of = party(hub, caller, counterparty_id)

    def work(tx: Tx) -> SuspensionSetting:
        ended = signed.end(
            tx,
            number,
            trading.get,
            lambda row: (row.source, row.counterparty_id) == (of.source.id, of.guid),
            lambda: trading.end(tx, number, by=signed.by(caller, data), reason=data.reason),
        )
        return _setting(ended, of)

    return repeat.once(
        "endSuspension",
        work,
        status=200,
        source=of.source.id,
        counterparty_id=of.guid,
        subject=str(number),
    )


ROUTES = (listed, add, end)


def _setting(row: Suspended, of: Party) -> SuspensionSetting:
    return SuspensionSetting(
        **signed.fields(row, of.source),
        counterparty_id=of.id,
        from_on=date.fromisoformat(row.from_on),
        to_on=date.fromisoformat(row.to_on) if row.to_on else None,
    )
