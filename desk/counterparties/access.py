"""What the counterparty may open on the site, set by hand."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

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
from schemas.access import STATES, Access
from store import access_rules, parties


@post(f"{ADDRESS}/access", sync_to_thread=True, status_code=200)
def set_access(
    counterparty_id: CounterpartyId,
    data: URLEncodedBody[dict[str, str]],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """It stands in for the rules through the last day, or until it is ended; what was set before is replaced."""
    of, why = opened.party(hub, visit, counterparty_id), forms.reason(visit, data)
    state, expires_at = _state(visit, data), _expiry(visit, of.source.time_zone, data)
    with hub.store.transaction() as tx:
        if parties.one(tx, of.source.id, of.guid) is None:
            raise opened.not_found(visit)
        number = access_rules.add_override(
            tx, of.source.id, of.guid, state=state, expires_at=expires_at, by=visit.by, reason=why
        )
        told = expires_at and expires_at.isoformat()
        rules.noted(tx, visit, of, "setAccess", number, state=state, expires_at=told)
    return rules.back(visit, of.id)


@post(ADDRESS + "/access/{number:int}/end", sync_to_thread=True, status_code=200)
def end_access(
    counterparty_id: CounterpartyId,
    number: Number,
    data: URLEncodedBody[dict[str, str]],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """The rules decide again."""
    of, why = opened.party(hub, visit, counterparty_id), forms.reason(visit, data)
    with hub.store.transaction() as tx:
        rules.end(
            tx,
            visit,
            number,
            access_rules.override,
            lambda row: (row.source, row.counterparty_id) == (of.source.id, of.guid),
            lambda: access_rules.end_override(tx, number, by=visit.by, reason=why),
        )
        rules.noted(tx, visit, of, "endAccessOverride", number)
    return rules.back(visit, of.id)


ROUTES = (set_access, end_access)


def _state(visit: Visit, data: forms.Form) -> Access:
    for state in STATES:
        if data.get("state") == state:
            return state
    _ = visit.text.gettext
    raise DeskError(422, _("There is no such state of access."), _("Choose one of those in the form."))


def _expiry(visit: Visit, zone: Any, data: forms.Form) -> datetime | None:
    """The midnight after the last day, by the books' clock."""
    last_on = forms.day_or_none(visit, data.get("last_on", ""))
    if last_on is None:
        return None
    found = datetime.combine(last_on + timedelta(days=1), time.min, zone)
    if found <= visit.now:
        _ = visit.text.gettext
        hint = _("Choose a day that is to come, or leave it empty.")
        raise DeskError(422, _("It would end before it begins."), hint)
    return found
