"""The orders of one counterparty, with what decides about them: its limits, and the rules of approval."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from api.parties.party import CounterpartyId
from api.web.hub import Hub
from desk.counterparties import amounts, opened
from desk.counterparties.opened import ADDRESS
from desk.frame import pages
from desk.frame.visits import Visit
from desk.orders import listing, rules
from desk.orders.narrowing import Narrowed
from store import submission_lists, tenancy
from store.submission_lists import Wanted

ROWS = 30


@get(f"{ADDRESS}/orders", sync_to_thread=True)
def page(
    counterparty_id: CounterpartyId, hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    with hub.store.reading() as tx:
        party = opened.read(tx, hub, visit, counterparty_id)
        source, guid = party.source, party.party.guid
        wanted = Wanted(kind="order", source=source.id, counterparty_id=guid)
        found = submission_lists.found(tx, wanted, after=None, limit=ROWS + 1)
        rows = listing.listed(tx, hub, found[:ROWS])
        values: dict[str, Any] = {
            "rules": rules.of_party(tx, source.id, tenancy.above(tx, source.id, guid)),
            **rules.choices(tx, visit, source.id, party.row, source.time_zone),
        }
    contracts = amounts.contracts(party.facts.accounts, source.id, guid, (), hub.settings.terms, party.today)
    limited = [one for one in contracts if one.limit is not None]
    return pages.page(
        visit,
        "orders/of_party.html",
        **opened.head(visit, party),
        **listing.values_of(visit, rows),
        **values,
        zone=source.time_zone,
        limited=limited,
        currency=contracts[0].owed.currency if contracts else "",
        takes_orders=source.orders.accept,
        more=len(found) > ROWS,
        every=Narrowed(source=source.id, counterparty_id=guid).beyond(None),
    )
