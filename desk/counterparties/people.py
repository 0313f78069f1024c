"""Contacts, branches, places of delivery."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from api.parties import counterparties
from api.parties.party import CounterpartyId
from api.web.hub import Hub
from desk.counterparties import opened, words
from desk.counterparties.opened import ADDRESS
from desk.frame import pages
from desk.frame.visits import Visit


@get(f"{ADDRESS}/contacts", sync_to_thread=True)
def contacts(
    counterparty_id: CounterpartyId, hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    with hub.store.reading() as tx:
        found = opened.read(tx, hub, visit, counterparty_id)
        told = counterparties.answer(tx, hub, found.party)
    values: dict[str, Any] = {"told": told, "point_words": words.points(visit.text)}
    return pages.page(visit, "counterparties/contacts.html", **opened.head(visit, found), **values)
