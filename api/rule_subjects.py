"""Whom a setting is about: a counterparty, or everybody of one accounting base."""

from __future__ import annotations

from dataclasses import dataclass

from api import ids, signed
from api.balances import not_found
from api.callers import Caller
from api.hub import Hub
from schemas import TABLES
from schemas.settings import SourceSettings
from schemas.types import Guid
from store import records
from store.engine import Tx


@dataclass(frozen=True, slots=True)
class Party:
    source: SourceSettings
    guid: Guid

    @property
    def id(self) -> str:
        return ids.external(self.source.id, self.guid)

    def must_exist(self, tx: Tx) -> None:
        if records.get(tx, TABLES["counterparty"], self.source.id, (self.guid,)) is None:
            raise not_found()


def party(hub: Hub, caller: Caller, counterparty_id: str) -> Party:
    """The counterparty of an address, for a caller who may set something for it."""
    signed.must_rule(caller)
    source_id, guid = ids.parse(counterparty_id)
    source = hub.source(source_id)
    caller.must_see(source_id, guid, not_found)
    return Party(source, guid)


def source(hub: Hub, caller: Caller, source_id: str) -> SourceSettings:
    """A base whose rules the caller may set; another one than its key's is not there for it."""
    signed.must_rule(caller)
    return hub.source(source_id if caller.tenancy.source in (None, source_id) else "")
