"""Compare now and repair: what a run is asked for, and how far it is."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.web.hub import Hub
from desk.agreement import words
from desk.frame import audited, pages, waiting
from desk.frame.roles import needs
from desk.frame.visits import Visit
from store.operations import Kind, Operation

HOME = "/desk/agreement"
AUDITED: dict[str, tuple[Kind, str]] = {
    "compare": ("compare", "compareWithBooks"),
    "repair": ("repair", "repairFromBooks"),
}


@post(HOME + "/{source:str}/{what:str}", sync_to_thread=True, status_code=200, opt=needs("ops"))
def ask(
    source: FromPath[str],
    what: FromPath[str],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """Asked again while the first one waits, it is the same one."""
    known, _ = hub.source(source), visit.text.gettext
    if what not in AUDITED:
        raise pages.not_found(visit, _("There is no such page."))
    kind, operation = AUDITED[what]
    with hub.store.transaction() as tx:
        asked = waiting.ask(tx, visit, kind, known.id)
        audited.note(tx, visit, operation, source=known.id, subject=asked.id)
    return _shown(visit, asked) if visit.htmx else pages.redirect(visit, f"{HOME}?base={known.id}")


@get(HOME + "/asked/{number:str}", sync_to_thread=True)
def progress(
    number: FromPath[str], hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    """When it is done the whole page comes anew: everything on it may be another."""
    with hub.store.reading() as tx:
        found = waiting.find(tx, number)
    if found is None or found.kind not in AUDITED:
        _ = visit.text.gettext
        raise pages.not_found(visit, _("This is not known any more."))
    if found.state == "succeeded" and visit.htmx:
        return pages.redirect(visit, f"{HOME}?base={found.source}")
    return _shown(visit, found)


def _shown(visit: Visit, asked: Operation) -> Response[str]:
    return pages.fragment(visit, "agreement/asked.html", asked=asked, waits=words.waits(visit.text))
