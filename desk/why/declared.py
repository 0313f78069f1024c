"""The declaration that reads a kind of record here: which accounting fields each stored field is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.web.hub import Hub
from assets.source import sources
from mappings.entity import Entity

Paths = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """`paths` by table and field; `digest` names the declaration as it is today."""

    entity: Entity
    paths: Mapping[tuple[str, str], Paths]
    digest: str

    def read_from(self, table: str, field: str) -> Paths:
        return self.paths.get((table, field), ())


def of(hub: Hub, source: str, entity: str) -> Declared | None:
    """None where nothing of this name is read any more."""
    for known in sources(hub.settings):
        for one in known.entities:
            if (known.id, one.name) == (source, entity):
                paths = {(table, field): reads for table, field, reads in one.paths()}
                return Declared(one, paths, one.digest)
    return None
