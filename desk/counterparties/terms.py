"""Payment terms set on the site, where the accounting system keeps none."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody

from api.parties.party import CounterpartyId
from api.rules.signed import Number
from api.rules.terms import subject
from api.web.hub import Hub
from desk.counterparties import forms, opened, rules
from desk.counterparties.opened import ADDRESS
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from schemas.errors import InvalidValueError
from schemas.terms import LONGEST_DAYS
from schemas.types import Guid
from store import parties, site_terms


@post(f"{ADDRESS}/terms", sync_to_thread=True, status_code=200)
def set_terms(
    counterparty_id: CounterpartyId,
    data: URLEncodedBody[dict[str, str]],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """For debts that arise on the first day or later; what was set for the same day is replaced."""
    of, why = opened.party(hub, visit, counterparty_id), forms.reason(visit, data)
    days = forms.days(visit, data.get("days", ""), LONGEST_DAYS)
    valid_from = forms.day(visit, data.get("valid_from", ""))
    contract = Guid(data["contract"]) if data.get("contract") else None
    with hub.store.transaction() as tx:
        if parties.one(tx, of.source.id, of.guid) is None:
            raise opened.not_found(visit)
        try:
            kind, key = subject(tx, of, contract)
        except InvalidValueError as error:
            raise _not_its(visit) from error
        number = site_terms.add(
            tx, of.source.id, kind, key, days=days, valid_from=valid_from, by=visit.by, reason=why
        )
        said = {"days": days, "valid_from": valid_from.isoformat(), "contract_id": contract}
        rules.noted(tx, visit, of, "setPaymentTerms", number, **said)
    return rules.back(visit, of.id)


@post(ADDRESS + "/terms/{number:int}/end", sync_to_thread=True, status_code=200)
def end_terms(
    counterparty_id: CounterpartyId,
    number: Number,
    data: URLEncodedBody[dict[str, str]],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """They no longer count, for any debt."""
    of, why = opened.party(hub, visit, counterparty_id), forms.reason(visit, data)
    with hub.store.transaction() as tx:
        mine = {one.id for one in site_terms.of_counterparty(tx, of.source.id, of.guid, ended=True)}
        rules.end(
            tx,
            visit,
            number,
            site_terms.get,
            lambda row: row.id in mine,
            lambda: site_terms.end(tx, number, by=visit.by, reason=why),
        )
        rules.noted(tx, visit, of, "endPaymentTerms", number)
    return rules.back(visit, of.id)


ROUTES = (set_terms, end_terms)


def _not_its(visit: Visit) -> DeskError:
    _ = visit.text.gettext
    hint = _("Choose a contract of the list.")
    return DeskError(422, _("The counterparty has no such contract."), hint)
