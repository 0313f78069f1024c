"""One statement, line by line: GET /v1/statements/{id}."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency

from api.statements import drawn, found, prints, rows, stepping
from api.statements.answers import Statement, StatementChange, StatementFile, StatementStep
from api.statements.found import StatementId
from api.statements.links import Links
from api.trust import standing
from api.web import callers, refusals
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.ids import external
from api.web.values import day
from schemas.languages import LANGUAGES
from schemas.money import Money
from schemas.settings import SourceSettings
from store import agreement, statement_steps, statements
from store.agreed import Change
from store.engine import Tx
from store.statement_steps import Step
from store.statements import StatementRow


@get(
    "/v1/statements/{statement_id:str}",
    sync_to_thread=True,
    summary="A statement, line by line",
    operation_id="getStatement",
    tags=["statements"],
    security=callers.needs("statements:read"),
    responses=refusals.of(*found.CODES),
)
def statement(
    statement_id: StatementId,
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
) -> Statement:
    """The drawing that is shown, where the two drawings differ, and what people did with it. Reads are audited."""
    found.must_see_statements(caller)
    with hub.store.reading(caller.tenancy) as tx:
        row = found.row(tx, hub, statement_id)
        told = _told(tx, hub, caller, row)
    with hub.store.transaction() as tx:
        changes = statement_steps.open_changes(tx, row)
        found.note_reading(tx, request, "getStatement", row, version=row.version)
    return Statement(**told, changes=[_change(one, row.source) for one in changes])


def _told(tx: Tx, hub: Hub, caller: Caller, row: StatementRow) -> dict[str, Any]:
    source, links = hub.source(row.source), Links(tx)
    both = statements.drawings(tx, row)
    basis = standing.basis(
        source,
        as_of=row.as_of,
        synced_at=row.confirmed_at or row.created_at,
        agreement=agreement.state_of(tx, row.source, row.counterparty_id),
        target_s=hub.settings.fresh_for_s,
        now=hub.clock(),
    )
    steps = statement_steps.steps(tx, row)
    return {
        **basis,
        **rows.values(row, source, links),
        "sections": [drawn.section(one, source, links) for one in both[row.shown]],
        "difference_list": drawn.differences(statements.compared(both), row.source),
        "steps": [_step(one, source, sees_all=_sees_all(caller)) for one in steps],
        "next_states": stepping.next_states(row, caller),
        "files": _files(row),
    }


def _sees_all(caller: Caller) -> bool:
    return caller.tenancy.counterparties is None and "rules:write" in caller.key.permissions


def _step(of: Step, source: SourceSettings, *, sees_all: bool) -> StatementStep:
    return StatementStep(
        at=of.at.astimezone(source.time_zone),
        before=of.before,
        after=of.after,
        note=of.note if sees_all or of.after == "disagreement" else None,
        by=of.by if sees_all else None,
    )


def _files(row: StatementRow) -> list[StatementFile]:
    return [
        StatementFile(
            format=name,
            language=language,
            media_type=media_type,
            href=f"/v1/statements/{row.id}/files/{name}?language={language}",
            draft=row.is_draft,
        )
        for name, media_type in prints.MEDIA_TYPES.items()
        for language in LANGUAGES
    ]


def _change(of: Change, source: str) -> StatementChange:
    return StatementChange(
        document_id=external(source, of.recorder_id),
        document_kind=of.recorder_kind,
        dated_on=day(of.dated_at and of.dated_at[:10]),
        currency=of.currency,
        agreed=str(Money(of.agreed_amount, of.currency)),
        now=str(Money(of.amount_now, of.currency)),
        found_at=of.found_at,
    )
