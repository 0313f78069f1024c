"""All that happened to an order: who did what and why, what 1C said, which documents came of it, what was edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from desk.counterparties import journal as rows
from desk.counterparties import words as documents
from desk.frame.filters import who_text
from desk.frame.visits import Visit
from desk.orders import differences, words
from desk.orders.differences import Differing
from schemas.credit import Sum
from schemas.ids import external
from store import order_timeline
from store.engine import Tx
from store.order_timeline import Entry
from store.submissions import Step, Submission

_WORKER = "saldo push"


@dataclass(frozen=True, slots=True)
class Happened:
    """`note` is what a person gave as the reason, `said` the books' own words. A document has an address and sums."""

    at: datetime
    what: str
    by: str = ""
    note: str = ""
    said: str = ""
    address: str = ""
    sums: Sequence[Sum] = ()
    differing: Sequence[Differing] = ()
    in_books: bool = False


def of(tx: Tx, visit: Visit, order: Submission, zone: ZoneInfo) -> list[Happened]:
    """The newest first."""
    text = visit.text
    found = [_happened(tx, visit, order, one) for one in order_timeline.of(tx, order, zone)]
    if order.cancel_asked_at is not None:
        what = text.gettext("Asked for it to be cancelled")
        asked_by = by(order.cancel_asked_by or "", text)
        found.append(Happened(order.cancel_asked_at, what, asked_by, order.cancel_reason))
        found.sort(key=lambda one: one.at)
    return found[::-1]


def by(name: str, text: NullTranslations) -> str:
    return text.gettext("the hub") if name == _WORKER else who_text(name, text)


def _happened(tx: Tx, visit: Visit, order: Submission, one: Entry) -> Happened:
    text = visit.text
    if one.step is not None:
        return _step(one.step, text)
    if one.document is not None:
        return _document(visit, order, one)
    if one.what in ("placed", "changed"):
        told = {
            "placed": text.gettext("Placed"),
            "changed": text.gettext("Changed: version {number}").format(number=one.version),
        }
        return Happened(one.at, told[one.what], by(one.by or "", text))
    told = {
        "edited": text.gettext("Changed in 1C"),
        "withdrawn": text.gettext("Withdrawn in 1C"),
        "restored": text.gettext("Put in force again in 1C"),
    }
    note = documents.withdrawn(text)[one.reason] if one.reason else ""
    changed = differences.shown(tx, visit, order, one.differences)
    return Happened(one.at, told[one.what], note=note, differing=changed, in_books=True)


def _step(one: Step, text: NullTranslations) -> Happened:
    what, whys = words.happened(text)[one.after], words.whys(text)
    told = f"{what}: {whys[one.why]}" if one.why is not None else what
    note = one.note if one.after != "awaiting_approval" else ""  # names the rule: approval tells of it
    return Happened(one.at, told, by(one.by, text), note, one.words)


def _document(visit: Visit, order: Submission, one: Entry) -> Happened:
    row = one.document
    if row is None:
        raise ValueError("this entry is of no document")
    paid: Mapping[str, int] = one.paid if one.paid is not None else {row.currency: row.amount}
    note = documents.withdrawn(visit.text)[one.reason] if one.reason else ""
    return Happened(
        one.at,
        rows.title(row, visit.language),
        note=note,
        address=f"/desk/documents/{external(order.source, row.id)}",
        sums=[Sum(units=units, currency=currency) for currency, units in paid.items()],
        in_books=True,
    )
