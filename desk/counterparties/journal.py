"""Documents and payments of a counterparty, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.documents.documents import KINDS
from api.parties.party import CounterpartyId
from api.web import paging
from api.web.errors import ProblemError
from api.web.hub import Hub
from desk.counterparties import forms, opened, words
from desk.counterparties.opened import ADDRESS, Opened
from desk.frame import pages
from desk.frame.visits import Visit
from desk.why import links
from printing import kinds
from schemas.ids import external
from schemas.journal import PAYMENTS
from schemas.languages import Language
from store import allocations, journal
from store.allocations import Allocated
from store.engine import Tx
from store.journal import Filters
from store.paging import Key, Page

PER_PAGE = 40
Text = Annotated[str, QueryParameter(max_length=100)]
FromDay = Annotated[str, QueryParameter(name="from", max_length=10)]
ToDay = Annotated[str, QueryParameter(name="to", max_length=10)]
Cursor = Annotated[str | None, QueryParameter(max_length=2000)]


class Row(NamedTuple):
    id: str
    title: str
    row: Any
    why: str


class Paid(NamedTuple):
    """A part of a payment, and the document it paid; None for one that the store has not."""

    id: str | None
    title: str
    units: int
    currency: str


class Payment(NamedTuple):
    of: Row
    allocated: Allocated | None
    parts: list[Paid]


@get(f"{ADDRESS}/documents", sync_to_thread=True)
def documents(
    counterparty_id: CounterpartyId,
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
    kind: Text = "",
    first: FromDay = "",
    last: ToDay = "",
    cursor: Cursor = None,
) -> Response[str]:
    wanted = _filters(visit, kind, first, last, KINDS)
    about = {"desk": "documents", "of": counterparty_id, "asked": [kind, first, last]}
    after = _opened(cursor, about)
    with hub.store.reading() as tx:
        found = opened.read(tx, hub, visit, counterparty_id)
        page = _page(tx, found, wanted, after)
    names = kinds.names(visit.text)
    values: dict[str, Any] = {
        "rows": [row(visit, found.source.id, one) for one in page.rows],
        "more": _more(found, "documents", page.next_key, about, kind=kind, first=first, last=last),
        "kinds": [(one, names.get(one, one)) for one in KINDS],
        "status_words": words.statuses(visit.text),
        "asked": {"kind": kind, "from": first, "to": last},
    }
    if visit.htmx and cursor:
        return pages.fragment(visit, "counterparties/document_rows.html", party=found, **values)
    return pages.page(visit, "counterparties/documents.html", **opened.head(visit, found), **values)


@get(f"{ADDRESS}/payments", sync_to_thread=True)
def payments(
    counterparty_id: CounterpartyId,
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
    first: FromDay = "",
    last: ToDay = "",
    cursor: Cursor = None,
) -> Response[str]:
    wanted = _filters(visit, "", first, last, PAYMENTS)
    about = {"desk": "payments", "of": counterparty_id, "asked": [first, last]}
    after = _opened(cursor, about)
    with hub.store.reading() as tx:
        found = opened.read(tx, hub, visit, counterparty_id)
        page = _page(tx, found, wanted, after)
        rows = _payments(tx, visit, found.source.id, page.rows)
    values: dict[str, Any] = {
        "rows": rows,
        "more": _more(found, "payments", page.next_key, about, first=first, last=last),
        "asked": {"from": first, "to": last},
        "by_words": words.allocated_by(visit.text),
    }
    if visit.htmx and cursor:
        return pages.fragment(visit, "counterparties/payment_rows.html", party=found, **values)
    return pages.page(visit, "counterparties/payments.html", **opened.head(visit, found), **values)


def row(visit: Visit, source: str, one: Any) -> Row:
    """A document of `store.journal`, with what people call it."""
    return Row(external(source, one.id), title(one, visit.language), one, links.document(source, one.id))


def title(one: Any, language: Language) -> str:
    return kinds.titled(one.kind, one.number, date.fromisoformat(one.dated_at[:10]), language)


def parts(tx: Tx, visit: Visit, source: str, found: dict[str, Allocated]) -> dict[str, list[Paid]]:
    """What each of these payments paid, by their keys."""
    named = journal.some(tx, source, {part.document_id for one in found.values() for part in one.parts})
    return {
        key: [_paid(visit, source, part, named.get(part.document_id)) for part in one.parts]
        for key, one in found.items()
    }


def _paid(visit: Visit, source: str, part: allocations.Paid, one: Any | None) -> Paid:
    if one is None:
        unknown = visit.text.gettext("A document that the hub does not have")
        return Paid(None, unknown, part.units, part.currency)
    return Paid(external(source, one.id), title(one, visit.language), part.units, part.currency)


def _payments(tx: Tx, visit: Visit, source: str, rows: Sequence[Any]) -> list[Payment]:
    found = allocations.of(tx, source, [one.id for one in rows])
    paid = parts(tx, visit, source, found)
    return [Payment(row(visit, source, one), found.get(one.id), paid.get(one.id, [])) for one in rows]


def _filters(visit: Visit, kind: str, first: str, last: str, known: Sequence[str]) -> Filters:
    return Filters(
        kinds=[kind] if kind in known else list(known),
        from_on=forms.day_or_none(visit, first),
        to_on=forms.day_or_none(visit, last),
    )


def _page(tx: Tx, found: Opened, wanted: Filters, after: Key | None) -> Page:
    mine = Filters(
        counterparties=[found.party.guid], kinds=wanted.kinds, from_on=wanted.from_on, to_on=wanted.to_on
    )
    return journal.documents(tx, mine, sources=[found.source.id], after=after, limit=PER_PAGE)


def _opened(cursor: str | None, about: Mapping[str, object]) -> Key | None:
    """A cursor of other filters, or none of ours, begins again."""
    try:
        return paging.opened(cursor, about)
    except ProblemError:
        return None


def _more(
    found: Opened,
    part: str,
    key: Key | None,
    about: Mapping[str, object],
    *,
    first: str,
    last: str,
    kind: str = "",
) -> str | None:
    cursor = paging.next_cursor(key, about)
    if cursor is None:
        return None
    asked = {"kind": kind, "from": first, "to": last, "cursor": cursor}
    return found.address(part) + "?" + urlencode({name: value for name, value in asked.items() if value})
