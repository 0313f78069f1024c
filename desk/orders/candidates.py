"""Which accounting document an order may be: those that the hub has read, or what a person names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from desk.counterparties import journal as rows
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from schemas.ids import external
from schemas.settings import SourceSettings
from store import journal, order_links
from store.engine import Tx
from store.journal import Filters
from store.submissions import Submission

MOST = 6
KIND = "order"
LONGEST = 500
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# e1cib/data/Документ.ЗаказКлиента?ref=<32 hex>: 1C writes the parts of a reference from the last to the first there.
_LINK = re.compile(r"ref=([0-9a-f]{32})(?![0-9a-f])")


class Candidate(NamedTuple):
    id: str
    ref_key: str
    title: str
    amount: int
    currency: str


def of(tx: Tx, visit: Visit, source: SourceSettings, order: Submission) -> list[Candidate]:
    """Orders of the counterparty in 1C since this one was placed, the newest first."""
    if order.counterparty_id is None:
        return []
    since = (order.created_at - timedelta(days=1)).astimezone(source.time_zone).date()
    wanted = Filters(counterparties={order.counterparty_id}, kinds={KIND}, from_on=since)
    found = journal.documents(tx, wanted, sources=[source.id], after=None, limit=MOST).rows
    return [
        Candidate(
            external(source.id, row.id), row.id, rows.title(row, visit.language), row.amount, row.currency
        )
        for row in found
    ]


def named(tx: Tx, visit: Visit, order: Submission, given: str, chosen: str) -> str:
    """The reference of the document that is meant: one that was `chosen`, else by its number or a link to it.

    Errors: DeskError where nothing, or something else than an order of this counterparty, is meant.
    """
    text, _ = (given.strip() or chosen.strip())[:LONGEST], visit.text.gettext
    if not text:
        raise DeskError(422, _("Which document is it?"), _("Choose one of the list, or give its number."))
    key = key_in(text)
    if key is None:
        key = _by_number(tx, visit, order, text)
    elif (row := journal.one(tx, order.source, key)) is not None:
        _must_fit(visit, order, [row])
    if (other := order_links.of(tx, order.source, {key}).get(key)) is not None:
        raise DeskError(
            422,
            _("That document is order %(reference)s already.") % {"reference": other.reference},
            _("One document is one order: look again which it is."),
        )
    return key


def key_in(text: str) -> str | None:
    """A reference as it stands in a link, of ours or of 1C's."""
    text = text.lower()
    if found := _GUID.search(text):
        return found[0]
    if found := _LINK.search(text):
        turned = found[1]
        return str(UUID(turned[24:32] + turned[20:24] + turned[16:20] + turned[0:16]))
    return None


def _by_number(tx: Tx, visit: Visit, order: Submission, number: str) -> str:
    owners = {order.counterparty_id} if order.counterparty_id else None
    wanted = Filters(counterparties=owners, kinds={KIND}, number=number)
    found = journal.documents(tx, wanted, sources=[order.source], after=None, limit=2).rows
    _must_fit(visit, order, found)
    if len(found) > 1:
        _ = visit.text.gettext
        raise DeskError(
            422,
            _("There are several documents of this number."),
            _("Give a link to the one that is meant: in 1C, Get link."),
        )
    return str(found[0].id)


def _must_fit(visit: Visit, order: Submission, rows_: Sequence[Any]) -> None:
    _ = visit.text.gettext
    if not rows_:
        raise DeskError(
            422,
            _("The hub knows no order of this counterparty by that number."),
            _("Bring the counterparty up to date first, or give a link to the document."),
        )
    if any((row.kind, row.counterparty_id) != (KIND, order.counterparty_id) for row in rows_):
        raise DeskError(
            422,
            _("That document is no order of this counterparty."),
            _("Look again which one it is: it will be compared with what was approved."),
        )
