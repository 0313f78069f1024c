"""Answers to GET requests of one installation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator import keys, virtual_tables
from simulator.base import Base
from simulator.edm import NAMESPACE, Edm, EntityType, View
from simulator.errors import BOM, JSON, XML, ODataError, segment_not_found
from simulator.metadata import metadata
from simulator.options import Options, options, representation
from simulator.paths import Segment, segments
from simulator.presentation import Presenter
from simulator.query import Query, Reader
from simulator.render_json import JsonRenderer
from simulator.selection import Selection, navigations, select
from simulator.settings import ServerOptions
from simulator.slicing import cut, cut_links
from simulator.virtual_tables import VirtualQuery

Row = Mapping[str, Any]


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


class Service:
    def __init__(self, base: Base, settings: ServerOptions) -> None:
        self.base = base
        self.settings = settings
        self.edm = Edm(
            base.configuration, View(settings.hide_sets, dict(settings.rename), settings.drop_fields)
        )
        self.reader = Reader(base, self.edm, settings.hidden_rows, settings.record_set_limit)

    def get(self, request: Request) -> Answer:
        path = segments(request.path)
        if not path:
            return self._service_document(request)
        if path[0] == Segment("$metadata") and len(path) == 1:
            return Answer(200, XML, [metadata(self.edm)])
        return _Get(self, request, path).answer()

    def sets(self) -> Iterator[str]:
        return (name for name in sorted(self.edm.types) if self.edm.published(name))

    def _service_document(self, request: Request) -> Answer:
        items = ",\n".join(f'{{\n"name": "{n}",\n"url": "{n}"\n}}' for n in self.sets())
        text = f'{{\n"odata.metadata": "{request.root}",\n"value": [\n{items}\n]\n}}'
        return Answer(200, JSON, [text])


class _Get:
    """One request below the service root."""

    def __init__(self, service: Service, request: Request, path: list[Segment]) -> None:
        self._service = service
        self._edm = service.edm
        self._request = request
        self._path = path
        self._options: Options = options(request.query)
        self._form, level = representation(request.query, request.accept)
        self._lookup = service.reader.lookup()
        presenter = Presenter(service.base)
        self._json = JsonRenderer(request.root, level, self._lookup, presenter)

    def answer(self) -> Answer:
        head, *rest = self._path
        type_ = self._edm.published(head.name)
        if type_ is None:
            raise ODataError(8, f"Тип сущности {head.name} не найден!")
        if head.arguments is not None:
            return self._entity(type_, head, rest)
        reader = self._service.reader
        counted = rest[-1:] == [Segment("$count")]
        called = rest[:-1] if counted else rest
        if len(called) > 1:
            raise segment_not_found(called[1].name)
        query: Query | VirtualQuery
        if called:
            zone = self._service.settings.time_zone
            query = virtual_tables.call(reader, type_, called[0], self._options, zone)
        else:
            query = reader.query(type_, self._options)
        if counted:
            return Answer(200, "text/plain;charset=utf-8", [BOM, str(query.count())])
        return self._collection(query)

    def _collection(self, query: Query | VirtualQuery) -> Answer:
        type_ = query.type
        selection = select(self._edm, type_, self._options.select, self._options.expand)
        count = query.count() if self._options.count else None
        fragment = f"Collection({NAMESPACE}.{type_.name})" if type_.shape == "virtual" else type_.name
        change = self._text_change(type_, selection) if isinstance(query, Query) else None
        entities: Iterator[str]
        if isinstance(query, Query) and change is not None:
            entities = self._json.from_texts(map(change, query.texts()))
        else:
            entities = (self._json.entity(selection, row) for row in query.rows())
        return Answer(200, JSON, self._json.collection(fragment, count, entities))

    def _text_change(
        self, type_: EntityType, selection: Selection
    ) -> Callable[[tuple[str, str]], tuple[str, str]] | None:
        """How to make the answer out of stored text, if it can be made without decoding."""
        served = self._service.reader.served(type_)
        if selection.expanded or selection.presentations or selection.own_presentation:
            return None
        if self._json.level == "fullmetadata" or served.retyped:
            return None
        if type_.shape == "part" and selection.links and self._json.level != "nometadata":
            return None
        stored = served.stored
        body = cut(stored.properties, selection.properties)
        all_links = navigations(self._service.base.edm, stored)
        shown = {p.navigation: p for p in stored.properties if p.navigation in all_links}
        renamed = {p.source: p.navigation for p in type_.properties}
        links = {
            name: renamed[one.name]
            for name, one in shown.items()
            if renamed.get(one.name, "") in selection.links
        }
        cut_link = cut_links(links, len(all_links))
        return lambda text: (body(text[0]), cut_link(text[1]))

    def _entity(self, type_: EntityType, head: Segment, rest: list[Segment]) -> Answer:
        given = keys.key(type_, head)
        narrowed = Options(filter=None)
        query = self._service.reader.query(type_, narrowed, keys.condition(type_, given))
        row = next((r for r in query.rows() if keys.matches(given, r)), None)
        if row is None:
            raise ODataError(9, "Экземпляр сущности не найден!")
        return self._below(type_, row, rest) if rest else self._element(type_, row)

    def _element(self, type_: EntityType, row: Row) -> Answer:
        selection = select(self._edm, type_, self._options.select, None)
        return Answer(200, JSON, [self._json.element(selection, row)])

    def _below(self, type_: EntityType, row: Row, rest: list[Segment]) -> Answer:
        """A reference, a tabular part or a single property of an entity."""
        name = rest[0].name
        reference = type_.by_navigation.get(name)
        if len(rest) > 1 or rest[0].arguments is not None:
            raise segment_not_found(rest[-1].name)
        if reference is not None and self._edm.linked(reference):
            kind = row.get(f"{name}_Type", f"{NAMESPACE}.{reference.targets[0]}")
            target = self._edm.published(str(kind).removeprefix(f"{NAMESPACE}."))
            found = self._lookup(target, row[reference.name]) if target else None
            if target is None or found is None:
                raise ODataError(9, "Экземпляр сущности не найден!")
            return self._element(target, found)
        raise segment_not_found(name)
