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
from api.parties.party import CounterpartyId, Party
from api.web import paging
from api.web.errors import ProblemError
from api.web.hub import Hub
from desk.counterparties import forms, opened, words
from desk.counterparties.opened import ADDRESS
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
    of = opened.party(hub, visit, counterparty_id)
    about = {"desk": "documents", "of": of.id, "asked": [kind, first, last]}
    with hub.store.reading() as tx:
        page = _page(tx, of, _filters(visit, kind, first, last, KINDS), _opened(cursor, about))
        values: dict[str, Any] = {
            "rows": [row(visit, of.source.id, one) for one in page.rows],
            "more": _more(of, "documents", page.next_key, about, kind=kind, first=first, last=last),
            "status_words": words.statuses(visit.text),
        }
        if visit.htmx and cursor:
            return pages.fragment(visit, "counterparties/document_rows.html", **values)
        found = opened.read(tx, hub, visit, counterparty_id)
    names = kinds.names(visit.text)
    values["kinds"] = [(one, names.get(one, one)) for one in KINDS]
    values["asked"] = {"kind": kind, "from": first, "to": last}
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
    of = opened.party(hub, visit, counterparty_id)
    about = {"desk": "payments", "of": of.id, "asked": [first, last]}
    with hub.store.reading() as tx:
        page = _page(tx, of, _filters(visit, "", first, last, PAYMENTS), _opened(cursor, about))
        values: dict[str, Any] = {
            "rows": _payments(tx, visit, of.source.id, page.rows),
            "more": _more(of, "payments", page.next_key, about, first=first, last=last),
            "by_words": words.allocated_by(visit.text),
        }
        if visit.htmx and cursor:
            return pages.fragment(visit, "counterparties/payment_rows.html", **values)
        found = opened.read(tx, hub, visit, counterparty_id)
    values["asked"] = {"from": first, "to": last}
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


def _page(tx: Tx, of: Party, wanted: Filters, after: Key | None) -> Page:
    mine = Filters(counterparties=[of.guid], kinds=wanted.kinds, from_on=wanted.from_on, to_on=wanted.to_on)
    return journal.documents(tx, mine, sources=[of.source.id], after=after, limit=PER_PAGE)


def _opened(cursor: str | None, about: Mapping[str, object]) -> Key | None:
    """A cursor of other filters, or none of ours, begins again."""
    try:
        return paging.opened(cursor, about)
    except ProblemError:
        return None


def _more(
    of: Party,
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
    return (
        opened.address(of.id, part) + "?" + urlencode({name: value for name, value in asked.items() if value})
    )
