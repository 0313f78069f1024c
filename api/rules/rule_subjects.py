"""Whom a setting is about: a counterparty, or everybody of one accounting base."""

from __future__ import annotations

from api.parties import party as parties
from api.parties.party import Party
from api.rules import signed
from api.web.callers import Caller
from api.web.hub import Hub
from schemas.settings import SourceSettings


def party(hub: Hub, caller: Caller, counterparty_id: str) -> Party:
    """The counterparty of an address, for a caller who may set something for it."""
    signed.must_rule(caller)
    return parties.of(hub, caller, counterparty_id)


def source(hub: Hub, caller: Caller, source_id: str) -> SourceSettings:
    """A base whose rules the caller may set; another one than its key's is not there for it."""
    signed.must_rule(caller)
    return hub.source(source_id if caller.tenancy.reads(source_id) else "")
