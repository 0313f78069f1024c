"""Where what is true of counterparties is not what was told."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from assets.what_to_tell import OF_PARTIES, Moment, party_states
from schemas.settings import HubSettings
from store import party_facts, told
from store.engine import Tx
from store.party_facts import Facts
from store.told import NOTHING, State


@dataclass(frozen=True, slots=True)
class Change:
    """What is true now; `version` is that of what was told, None where nothing ever was."""

    topic: str
    id: str
    state: State
    version: int | None
    facts: Facts


def of_parties(tx: Tx, settings: HubSettings, at: Moment, ids: Collection[str]) -> Iterator[Change]:
    source = at.source
    facts = party_facts.of(tx, settings, source, party_facts.setting(tx, source.id), ids, at.now)
    before = told.of(tx, source.id, OF_PARTIES.keys(), facts.keys())
    for party, of_it in facts.items():
        for topic, state in party_states(at, of_it).items():
            last = before.get((topic, party))
            if state != (last.state if last else NOTHING):
                yield Change(topic, party, state, last.version if last else None, of_it)
