"""One GET below the service root: sets, functions, single entities and what hangs below them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator import keys, virtual_tables
from simulator.base import Base
from simulator.edm import EDM_TYPES, NAMESPACE, EntityType, Property
from simulator.errors import BOM, JSON, XML, ODataError, segment_not_found
from simulator.options import Options, options, representation
from simulator.paths import Segment
from simulator.poison import Poison, cut_off
from simulator.presentation import Presenter
from simulator.query import Query, Reader, Text
from simulator.render_atom import AtomRenderer
from simulator.render_json import JsonRenderer
from simulator.selection import Selection, navigations, select
from simulator.slicing import cut, cut_links
from simulator.virtual_tables import VirtualQuery

Row = Mapping[str, Any]
FEED = "application/atom+xml;type=feed;charset=utf-8"
_ENTRY = "application/atom+xml;type=entry;charset=utf-8"
_PLAIN = "text/plain;charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content_type: str
    chunks: Iterable[str | bytes]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    path: str  # decoded, below the service root
    query: Mapping[str, str]
    accept: str
    root: str
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""
    refusal: str = ""  # what a write handler is to say, for tests


class Reading:
    def __init__(self, base: Base, reader: Reader, poison: Poison, request: Request) -> None:
        self._base = base
        self._reader = reader
        self._poison = poison
        self._edm = reader.edm
        self._options = options(request.query)
        self._form, level = representation(request.query, request.accept)
        self._lookup = reader.lookup()
        presenter = Presenter(base)
        self._json = JsonRenderer(request.root, level, self._lookup, presenter)
        self._atom = AtomRenderer(request.root, base.now().isoformat(), self._lookup, presenter)

    def answer(self, path: list[Segment]) -> Answer:
        head, *rest = path
        type_ = self._edm.published(head.name)
        if type_ is None:
            raise ODataError(8, f"Тип сущности {head.name} не найден!")
        if head.arguments is not None:
            return self._entity(type_, head, rest)
        counted = rest[-1:] == [Segment("$count")]
        called = rest[:-1] if counted else rest
        if len(called) > 1:
            raise segment_not_found(called[1].name)
        query: Query | VirtualQuery
        if called:
            query = virtual_tables.call(self._reader, type_, called[0], self._options)
        else:
            query = self._reader.query(type_, self._options)
        if counted:
            return Answer(200, _PLAIN, [BOM, str(query.count())])
        return self._collection(query, called[0].name if called else "")

    def _collection(self, query: Query | VirtualQuery, function: str) -> Answer:
        type_ = query.type
        selection = select(self._edm, type_, self._options.select, self._options.expand)
        count = query.count() if self._options.count else None
        if isinstance(query, Query):
            query.refuse_large_answer()
            if self._poison.reaches(self._base, type_):
                return self._poisoned(query, selection, count)
        if self._form == "atom":
            if type_.shape == "virtual":
                return Answer(200, XML, self._atom.rows(function, selection, query.rows(), count))
            return Answer(200, FEED, self._atom.feed(selection, query.rows(), count))
        fragment = f"Collection({NAMESPACE}.{type_.name})" if type_.shape == "virtual" else type_.name
        change = self._text_change(type_, selection) if isinstance(query, Query) else None
        entities: Iterator[str]
        if isinstance(query, Query) and change is not None:
            entities = self._json.from_texts(map(change, query.texts()))
        else:
            entities = (self._json.entity(selection, row) for row in query.rows())
        return Answer(200, JSON, self._json.collection(fragment, count, entities))

    def _poisoned(self, query: Query, selection: Selection, count: int | None) -> Answer:
        """A set with bad records in it, made whole before anything is sent."""
        shown = [self._poison.shown(selection, row) for row in query.rows()]
        atom = self._form == "atom"
        entity = self._atom.entry if atom else self._json.entity
        made = [(entity(selection, row), broken) for row, broken in shown]
        entities = [cut_off(text) if broken else text for text, broken in made]
        if atom:
            return Answer(200, FEED, ["".join(self._atom.package(entities, count))])
        return Answer(200, JSON, ["".join(self._json.collection(selection.type.name, count, entities))])

    def _text_change(self, type_: EntityType, selection: Selection) -> Callable[[Text], Text] | None:
        """How to make the answer out of stored text, if it can be made without decoding."""
        served = self._reader.served(type_)
        if selection.expanded or selection.presentations or selection.own_presentation:
            return None
        if self._json.level == "fullmetadata" or served.retyped:
            return None
        if type_.shape == "part" and selection.links and self._json.level != "nometadata":
            return None
        stored = served.stored
        body = cut(stored.properties, selection.properties)
        all_links = navigations(self._base.edm, stored)
        shown = {p.source: p.navigation for p in type_.properties}
        links = {
            name: shown[one.name]
            for name, one in stored.by_navigation.items()
            if name in all_links and shown.get(one.name, "") in selection.links
        }
        cut_link = cut_links(links, len(all_links))
        return lambda text: (body(text[0]), cut_link(text[1]))

    def _entity(self, type_: EntityType, head: Segment, rest: list[Segment]) -> Answer:
        given = keys.key(type_, head)
        query = self._reader.query(type_, Options(), keys.condition(type_, given))
        row = next((r for r in query.rows() if keys.matches(given, r)), None)
        if row is None:
            raise ODataError(9, "Экземпляр сущности не найден!")
        if rest:
            self._poison.shown(select(self._edm, type_, None, None), row)
        return self._below(type_, row, rest) if rest else self._element(type_, row)

    def _element(self, type_: EntityType, row: Row) -> Answer:
        selection = select(self._edm, type_, self._options.select, None)
        shown, broken = self._poison.shown(selection, row)
        atom = self._form == "atom"
        text = self._atom.element(selection, shown) if atom else self._json.element(selection, shown)
        return Answer(200, _ENTRY if atom else JSON, [cut_off(text) if broken else text])

    def _below(self, type_: EntityType, row: Row, rest: list[Segment]) -> Answer:
        """A reference, a tabular part or a single property of an entity."""
        name = rest[0].name
        if len(rest) > 1 or rest[0].arguments is not None:
            raise segment_not_found(rest[-1].name)
        reference = type_.by_navigation.get(name)
        if reference is not None and self._edm.linked(reference):
            return self._referred(reference, row)
        one = type_.by_name.get(name)
        if one is None:
            raise segment_not_found(name)
        return self._part(type_, one, row) if one.kind == "part" else self._value(one, row)

    def _referred(self, reference: Property, row: Row) -> Answer:
        kind = row.get(f"{reference.navigation}_Type", f"{NAMESPACE}.{reference.targets[0]}")
        target = self._edm.published(str(kind).removeprefix(f"{NAMESPACE}."))
        found = self._lookup(target, row[reference.name]) if target else None
        if target is None or found is None:
            raise ODataError(9, "Экземпляр сущности не найден!")
        return self._element(target, found)

    def _part(self, type_: EntityType, one: Property, row: Row) -> Answer:
        target = (
            self._edm.types.get(f"{type_.name}_{one.name}") or self._edm.types[f"{type_.name}_RecordType"]
        )
        selection = select(self._edm, target, self._options.select, None)
        if self._form == "atom":
            return Answer(200, FEED, self._atom.feed(selection, row[one.name], None))
        entities = (self._json.entity(selection, each) for each in row[one.name])
        return Answer(200, JSON, self._json.collection(target.name, None, entities))

    def _value(self, one: Property, row: Row) -> Answer:
        if self._form == "atom":
            return Answer(200, XML, [self._atom.value(one, row[one.name])])
        return Answer(200, JSON, [self._json.value(one, EDM_TYPES[one.kind], row[one.name])])
