"""What everybody owes, by base and currency."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from api.web.hub import Hub
from desk.frame import charts
from desk.frame.visits import Visit
from schemas.settings import SourceSettings
from store import portfolio
from store.engine import Tx
from store.portfolio import Owed


@dataclass(frozen=True, slots=True)
class OfBase:
    """`aging` of each currency that anybody owes in, the one of most accounts first."""

    source: SourceSettings
    owed: tuple[Owed, ...]
    aging: tuple[Markup, ...]

    @property
    def overdue(self) -> str:
        return f"/desk/counterparties?only=overdue&sort=overdue&base={self.source.id}"


def every(tx: Tx, hub: Hub, visit: Visit) -> list[OfBase]:
    return [_of(tx, hub, visit, source) for source in hub.settings.sources]


def _of(tx: Tx, hub: Hub, visit: Visit, source: SourceSettings) -> OfBase:
    today = visit.now.astimezone(source.time_zone).date()
    owed = portfolio.owed(tx, source.id, hub.settings.terms, today)
    owed.sort(key=lambda one: (-one.accounts, one.currency))
    title = visit.text.gettext("What is owed, by how long it is overdue")
    drawn = tuple(
        charts.aging(visit, one.ages, one.currency, key=f"aging-{source.id}-{one.currency}", title=title)
        for one in owed
        if any(one.ages.values())
    )
    return OfBase(source, tuple(owed), drawn)
