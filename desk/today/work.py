"""What was asked for and failed, and events that do not arrive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from gettext import NullTranslations
from urllib.parse import urlsplit

from desk.frame.filters import ago_text
from desk.frame.visits import Visit
from desk.today.notices import Notice
from schemas.ids import external
from store import delivery_log, operations
from store.delivery_log import Standing
from store.engine import Tx
from store.operations import Kind, Operation

LOOKED_BACK = timedelta(days=1)
MOST = 5


def notices(tx: Tx, visit: Visit) -> Iterator[Notice]:
    for one in operations.failed(tx, visit.now - LOOKED_BACK)[-MOST:]:
        yield _failed(visit, one)
    if visit.user.may("ops"):
        for standing in delivery_log.standings(tx):
            if standing.needs_somebody(visit.now):
                yield _silent(visit, standing)


def _failed(visit: Visit, one: Operation) -> Notice:
    hint = f"{one.hint} " if visit.user.may("ops") and one.hint else ""
    when = ago_text(one.ended_at or one.created_at, visit.now, visit.language)
    return Notice(
        key=f"failed-{one.id}",
        tone="warn",
        text=_what(visit.text)[one.kind],
        about=hint + visit.text.gettext("It failed %(ago)s.") % {"ago": when},
        fix=_where(one),
        label=visit.text.gettext("Try again there"),
    )


def _what(text: NullTranslations) -> Mapping[Kind, str]:
    return {
        "sync": text.gettext("A counterparty could not be brought up to date"),
        "statement": text.gettext("A statement could not be drawn"),
        "file": text.gettext("A document could not be printed"),
        "compare": text.gettext("The books could not be compared"),
        "repair": text.gettext("What differs could not be read again"),
        "replay": text.gettext("Records in quarantine could not be tried again"),
    }


def _where(one: Operation) -> str:
    if one.kind in ("compare", "repair"):
        return f"/desk/agreement?base={one.source}"
    if one.kind == "replay" or one.counterparty_id is None:
        return f"/desk/quarantine?base={one.source}"
    party = external(one.source, one.counterparty_id)
    if one.kind == "statement":
        return f"/desk/statements/new?counterparty={party}"
    return f"/desk/counterparties/{party}"


def _silent(visit: Visit, standing: Standing) -> Notice:
    """Only the receiver's host: the rest of its address may be a secret."""
    webhook, text = standing.webhook, visit.text
    told = text.gettext("Events do not reach %(host)s") % {"host": urlsplit(webhook.url).hostname}
    counts = {"pending": standing.pending, "lost": standing.given_up}
    about = text.gettext("Waiting: %(pending)s, given up: %(lost)s. Mend the receiver, then send them again:")
    return Notice(
        key=f"webhook-{webhook.id}",
        tone="bad",
        text=told,
        about=f"{about % counts} saldo webhooks show {webhook.id}",
    )
