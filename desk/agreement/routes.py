"""The addresses of this section."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from api.web.hub import Hub
from desk.agreement import asking, found, periods, words
from desk.frame import pages
from desk.frame.visits import Visit

Base = Annotated[str, QueryParameter(max_length=100)]


@get(asking.HOME, sync_to_thread=True)
def page(hub: NamedDependency[Hub], visit: NamedDependency[Visit], base: Base = "") -> Response[str]:
    chosen = [one for one in hub.settings.sources if base in ("", one.id)] or list(hub.settings.sources)
    with hub.store.reading() as tx:
        bases = [found.of_base(tx, visit, source) for source in chosen]
    return pages.page(
        visit,
        "agreement/page.html",
        bases=bases,
        badges=words.BADGES,
        states=words.states(visit.text),
        waits=words.waits(visit.text),
    )


ROUTES: tuple[ControllerRouterHandler, ...] = (
    page,
    periods.periods,
    periods.accept,
    asking.progress,
    asking.ask,
)
