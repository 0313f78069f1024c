"""Answers of one installation: what is read, what is written, and the two functions of exchange plans."""

from __future__ import annotations

from collections.abc import Iterator

from simulator import render_atom
from simulator.base import Base
from simulator.edm import Edm, View
from simulator.errors import JSON, XML, ODataError
from simulator.metadata import metadata
from simulator.options import representation
from simulator.packages import FUNCTIONS, Exchange
from simulator.paths import Segment, segments
from simulator.poison import Poison
from simulator.query import Reader
from simulator.reading import Answer, Reading, Request
from simulator.settings import ServerOptions
from simulator.writing.service import Writer


class Service:
    def __init__(self, base: Base, settings: ServerOptions) -> None:
        self.base = base
        self.settings = settings
        self.edm = Edm(
            base.configuration, View(settings.hide_sets, dict(settings.rename), settings.drop_fields)
        )
        self.reader = Reader(base, self.edm, settings)
        self.poison = Poison(settings.poison)
        self.exchange = Exchange(self.reader, self.poison, settings)
        self.writer = Writer(self.reader, self.poison, settings)

    def answer(self, method: str, request: Request) -> Answer:
        if request.path not in FUNCTIONS:
            return self._get(request) if method == "GET" else self.writer.answer(method, request)
        if method != "POST":
            raise ODataError(19, f"Метод {method} недопустим для данного ресурса!")
        return self.exchange.call(request.path, request)

    def _get(self, request: Request) -> Answer:
        path = segments(request.path)
        if not path:
            return self._service_document(request)
        if path[0] == Segment("$metadata") and len(path) == 1:
            return Answer(200, XML, [metadata(self.edm)])
        reading = Reading(self.base, self.reader, self.poison, request)
        return reading.answer(path)

    def sets(self) -> Iterator[str]:
        return (name for name in sorted(self.edm.types) if self.edm.published(name))

    def _service_document(self, request: Request) -> Answer:
        form, _ = representation(request.query, request.accept)
        if form == "atom":
            text = render_atom.service_document(request.root, self.sets())
            return Answer(200, "application/atomsvc+xml;charset=utf-8", text)
        items = ",\n".join(f'{{\n"name": "{n}",\n"url": "{n}"\n}}' for n in self.sets())
        return Answer(200, JSON, [f'{{\n"odata.metadata": "{request.root}",\n"value": [\n{items}\n]\n}}'])
