"""One statement: the act itself, how it stands, what people may do with it."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.statements import prints
from api.statements.links import Links
from api.web.hub import Hub
from desk.frame import pages, waiting
from desk.frame.visits import Visit
from desk.statements import changes, differences, files, found, life, words
from printing import html
from schemas.errors import NotPrintableError
from schemas.matching import DAYS
from schemas.reconciliation_differences import Comparison
from store import operations, statement_papers, statement_requests, statements
from store.engine import Tx
from store.operations import Operation
from store.statement_uploads import MOST_DAYS
from store.statements import StatementRow

SLOW_PAUSE_MS = 15_000  # of a page that waits for the other drawing, with nobody pressing anything


@get("/desk/statements/{statement_id:str}", sync_to_thread=True)
def page(
    request: Request[Any, Any, Any],
    statement_id: FromPath[str],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """`request` names what still asks the accounting system, `pull` what brings the counterparty up to date."""
    language = files.chosen_language(request, visit)
    with hub.store.reading() as tx:
        row = found.statement(tx, visit, statement_id)
        asking = _asking(tx, row, str(request.query_params.get("request", "")))
        values = {
            **_about(tx, hub, visit, row),
            **standing(visit, row, asking, 0),
            "changes": changes.of(tx, row, visit.language),
            "life": life.of(tx, row, visit.text),
            "pull": waiting.find(tx, str(request.query_params.get("pull", ""))),
        }
    try:
        act = html.fragment(prints.drawn(hub, row, language))
    except NotPrintableError:
        act = None
    return pages.page(visit, "statements/sheet.html", act=act, print_language=language, **values)


@get("/desk/statements/{statement_id:str}/standing", sync_to_thread=True)
def part(
    request: Request[Any, Any, Any],
    statement_id: FromPath[str],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """How it stands, asked for until something is new: then the whole page is loaded again."""
    given = request.query_params
    with hub.store.reading() as tx:
        row = found.statement(tx, visit, statement_id)
        operation = _operation(tx, row, str(given.get("request", "")))
    if operation is not None and not waiting.is_open(operation):
        there = statement_requests.statement_id(operation) or row.id
        return pages.redirect(visit, f"/desk/statements/{there}")
    if operation is None and str(given.get("version", "")) != str(row.version):
        return pages.redirect(visit, found.address(row))
    return pages.fragment(
        visit,
        "statements/standing.html",
        zone=hub.source(row.source).time_zone,
        **standing(visit, row, operation, waiting.looks(request)),
    )


def standing(visit: Visit, row: StatementRow, asking: Operation | None, asked: int) -> dict[str, Any]:
    """`asking` is the request that still asks the accounting system."""
    return {
        "row": row,
        "asking": asking,
        "waits": words.waits(visit.text).get(row.why or "asking"),
        "verdict": words.verdicts(visit.text)[row.verdict],
        "verdict_badge": words.VERDICT_BADGES[row.verdict],
        "pause_ms": waiting.pause_ms(asked) if asking else SLOW_PAUSE_MS,
        "n": asked + 1,
    }


def _about(tx: Tx, hub: Hub, visit: Visit, row: StatementRow) -> dict[str, Any]:
    links, parts, text = Links(tx), statement_papers.parts(tx, row), visit.text
    both = statements.drawings(tx, row)
    kinds = words.contract_kinds(text)
    compared: tuple[Comparison, ...] = statements.compared(both)
    return {
        "counterparty": links.counterparty(row.source, row.counterparty_id),
        "organization": links.organization(row.source, row.organization_id),
        "contract": parts.contracts.get(row.contract_id or "", ""),
        "contract_kind": kinds.get(row.contract_kind or "", row.contract_kind),
        "base": hub.source(row.source).title,
        "zone": hub.source(row.source).time_zone,
        "producers": {side: words.producers(text)[drawn[0].producer] for side, drawn in both.items()},
        "differing": differences.differing(compared, row, parts.contracts, visit.language, text),
        "states": words.states(text),
        "state_badge": words.STATE_BADGES[row.state],
        "allowed": found.allowed(row),
        "print_languages": words.languages(text),
        "days": DAYS,
        "most_days": MOST_DAYS,
    }


def _asking(tx: Tx, row: StatementRow, number: str) -> Operation | None:
    operation = _operation(tx, row, number)
    return operation if operation is not None and waiting.is_open(operation) else None


def _operation(tx: Tx, row: StatementRow, number: str) -> Operation | None:
    """The request that led here, if it is one for this counterparty's statements."""
    operation = waiting.find(tx, number)
    if operation is None or operation.kind != operations.STATEMENT:
        return None
    same = (operation.source, operation.counterparty_id) == (row.source, row.counterparty_id)
    return operation if same else None
