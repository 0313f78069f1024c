"""`SelectChanges` and `NotifyChangesReceived`: an exchange plan's packages, always in Atom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, NamedTuple

from simulator.edm import EntityType
from simulator.errors import XML, ODataError, QueryFailed
from simulator.exchange import Change
from simulator.options import Options
from simulator.poison import Poison, cut_off
from simulator.presentation import Presenter
from simulator.pushdown import Condition
from simulator.query import Query, Reader
from simulator.reading import FEED, Answer, Request
from simulator.render_atom import AtomRenderer
from simulator.selection import select
from simulator.settings import ServerOptions
from simulator.tables import name

FUNCTIONS = ("SelectChanges", "NotifyChangesReceived")
_NODE = re.compile(r"'(?:(?P<root>[^']*)/)?(?P<set>\w+)\(guid'{1,2}(?P<ref>[0-9a-fA-F-]{36})'{1,2}\)'")
_CHUNK = 500


class _Node(NamedTuple):
    entity: dict[str, Any]
    message_no: int


class Exchange:
    def __init__(self, reader: Reader, poison: Poison, settings: ServerOptions) -> None:
        self._reader = reader
        self._poison = poison
        self._base = reader.base
        self._settings = settings

    def call(self, function: str, request: Request) -> Answer:
        if function == "NotifyChangesReceived":
            self._confirm(request)
            return Answer(200, XML, [])
        with self._base.database.writing():
            node = self._node(function, request)
            changes = self._base.exchange.stamp(node.entity["Ref_Key"], node.message_no)
            self._write(node, "SentNo")
        return self._package(changes, request)

    def _package(self, changes: Sequence[Change], request: Request) -> Answer:
        """Built in memory as a whole; whatever becomes of it, it is stamped."""
        shown = [one for one in changes if self._reader.edm.published(one.entity_set)]
        limit = self._settings.package_limit
        if limit is not None and len(shown) > limit:
            raise QueryFailed("Недостаточно памяти для формирования пакета изменений")
        now = self._base.now().isoformat()
        atom = AtomRenderer(request.root, now, self._reader.lookup(), Presenter(self._base))
        return Answer(200, FEED, ["".join(atom.package(self._entries(atom, shown)))])

    def _confirm(self, request: Request) -> None:
        with self._base.database.writing():
            node = self._node("NotifyChangesReceived", request)
            self._base.exchange.confirm(node.entity["Ref_Key"], node.message_no)
            self._write(node, "ReceivedNo")

    def _write(self, node: _Node, number: str) -> None:
        assert self._base.exchange.plan is not None
        self._base.write(self._base.exchange.plan.entity_set, [{**node.entity, number: node.message_no}])

    def _entries(self, atom: AtomRenderer, changes: Sequence[Change]) -> Iterator[str]:
        order = {entity_set: place for place, entity_set in enumerate(self._reader.edm.types)}
        by_set = sorted(changes, key=lambda one: (order[one.entity_set], one.ref))
        for entity_set, group in groupby(by_set, key=lambda one: one.entity_set):
            type_ = self._reader.edm.types[entity_set]
            selection = select(self._reader.edm, type_, None, None)
            while some := list(islice(group, _CHUNK)):
                for row in self._rows(type_, some):
                    shown, broken = self._poison.shown(selection, row)
                    entry = atom.entry(selection, shown)
                    yield cut_off(entry) if broken else entry
                if self._settings.report_deletions and type_.shape == "object":
                    for one in some:
                        if one.deleted:
                            yield atom.tombstone(type_, {type_.key[0]: one.ref})

    def _rows(self, type_: EntityType, changes: Sequence[Change]) -> Iterator[Mapping[str, Any]]:
        """What is there of the changed objects; a record set that is empty now is a row of its own."""
        refs = tuple(one.ref for one in changes)
        column = "ref" if type_.shape == "object" else name(self._base.registers[type_.name].recorder)
        marks = ", ".join("?" * len(refs))
        condition = Condition(f"{column} IN ({marks})", refs, exact=True)
        found = list(Query(self._reader, type_, Options(), condition).rows())
        yield from found
        if type_.shape == "record_set":
            full = {row[type_.key[0]] for row in found}
            tell = self._settings.report_deletions
            yield from (
                self._cleared(type_, one)
                for one in changes
                if one.ref not in full and (tell or not one.deleted)
            )

    def _cleared(self, type_: EntityType, change: Change) -> Mapping[str, Any]:
        who: dict[str, Any] = {type_.key[0]: change.ref}
        if len(type_.key) > 1:
            who[type_.key[1]] = self._reader.edm.type_name(change.recorder_set)
        return {**who, **{one.name: [] for one in type_.parts}}

    def _node(self, function: str, request: Request) -> _Node:
        query = request.query
        for argument in ("DataExchangePoint", "MessageNo"):
            if not query.get(argument):
                raise ODataError(12, f"Не указан обязательный аргумент {argument} метода {function}!")
        address = _NODE.fullmatch(query["DataExchangePoint"])
        if address is None or not re.fullmatch(r"[0-9]{1,18}", query["MessageNo"]):
            raise ODataError(21, f"Неверное количество или тип аргументов функции {function}")
        plan = self._base.exchange.plan
        if plan is None or address["set"] != plan.entity_set or address["root"] not in (None, request.root):
            raise ODataError(6, f"Сегмент пути {address['set']} не найден!")
        entity = self._base.read(plan.entity_set, address["ref"].lower())
        if entity is None:
            raise ODataError(9, "Экземпляр сущности не найден!")
        if entity["Code"] == plan.own_code:
            raise QueryFailed("Узел плана обмена соответствует этой информационной базе")
        number = int(query["MessageNo"])
        if number <= entity["ReceivedNo"]:
            raise ODataError(
                21, f"Номер сообщения {number} меньше или равен номеру ранее принятого сообщения"
            )
        return _Node(entity, number)
