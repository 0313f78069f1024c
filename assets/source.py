"""One source as the assets see it: its settings and its declarations with this installation's names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from mappings import MAPPINGS, outgoing
from mappings.entity import Entity
from schemas.errors import ConfigurationError
from schemas.settings import Changes, Family, HubSettings, SourceSettings


@dataclass(frozen=True, slots=True)
class Source:
    settings: SourceSettings
    entities: tuple[Entity, ...]

    @property
    def id(self) -> str:
        return self.settings.id

    def entity(self, name: str) -> Entity:
        for entity in self.entities:
            if entity.name == name:
                return entity
        raise ConfigurationError(
            f"the source {self.id} has no entity {name!r}",
            hint=f"Use one of: {', '.join(entity.name for entity in self.entities)}.",
        )

    def learns_by(self, entity: Entity) -> Changes:
        """How the hub learns what changed of this entity.

        No plan tells of virtual tables. What a base may lack is read by the clock too: a plan would wait for it.
        """
        if entity.is_virtual or entity.optional:
            return "window"
        return self.settings.changes_of.get(entity.name, self.settings.changes)

    @property
    def exchanged(self) -> tuple[Entity, ...]:
        """The entities whose changes come from the exchange plan."""
        return tuple(entity for entity in self.entities if self.learns_by(entity) == "exchange")

    @property
    def balances_by_plan(self) -> bool:
        """Whether the plan tells every change of the movements: what it does not tell has not changed."""
        movements = [entity for entity in self.entities if entity.totals is not None]
        return bool(movements) and all(self.learns_by(entity) == "exchange" for entity in movements)

    @property
    def optional_sets(self) -> frozenset[str]:
        """What the base may do without."""
        return frozenset(entity.source for entity in self.entities if entity.optional)

    @property
    def printed_set(self) -> str:
        """A set of documents that the accounting system prints."""
        return next((entity.source for entity in self.entities if entity.prints), "")

    def by_window(self) -> dict[Family, tuple[Entity, ...]]:
        """The entities that are read again by the clock, by family; no family without any."""
        found = {
            family: tuple(one for one in self.family(family) if self.learns_by(one) == "window")
            for family in get_args(Family)
        }
        return {family: entities for family, entities in found.items() if entities}

    def of_set(self, entity_set: str) -> Entity | None:
        """What a set of the accounting system is here; a register is known by the name of its movements too."""
        for entity in self.entities:
            if entity.source in (entity_set, f"{entity_set}_RecordType"):
                return entity
        return None

    def family(self, family: Family) -> tuple[Entity, ...]:
        return tuple(entity for entity in self.entities if entity.family == family)

    def needs(self) -> Mapping[str, Mapping[str, str]]:
        """What is read of each set or `Register/Function`: {set: {"Поле" or "Часть/Поле": "entity.field"}}."""
        needed: dict[str, dict[str, str]] = {}
        for entity in self.entities:
            own = needed.setdefault(entity.source, {})
            for table, field, paths in entity.paths():
                name = entity.name if table == entity.table.name else table
                own.update(dict.fromkeys(paths, f"{name}.{field}"))
            if entity.totals is not None:
                columns = entity.totals.needs().items()
                needed[f"{entity.totals.register}/Balance"] = {
                    column: f"{entity.name}.{field}" for column, field in columns
                }
        return needed


def sources(settings: HubSettings) -> tuple[Source, ...]:
    return tuple(_source(source) for source in settings.sources)


def _source(settings: SourceSettings) -> Source:
    declared = MAPPINGS.get(settings.mapping)
    if declared is None:
        raise ConfigurationError(
            f"the source {settings.id} asks for the mapping {settings.mapping!r}, which does not exist",
            hint=f"Set mapping to one of: {', '.join(sorted(MAPPINGS))}.",
        )
    known = {entity.source for entity in declared}
    strange = {path for path in settings.fields if path.split(".")[0] not in known}
    if strange:
        raise ConfigurationError(
            f"{settings.id} renames fields of sets that nothing reads: {', '.join(sorted(strange))}",
            hint="Correct [fields] in the source's settings; docs/mappings.md lists the sets.",
        )
    if unknown := settings.changes_of.keys() - {entity.name for entity in declared}:
        raise ConfigurationError(
            f"{settings.id} has changes_of {', '.join(sorted(unknown))}, which nothing reads",
            hint="Correct [changes_of] in the source's settings; docs/mappings.md lists the names.",
        )
    fixed = {entity.name for entity in declared if entity.is_virtual or entity.optional}
    if told := sorted(name for name in fixed if settings.changes_of.get(name) == "exchange"):
        raise ConfigurationError(
            f"{settings.id} wants {', '.join(told)} of the exchange plan, which are read by the clock",
            hint="Take them out of [changes_of]; [cadence] says how often they are read.",
        )
    names = _of_what_is_read(settings, declared)
    here = (entity.renamed(names) for entity in declared)
    return Source(settings, tuple(entity for entity in here if entity.source))


def _of_what_is_read(settings: SourceSettings, declared: Iterable[Entity]) -> dict[str, str]:
    """The names of this installation without those of fields that are only written."""
    read = {
        f"{entity.source}.{path.replace('/', '.')}"
        for entity in declared
        for _, _, paths in entity.paths()
        for path in paths
    }
    only_written = set(outgoing.written(settings.mapping)) - read
    return {path: name for path, name in settings.fields.items() if path not in only_written}
