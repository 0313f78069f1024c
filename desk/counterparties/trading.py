"""Suspensions of trading; what the site shows is another setting."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody

from api.parties.party import CounterpartyId
from api.rules.signed import Number
from api.web.hub import Hub
from desk.counterparties import forms, opened, rules
from desk.counterparties.opened import ADDRESS
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from store import parties, trading


@post(f"{ADDRESS}/trading", sync_to_thread=True, status_code=200)
def suspend(
    counterparty_id: CounterpartyId,
    data: URLEncodedBody[dict[str, str]],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """Both days belong to it: from today, and for ever, where none is given."""
    of, why = opened.party(hub, visit, counterparty_id), forms.reason(visit, data)
    today = visit.now.astimezone(of.source.time_zone).date()
    from_on = forms.day_or_none(visit, data.get("from_on", "")) or today
    to_on = forms.day_or_none(visit, data.get("to_on", ""))
    if to_on is not None and to_on < from_on:
        _ = visit.text.gettext
        raise DeskError(422, _("It would end before it begins."), _("Give the first day first."))
    with hub.store.transaction() as tx:
        if parties.one(tx, of.source.id, of.guid) is None:
            raise opened.not_found(visit)
        number = trading.suspend(
            tx, of.source.id, of.guid, from_on=from_on, to_on=to_on, by=visit.by, reason=why
        )
        said = {"from_on": from_on.isoformat(), "to_on": to_on and to_on.isoformat()}
        rules.noted(tx, visit, of, "suspendTrading", number, **said)
    return rules.back(visit, of.id)


@post(ADDRESS + "/trading/{number:int}/end", sync_to_thread=True, status_code=200)
def resume(
    counterparty_id: CounterpartyId,
    number: Number,
    data: URLEncodedBody[dict[str, str]],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """A counterparty that the accounting system closed stays suspended."""
    of, why = opened.party(hub, visit, counterparty_id), forms.reason(visit, data)
    with hub.store.transaction() as tx:
        rules.end(
            tx,
            visit,
            number,
            trading.get,
            lambda row: (row.source, row.counterparty_id) == (of.source.id, of.guid),
            lambda: trading.end(tx, number, by=visit.by, reason=why),
        )
        rules.noted(tx, visit, of, "endSuspension", number)
    return rules.back(visit, of.id)


ROUTES = (suspend, resume)
