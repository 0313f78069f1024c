"""The addresses of this section."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from urllib.parse import unquote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from api.web import ids
from api.web.hub import Hub
from desk.frame import pages
from desk.frame.visits import Visit
from desk.why import accounts, landed, links, records, words
from desk.why.records import Shown
from schemas import TABLES
from store import landed as landings
from store import landing, runs
from store import records as stored
from store.balances import CounterpartyBalance
from store.landed import Answer
from store.movements import Account

Id = Annotated[str, PathParameter()]
Text = Annotated[str | None, QueryParameter()]
Place = Annotated[int | None, QueryParameter(ge=0, le=2**63 - 1)]
Line = Annotated[int, PathParameter(ge=0, le=2**63 - 1)]
Landing = Annotated[int, PathParameter(ge=1, le=2**63 - 1)]

KINDS = tuple(name for name, table in TABLES.items() if table.key == ("id",))
MOVEMENTS = ("settlement_entry", "due_entry")


@get(f"{links.BALANCE}/{{counterparty_id:str}}", sync_to_thread=True)
def balance(
    counterparty_id: Id,
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
    currency: Text = None,
    contract: Text = None,
    organization: Text = None,
    before: Text = None,
) -> Response[str]:
    """An amount that is owed, as the sum of what documents moved and as the sum of what is unpaid."""
    source, key = ids.parse(counterparty_id)
    hub.source(source)
    begin = accounts.place(before) if before else None
    if before and begin is None:
        raise pages.not_found(visit, visit.text.gettext("There is no such place in this account."))
    account = Account(
        source=source,
        counterparty_id=key,
        currency=currency or "",
        contract_id=contract,
        organization_id=organization,
    )
    with hub.store.reading() as tx:
        party = stored.get(tx, TABLES["counterparty"], source, (key,))
        known = accounts.balance(tx, account)
        if party is None or known is None or not accounts.parts(known, account):
            raise pages.not_found(visit, visit.text.gettext("There is no such account."))
        ledger = accounts.ledger(tx, account, begin)
    values = _account(hub, visit, account, known)
    return pages.page(
        visit, "why/balance.html", party=party, known=known, ledger=ledger, first=begin is None,
        next_url=accounts.next_page(account, ledger), **values,
    )  # fmt: skip


def _account(hub: Hub, visit: Visit, account: Account, known: CounterpartyBalance) -> dict[str, Any]:
    zone = hub.source(account.source).time_zone
    today = visit.now.astimezone(zone).date()
    return {
        "account": account,
        "parts": accounts.parts(known, account),
        "items": accounts.items(known, account, hub.settings.terms, today),
        "zone": zone,
        "titled": partial(words.moved, visit),
        "settled": partial(words.settled, visit),
        "links": links,
        "words": words,
    }


@get(f"{links.DOCUMENT}/{{document_id:str}}", sync_to_thread=True)
def document(document_id: Id, hub: NamedDependency[Hub], visit: NamedDependency[Visit]) -> Response[str]:
    """A document: what it moved, what settled it, what is stored of it and where each field is from."""
    source, key = ids.parse(document_id)
    hub.source(source)
    with hub.store.reading() as tx:
        shown = records.document(tx, hub, visit, source, key)
    if shown is None:
        raise pages.not_found(visit, visit.text.gettext("There is no such document."))
    return _record(visit, shown)


@get(f"{links.RECORD}/{{table:str}}/{{record_id:str}}", sync_to_thread=True)
def record(
    table: Id, record_id: Id, hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    """Any other stored record: where each of its fields is from."""
    source, key = ids.parse(record_id)
    hub.source(source)
    with hub.store.reading() as tx:
        shown = records.record(tx, hub, visit, table, source, (key,)) if table in KINDS else None
    if shown is None:
        raise pages.not_found(visit, visit.text.gettext("There is no such record."))
    return _record(visit, shown)


@get(f"{links.MOVEMENT}/{{table:str}}/{{recorder_id:str}}/{{line_no:int}}", sync_to_thread=True)
def movement(
    table: Id, recorder_id: Id, line_no: Line, hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    """One movement of a document."""
    source, key = ids.parse(recorder_id)
    hub.source(source)
    with hub.store.reading() as tx:
        shown = records.record(tx, hub, visit, table, source, (key, line_no)) if table in MOVEMENTS else None
    if shown is None:
        raise pages.not_found(visit, visit.text.gettext("There is no such movement."))
    return _record(visit, shown)


@get(f"{links.PAGE}/{{landing_id:int}}", sync_to_thread=True)
def page(
    landing_id: Landing,
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
    place: Place = None,
    field: Text = None,
    first: Place = None,
) -> Response[str]:
    """An answer of the accounting system, with the record that is meant; by htmx only further records of it."""
    answer = _answer(hub, visit, landing_id)
    shown = landed.show(hub, answer, place=place, field=field, first=first)
    if visit.htmx:
        return pages.fragment(visit, "why/records.html", answer=answer, shown=shown, links=links)
    with hub.store.reading() as tx:
        run = runs.find(tx, answer.run_id, answer.source, answer.entity) if answer.run_id else None
    return pages.page(
        visit,
        "why/page.html",
        answer=answer,
        shown=shown,
        run=run,
        place=place,
        field=field,
        request=unquote(answer.page.request),
        of=landed.owner(answer, shown),
        zone=hub.source(answer.source).time_zone,
        dagster=hub.settings.dagster_url,
        links=links,
    )


@get(f"{links.PAGE}/{{landing_id:int}}/bytes", sync_to_thread=True)
def landed_bytes(
    landing_id: Landing, hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[bytes]:
    """The exact bytes, proven by their hash, to keep."""
    answer = _answer(hub, visit, landing_id)
    ending = (
        "xml" if "xml" in answer.page.media_type else "json" if "json" in answer.page.media_type else "bin"
    )
    name = f"{answer.source}-{answer.entity}-{answer.page.id}.{ending}"
    return Response(
        landing.read(hub.store, answer.page),
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _record(visit: Visit, shown: Shown) -> Response[str]:
    titled = partial(words.moved, visit)
    return pages.page(visit, "why/record.html", shown=shown, titled=titled, links=links, words=words)


def _answer(hub: Hub, visit: Visit, landing_id: int) -> Answer:
    with hub.store.reading() as tx:
        found = landings.answer(tx, landing_id)
    if found is None:
        raise pages.not_found(visit, visit.text.gettext("There is no such landed answer."))
    return found


ROUTES: tuple[ControllerRouterHandler, ...] = (balance, document, record, movement, page, landed_bytes)
