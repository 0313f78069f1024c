"""What was owed day by day, by the accounting system's own dates."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.parties.party import CounterpartyId
from api.web.hub import Hub
from desk.counterparties import opened
from desk.counterparties.opened import ADDRESS
from desk.frame import charts, pages
from desk.frame.visits import Visit
from store import debt_days

MONTHS = (3, 12, 36)
_MONTH = timedelta(days=30.4375)
Months = Annotated[int, QueryParameter(ge=1, le=120)]


@get(f"{ADDRESS}/course", sync_to_thread=True)
def course(
    counterparty_id: CounterpartyId,
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
    months: Months = 12,
) -> Response[str]:
    of = opened.party(hub, visit, counterparty_id)
    today = visit.now.astimezone(of.source.time_zone).date()
    first_on = today - months * _MONTH
    with hub.store.reading() as tx:
        found = debt_days.by_currency(tx, of.source.id, of.guid, first_on=first_on, last_on=today)
    lines = [
        charts.line(visit, points, currency, key=f"course-{currency}", title=currency)
        for currency, points in found.items()
        if any(units for _, units in points)
    ]
    values: dict[str, Any] = {"lines": lines, "months": months, "choices": MONTHS, "id": of.id}
    return pages.fragment(visit, "counterparties/course.html", **values)
