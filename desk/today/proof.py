"""Figures that differ from the books, and records that could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from api.web.hub import Hub
from desk.agreement.figures import by_currency
from desk.frame.filters import ago_text
from desk.frame.visits import Visit
from desk.quarantine import words
from desk.today.notices import Amount, Notice
from schemas.settings import SourceSettings
from store import agreement, rejections, sync_state
from store.engine import Tx


def notices(tx: Tx, hub: Hub, visit: Visit) -> Iterator[Notice]:
    for source in hub.settings.sources:
        yield from _differing(tx, visit, source)
        yield from _held(tx, visit, source)


def _differing(tx: Tx, visit: Visit, source: SourceSettings) -> Iterator[Notice]:
    last, text = agreement.latest_ended(tx, source.id), visit.text
    if last is None or last.state not in agreement.ALARMS:
        return
    told = text.ngettext(
        "%(base)s: %(count)s figure differs from the books",
        "%(base)s: %(count)s figures differ from the books",
        last.differing,
    )
    documents = len({one.recorder_id for found in last.differences for one in found.documents})
    about = text.ngettext("%(count)s document behind it.", "%(count)s documents behind it.", documents)
    sums = by_currency(last.differences)
    yield Notice(
        key=f"differs-{source.id}",
        tone="bad",
        text=told % {"base": source.title, "count": last.differing},
        about=about % {"count": documents},
        fix=f"/desk/agreement?base={source.id}",
        label=text.gettext("See what differs"),
        amounts=tuple(Amount(units=units, currency=currency) for currency, units in sums.items()),
    )


def _held(tx: Tx, visit: Visit, source: SourceSettings) -> Iterator[Notice]:
    counts, text = Counter(sync_state.quarantined(tx, source.id)), visit.text
    if not counts:
        return
    count = counts.total()
    told = text.ngettext(
        "%(base)s: %(count)s record could not be read", "%(base)s: %(count)s records could not be read", count
    )
    oldest = rejections.open_(tx, source.id, limit=1)[0].first_seen_at
    kinds = words.entities(visit)
    parts = ", ".join(f"{kinds.get(name, name)} {number}" for name, number in counts.most_common(5))
    about = text.gettext("%(kinds)s. The oldest was met %(ago)s.") % {
        "kinds": parts,
        "ago": ago_text(oldest, visit.now, visit.language),
    }
    yield Notice(
        key=f"held-{source.id}",
        tone="warn",
        text=told % {"base": source.title, "count": count},
        about=about,
        fix=f"/desk/quarantine?base={source.id}",
        label=text.gettext("Look at them"),
    )
