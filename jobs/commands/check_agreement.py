"""Print how the hub's totals stand against the accounting system's own: `saldo check agreement`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assets import agree
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from jobs.commands import chosen as choosing
from jobs.commands import settings
from schemas import TABLES
from schemas.money import Money, currencies
from store import agreement, records
from store.agreement import Agreement, Difference, Document
from store.engine import Store, Tx

ALARM = 1
SAYS = {
    "agreed": "everything is equal",
    "differs": "differs",
    "incomplete": "differs; the budget of requests ended before every document was named",
    "unsettled": "was being changed while it was compared; the next comparison decides",
    "failed": "could not be compared",
}
WHAT = {
    "missing_in_hub": "missing in the hub",
    "missing_in_books": "not in 1C",
    "differs": "differs",
    "rejected": "in quarantine",
    "unsettled": "being changed",
}


def run(wanted: Sequence[str], console: Console, *, now: bool) -> int:
    """0 where nothing differs."""
    known = settings.load()
    result = 0
    with settings.opened(known) as store:
        for source in choosing.of(known, wanted):
            found = _compared(store, source, console) if now else _last(store, source)
            if found is None:
                console.print(f"{source.id}: never compared yet. `saldo check agreement --now` compares.")
                continue
            with store.reading() as tx:
                _tell(tx, found, console)
            if found.state in agreement.ALARMS or (now and found.differences):
                result = ALARM
    return result


def _last(store: Store, source: Source) -> Agreement | None:
    with store.reading() as tx:
        return agreement.latest(tx, source.id)


def _compared(store: Store, source: Source, console: Console) -> Agreement:
    """Compare now, and only look: without a pull nobody can tell a lag from a discrepancy."""
    with console.status(f"Comparing {source.id} with its books"), ODataClient(source.settings) as client:
        return agree.suspect(store, client, source, Run("now", "check"))


def _tell(tx: Tx, found: Agreement, console: Console) -> None:
    verified = agreement.verified_through(tx, found.source) or "never"
    suspected = found.kind == agree.NOW and found.differences
    state = "suspected: a pull may cure what only lags" if suspected else SAYS[found.state]
    console.print(f"{found.source}: {state}", highlight=False)
    console.print(
        f"  compared {found.compared} figures before {found.moment or 'an unknown moment'} "
        f"with {found.requests} requests; verified through {verified}",
        highlight=False,
    )
    if found.error:
        console.print(f"  {found.error}", highlight=False)
    if found.differences:
        console.print(_table(tx, found))


def _table(tx: Tx, found: Agreement) -> Table:
    table = Table("counterparty", "contract", "figure", "in 1C", "in the hub", "difference", "documents")
    for column in table.columns[3:6]:
        column.justify = "right"
    for one in found.differences:
        amounts = (one.in_books, one.in_hub, one.in_books - one.in_hub)
        table.add_row(
            _name(tx, found.source, "counterparty", one.counterparty_id, "name") or one.settlement_key_id,
            _name(tx, found.source, "contract", one.contract_id, "number"),
            f"{one.field} {one.currency}",
            *(_money(units, one.currency) for units in amounts),
            Text("\n".join(_documents(tx, found.source, one))),
        )
    return table


def _documents(tx: Tx, source: str, one: Difference) -> Iterable[str]:
    for document in one.documents:
        yield f"{_document(tx, source, document)}: {WHAT[document.verdict]}"
    if one.range_end is not None:
        yield f"others between {one.range_start or 'the beginning'} and {one.range_end}"
    elif not one.documents:
        yield "not named: changed while it was looked for"


def _document(tx: Tx, source: str, document: Document) -> str:
    number = _name(tx, source, "document", document.recorder_id, "number") or document.recorder_id
    return " ".join(filter(None, (document.recorder_kind, number, (document.dated_at or "")[:10])))


def _name(tx: Tx, source: str, table: str, key: str | None, field: str) -> str:
    stored = records.get(tx, TABLES[table], source, (key,)) if key else None
    return str(getattr(stored, field)) if stored is not None else ""


def _money(units: int, currency: str) -> str:
    """In minor units where the currency is none that the hub knows."""
    return str(Money(units, currency)) if currency in currencies() else f"{units} (units)"
