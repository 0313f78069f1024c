"""The counterparty of an address, for a caller who may see it; to anybody else as if it did not exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from litestar.params import PathParameter

from api.web import ids
from api.web.callers import Caller, counterparty_not_found
from api.web.hub import Hub
from schemas import TABLES
from schemas.records.counterparty import Counterparty
from schemas.settings import SourceSettings
from schemas.types import Guid
from store import records
from store.engine import Tx

CounterpartyId = Annotated[
    str, PathParameter(description="The counterparty's id as this API gave it, opaque to clients.")
]
CODES = ("malformed_id", "counterparty_not_found", "source_not_found")  # for `refusals.of`
MONEY_CODES = (*CODES, "reach_too_narrow")


@dataclass(frozen=True, slots=True)
class Party:
    source: SourceSettings
    guid: Guid

    @property
    def id(self) -> str:
        return ids.external(self.source.id, self.guid)

    def record(self, tx: Tx) -> Counterparty:
        """Errors: ProblemError counterparty_not_found where the store does not have it."""
        return record(tx, self.source.id, self.guid)


def of(hub: Hub, caller: Caller, counterparty_id: str) -> Party:
    """Errors: ProblemError of CODES."""
    source_id, guid = ids.parse(counterparty_id)
    source = hub.source(source_id)
    caller.must_see(source_id, guid)
    return Party(source, guid)


def of_money(hub: Hub, caller: Caller, counterparty_id: str) -> Party:
    """The same for what it owes. Errors: ProblemError of MONEY_CODES."""
    source_id, guid = ids.parse(counterparty_id)
    source = hub.source(source_id)
    caller.must_see_money(source_id, guid)
    return Party(source, guid)


def record(tx: Tx, source: str, guid: str) -> Counterparty:
    """Errors: ProblemError counterparty_not_found."""
    found: Counterparty | None = records.get(tx, TABLES["counterparty"], source, (guid,))
    if found is None:
        raise counterparty_not_found()
    return found
