"""Open items: what is unpaid, since when, by which rule; the oldest debts first."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.parties.party import CounterpartyId
from api.web.hub import Hub
from desk.counterparties import opened, words
from desk.counterparties.opened import ADDRESS, Opened
from desk.frame import pages
from desk.frame.visits import Visit
from desk.why import links
from printing import kinds
from schemas.ids import external
from schemas.terms import DueDate
from store.accounts import Account, Item
from store.overdue import arose_on

PER_PAGE = 50
Contract = Annotated[str | None, QueryParameter(max_length=100)]
Only = Annotated[str, QueryParameter(name="only", max_length=20)]
From = Annotated[int, QueryParameter(name="from", ge=0, le=10_000_000)]


class Row(NamedTuple):
    """`document_id` and `title` are None for what no document explains; `due` is None for advances."""

    document_id: str | None
    title: str | None
    contract: str
    currency: str
    amount: int | None
    unpaid: int
    arose_on: date | None
    due: DueDate | None
    why: str


@get(f"{ADDRESS}/items", sync_to_thread=True)
def items(
    counterparty_id: CounterpartyId,
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
    contract: Contract = None,
    only: Only = "",
    start: From = 0,
) -> Response[str]:
    with hub.store.reading() as tx:
        found = opened.read(tx, hub, visit, counterparty_id)
    chosen = _chosen(found, contract, only)
    rows = [_row(visit, found, account, item) for account, item in chosen[start : start + PER_PAGE]]
    asked = {"contract": contract or "", "only": only}
    more = None
    if start + PER_PAGE < len(chosen):
        more = found.address("items") + "?" + urlencode({**asked, "from": start + PER_PAGE})
    values: dict[str, Any] = {
        "rows": rows,
        "more": more,
        "count": len(chosen),
        "contract": contract or "",
        "only": only,
        "contracts": _contracts(found),
        "terms_words": words.terms(visit.text),
    }
    if visit.htmx and start:
        return pages.fragment(visit, "counterparties/item_rows.html", party=found, **values)
    return pages.page(visit, "counterparties/items.html", **opened.head(visit, found), **values)


def _chosen(found: Opened, contract: str | None, only: str) -> list[tuple[Account, Item]]:
    """Late ones by how late they are, then debts by when they are due, then advances, then what is unexplained."""
    every = [
        (account, item)
        for account in found.facts.accounts
        for item in account.items
        if contract in (None, "", account.owed.contract_id) and (only != "overdue" or item.is_overdue)
    ]
    return sorted(every, key=lambda one: _place(one[1]))


def _place(item: Item) -> tuple[int, str, str]:
    if item.stored is None:
        return 3, "", ""
    if item.is_advance:
        return 2, item.stored.dated_at or "", item.stored.settled_id or ""
    on = item.due.due_on.isoformat() if item.due else "9999"
    return (0 if item.is_overdue else 1), on, item.stored.settled_id or ""


def _row(visit: Visit, found: Opened, account: Account, item: Item) -> Row:
    owed, stored, source = account.owed, item.stored, found.source.id
    place = {"contract": owed.contract_id, "organization": owed.organization_id}
    why = links.items(source, found.party.guid, owed.currency, **place)
    named, title = None, None
    if stored is not None and stored.settled_id:
        named = external(source, stored.settled_id)
        dated_on = date.fromisoformat(stored.dated_at[:10]) if stored.dated_at else None
        title = kinds.titled(stored.settled_kind, stored.number, dated_on, visit.language)
    return Row(
        document_id=named,
        title=title,
        contract=owed.name or owed.number,
        currency=owed.currency,
        amount=stored.amount if stored else None,
        unpaid=item.unpaid.units,
        arose_on=arose_on(stored) if stored else None,
        due=item.due,
        why=why,
    )


def _contracts(found: Opened) -> list[tuple[str, str]]:
    """Those with open items, to choose of."""
    named = {one.owed.contract_id: one.owed for one in found.facts.accounts if one.items}
    return sorted(
        ((key, owed.name or owed.number) for key, owed in named.items() if key), key=lambda one: one[1]
    )
