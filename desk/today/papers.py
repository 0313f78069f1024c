"""Statements that wait for somebody, and agreed periods that are no longer what was agreed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from api.web.hub import Hub
from desk.frame.visits import Visit
from desk.today.notices import Notice, Tone
from store import agreed, statements
from store.engine import Tx

ANSWER_DAYS = 7
PENDING = timedelta(days=1)
MOST = 500


def notices(tx: Tx, hub: Hub, visit: Visit) -> Iterator[Notice]:
    yield from _changed(tx, hub, visit)
    yield from _unexplained(tx, visit)
    yield from _differing(tx, visit)
    yield from _unanswered(tx, visit)
    yield from _pending(tx, visit)


def _changed(tx: Tx, hub: Hub, visit: Visit) -> Iterator[Notice]:
    changes = [one for source in hub.settings.sources for one in agreed.open_changes(tx, source.id)]
    if not changes:
        return
    periods, text = len({one.period.id for one in changes}), visit.text
    told = text.ngettext(
        "%(count)s agreed period has changed since", "%(count)s agreed periods have changed since", periods
    )
    documents = text.ngettext(
        "%(count)s document is not what was agreed. Accept it, or draw the statement again.",
        "%(count)s documents are not what was agreed. Accept them, or draw the statements again.",
        len(changes),
    )
    yield Notice(
        key="agreed-changed",
        tone="bad",
        text=told % {"count": periods},
        about=documents % {"count": len(changes)},
        fix="/desk/agreement/periods",
        label=text.gettext("See the changes"),
    )


def _unexplained(tx: Tx, visit: Visit) -> Iterator[Notice]:
    count = len(statements.list_(tx, verdicts=["unexplained"], states=["draft", "sent"], limit=MOST))
    told = visit.text.ngettext(
        "%(count)s statement has a difference that no document explains",
        "%(count)s statements have differences that no document explains",
        count,
    )
    about = visit.text.gettext("It cannot be sent before somebody finds out why.")
    yield from _counted(
        visit, "unexplained", "bad", count, told, about, "/desk/statements?verdict=unexplained"
    )


def _differing(tx: Tx, visit: Visit) -> Iterator[Notice]:
    count = len(statements.list_(tx, verdicts=["differs"], states=["draft"], limit=MOST))
    told = visit.text.ngettext(
        "%(count)s draft differs from the books", "%(count)s drafts differ from the books", count
    )
    about = visit.text.gettext("Documents explain every difference: look at them before you send it.")
    yield from _counted(
        visit, "differing", "warn", count, told, about, "/desk/statements?verdict=differs&state=draft"
    )


def _unanswered(tx: Tx, visit: Visit) -> Iterator[Notice]:
    before = visit.now - timedelta(days=ANSWER_DAYS)
    count = len(statements.list_(tx, sent_before=before, limit=MOST))
    told = visit.text.ngettext(
        "%(count)s statement was sent and not answered",
        "%(count)s statements were sent and not answered",
        count,
    )
    about = visit.text.ngettext("For %(days)s day or longer.", "For %(days)s days or longer.", ANSWER_DAYS)
    yield from _counted(
        visit,
        "unanswered",
        "wait",
        count,
        told,
        about % {"days": ANSWER_DAYS},
        f"/desk/statements?waiting={ANSWER_DAYS}",
    )


def _pending(tx: Tx, visit: Visit) -> Iterator[Notice]:
    found = statements.list_(tx, verdicts=["pending"], states=["draft"], limit=MOST)
    count = sum(1 for one in found if one.created_at < visit.now - PENDING)
    told = visit.text.ngettext(
        "%(count)s statement waits for the accounting system",
        "%(count)s statements wait for the accounting system",
        count,
    )
    about = visit.text.gettext("For more than a day: they are drafts until it has been asked.")
    yield from _counted(visit, "pending", "wait", count, told, about, "/desk/statements?verdict=pending")


def _counted(
    visit: Visit, key: str, tone: Tone, count: int, told: str, about: str, fix: str
) -> Iterator[Notice]:
    if count:
        label = visit.text.gettext("Open the list")
        yield Notice(key=key, tone=tone, text=told % {"count": count}, about=about, fix=fix, label=label)
