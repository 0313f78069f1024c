"""Asking for a statement: of whom, under which contracts, for which period."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody

from api.statements.links import Links
from api.web import ids
from api.web.hub import Hub
from desk.counterparties import finding
from desk.frame import audited, pages
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from desk.statements import form, words
from desk.statements.form import OWN, Chosen, Offered, Wrong
from schemas import TABLES
from schemas.errors import StoreError
from schemas.ids import external
from schemas.statements import Asked
from store import records, statement_requests
from store.directory import Directory
from store.engine import Tx

FOUND_ROWS = 12


@get("/desk/statements/new", sync_to_thread=True)
def page(
    request: Request[Any, Any, Any], hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    """Of whom, where nobody is chosen; else for which period. A change in the form asks for the form again."""
    given = request.query_params
    if "counterparty" not in given:
        return pages.page(visit, "statements/whom.html", found=[], asked="")
    choice = form.chosen(given)
    with hub.store.reading() as tx:
        on = _offered(tx, hub, visit, str(given["counterparty"]), choice)
        values = _values(tx, visit, on, choice, [])
    if visit.htmx:
        return pages.fragment(visit, "statements/asking_form.html", **values)
    return pages.page(visit, "statements/asking.html", **values)


@get("/desk/statements/new/whom", sync_to_thread=True, dependencies=finding.DIRECTORY)
def whom(
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
    directory: NamedDependency[Directory],
) -> Response[str]:
    """Counterparties by what was typed."""
    asked = str(request.query_params.get("q", "")).strip()[:100]
    values: dict[str, Any] = {"found": [], "asked": asked}
    if asked:
        entries = directory.search([source.id for source in hub.settings.sources], asked)[:FOUND_ROWS]
        with hub.store.reading() as tx:
            values["found"] = finding.rows(tx, entries)
    if visit.htmx:
        return pages.fragment(visit, "statements/whom_list.html", **values)
    return pages.page(visit, "statements/whom.html", **values)


@post("/desk/statements/new", sync_to_thread=True, status_code=200)
def ask(
    data: URLEncodedBody[dict[str, str]], hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    choice = form.chosen(data)
    with hub.store.reading() as tx:
        on = _offered(tx, hub, visit, data.get("counterparty", ""), choice)
        wanted = form.asked(choice, on, visit.text)
        if not isinstance(wanted, Asked):
            values = _values(tx, visit, on, choice, wanted)
            return pages.page(visit, "statements/asking.html", status_code=422, **values)
    return pages.redirect(visit, f"/desk/statements/requests/{ask_for(hub, visit, wanted)}")


def ask_for(hub: Hub, visit: Visit, wanted: Asked) -> str:
    """The number of the operation that will draw it."""
    try:
        with hub.store.transaction() as tx:
            operation = statement_requests.ask(tx, wanted, visit.by)
            audited.note(
                tx,
                visit,
                "createStatement",
                source=wanted.source,
                counterparty_id=wanted.counterparty_id,
                subject=operation.id,
                details=dict(operation.input),
            )
    except StoreError as error:
        _ = visit.text.gettext
        raise DeskError(
            429,
            _("Too many of your statements are under way already."),
            _("Wait until some of them are drawn, then ask again."),
        ) from error
    return operation.id


def _offered(tx: Tx, hub: Hub, visit: Visit, counterparty: str, choice: Chosen) -> Offered:
    source, guid = ids.parse(counterparty)
    base = hub.source(source)
    if records.get(tx, TABLES["counterparty"], source, (guid,)) is None:
        raise pages.not_found(visit, visit.text.gettext("There is no such counterparty."))
    return form.offered(tx, source, guid, choice, visit.now.astimezone(base.time_zone).date())


def _values(tx: Tx, visit: Visit, on: Offered, choice: Chosen, wrong: list[Wrong]) -> dict[str, Any]:
    text = visit.text
    kinds = words.contract_kinds(text)
    return {
        "counterparty": external(on.source, on.counterparty_id),
        "name": Links(tx).counterparty(on.source, on.counterparty_id).name,
        "on": on,
        "choice": choice,
        "own": OWN,
        "period": choice.period if choice.period in (*on.presets, OWN) else "this_quarter",
        "wrong": {one.field: one.text for one in wrong},
        "presets": words.presets(text),
        "organizations": [(one.id, one.name or text.gettext("not named")) for one in on.organizations],
        "kinds": [(kind, kinds.get(kind, kind)) for kind in on.kinds],
    }
