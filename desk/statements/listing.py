"""The list of statements: GET /desk/statements."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from api.documents.document_rows import CounterpartyLink
from api.statements.links import Links
from api.web.hub import Hub
from desk.frame import pages
from desk.frame.visits import Visit
from desk.statements import words
from desk.statements.narrowing import WAITING_DAYS, Narrowed
from store import statement_steps, statements
from store.engine import Tx
from store.statements import StatementRow

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """`changes` is how many open changes there are since it was agreed; `since` when its state was set."""

    row: StatementRow
    counterparty: CounterpartyLink
    changes: int
    since: datetime | None


@get("/desk/statements", sync_to_thread=True)
def page(
    request: Request[Any, Any, Any], hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    narrowed = Narrowed.of(request.query_params)
    with hub.store.reading() as tx:
        found = _found(tx, hub, visit, narrowed)
        listed, more = _listed(tx, found[:PAGE_ROWS]), len(found) > PAGE_ROWS
        name = None
        if narrowed.source and narrowed.counterparty_id:
            name = Links(tx).counterparty(narrowed.source, narrowed.counterparty_id).name
    text = visit.text
    return pages.page(
        visit,
        "statements/list.html",
        listed=listed,
        narrowed=narrowed,
        counterparty_name=name,
        everything=narrowed.beyond(None)
        if narrowed.after is None
        else replace(narrowed, after=None).beyond(None),
        next_url=narrowed.beyond(listed[-1].row.number) if more else None,
        states=words.states(text),
        verdicts=words.verdicts(text),
        state_badges=words.STATE_BADGES,
        verdict_badges=words.VERDICT_BADGES,
        waiting_days=WAITING_DAYS,
    )


def _found(tx: Tx, hub: Hub, visit: Visit, narrowed: Narrowed) -> list[StatementRow]:
    """One more than a page."""
    numbers = None
    if narrowed.changed:
        changed = (statement_steps.changed_since(tx, source.id) for source in hub.settings.sources)
        numbers = {number for found in changed for number in found}
    before = visit.now - timedelta(days=narrowed.waiting) if narrowed.waiting else None
    return statements.list_(
        tx,
        narrowed.source,
        narrowed.counterparty_id,
        [narrowed.state] if narrowed.state else None,
        [narrowed.verdict] if narrowed.verdict else None,
        after=narrowed.after,
        limit=PAGE_ROWS + 1,
        first_on=narrowed.first_on,
        last_on=narrowed.last_on,
        numbers=numbers,
        sent_before=before,
    )


def _listed(tx: Tx, rows: list[StatementRow]) -> list[Listed]:
    links, since = Links(tx), statement_steps.last_at(tx, [row.number for row in rows])
    sources = sorted({row.source for row in rows})
    changes = {source: statement_steps.changed_since(tx, source) for source in sources}
    return [
        Listed(
            row,
            links.counterparty(row.source, row.counterparty_id),
            changes[row.source].get(row.number, 0),
            since.get(row.number),
        )
        for row in rows
    ]
