"""Agreed periods, what changed in them, and taking a change as agreed."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import Response, get, post
from litestar.di import NamedDependency

from api.rules.signed import Number
from api.web.hub import Hub
from desk.frame import audited, pages
from desk.frame.visits import Visit
from desk.statements.changes import Changed, named
from schemas import TABLES
from schemas.errors import StoreError
from schemas.ids import external
from schemas.settings import SourceSettings
from store import agreed, records, statement_steps
from store.agreed import Period
from store.engine import Tx

HOME = "/desk/agreement/periods"
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Agreed:
    """One agreed period with what is open in it."""

    source: SourceSettings
    period: Period
    counterparty: str
    counterparty_href: str
    contract: str
    changes: tuple[Changed, ...]
    statement: tuple[int, str] | None


@get(HOME, sync_to_thread=True)
def periods(hub: NamedDependency[Hub], visit: NamedDependency[Visit]) -> Response[str]:
    """Those that changed come first."""
    with hub.store.reading() as tx:
        found = [one for source in hub.settings.sources for one in _of(tx, visit, source)]
    found.sort(key=lambda one: (not one.changes, -one.period.id))
    return pages.page(visit, "agreement/periods.html", periods=found[:SHOWN], more=max(len(found) - SHOWN, 0))


@post(HOME + "/changes/{number:int}/accept", sync_to_thread=True, status_code=200)
def accept(
    number: Number,
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    with hub.store.transaction() as tx:
        try:
            agreed.accept(tx, number, visit.by)
        except StoreError as error:
            _ = visit.text.gettext
            raise pages.not_found(visit, _("This change is not open any more.")) from error
        audited.note(
            tx,
            visit,
            "acceptAgreedChange",
            subject=str(number),
        )
    return pages.redirect(visit, HOME)


def _of(tx: Tx, visit: Visit, source: SourceSettings) -> list[Agreed]:
    changes: dict[int, list[Changed]] = {}
    for one in named(tx, source.id, agreed.open_changes(tx, source.id), visit.language):
        changes.setdefault(one.change.period.id, []).append(one)
    drawn = statement_steps.of_periods(tx, source.id)
    return [
        Agreed(
            source,
            period,
            _field(tx, "counterparty", source.id, period.counterparty_id) or period.counterparty_id,
            f"/desk/counterparties/{external(source.id, period.counterparty_id)}",
            _field(tx, "contract", source.id, period.contract_id),
            tuple(changes.get(period.id, ())),
            drawn.get(period.id),
        )
        for period in agreed.list_(tx, source.id)
        if period.withdrawn_at is None
    ]


def _field(tx: Tx, table: str, source: str, key: str | None) -> str:
    stored = records.get(tx, TABLES[table], source, (key,)) if key else None
    return str(getattr(stored, "name", "")) if stored is not None else ""
