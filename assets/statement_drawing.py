"""The hub's own drawing of what was asked for, at once: it needs the store and nobody else."""

from __future__ import annotations

import logging

from assets.source import Source
from printing.checksum import checksum
from schemas.statements import Asked
from store import health, operations, reconciliation, statement_keeping, statement_requests
from store.engine import Store
from store.operations import STATEMENT, Operation
from store.statement_keeping import Drawn
from store.statements import StatementRow

LOG = logging.getLogger("saldo.statements")


def draw_waiting(store: Store, source: Source) -> int:
    """Give everything that was asked for the hub's own drawing; tells how many. Asks nothing of the base."""
    with store.reading() as tx:
        waiting = [one for one in operations.open_(tx, STATEMENT, source.id) if not _is_drawn(one)]
    drawn = 0
    for one in waiting:
        try:
            drawn += draw(store, one) is not None
        except Exception as error:  # whatever it is, it must not keep the others waiting
            if health.is_outage(error):
                raise
            LOG.warning("%s cannot be drawn, which its run will tell: %s", one.id, type(error).__name__)
    return drawn


def draw(store: Store, operation: Operation) -> StatementRow | None:
    """None where another process has drawn it meanwhile. Errors: StoreError where nothing was pulled yet."""
    asked = statement_requests.asked_of(operation)
    hub = _by_hub(store, asked, operation.id)
    with store.transaction() as tx:
        tx.alone(f"operations {asked.source}")
        now = operations.get(tx, operation.id)
        if now is None or now.state not in operations.OPEN or _is_drawn(now):
            return None
        row = statement_keeping.keep(tx, asked, operation.key_number, hub)
        operations.begin(tx, operation.id, "comparing", {statement_requests.RESULT: row.id})
    return row


def _by_hub(store: Store, asked: Asked, run_id: str) -> Drawn:
    with store.reading() as tx:
        drawn = tuple(reconciliation.statement(tx, request) for request in asked.requests)
        return Drawn(drawn, checksum(drawn), tx.now, run_id)


def _is_drawn(operation: Operation) -> bool:
    return statement_requests.statement_id(operation) is not None
