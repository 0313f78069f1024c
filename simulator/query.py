"""One request for an entity set: its rows as stored text, or decoded where text is not enough."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby, islice
from typing import Any

from simulator.base import Base
from simulator.codec import decode
from simulator.edm import Edm, EntityType, Property
from simulator.errors import ODataError, QueryFailed
from simulator.filter_eval import Scope
from simulator.filter_parser import parse
from simulator.filter_terms import Row
from simulator.options import Options
from simulator.ordering import arrange, check, is_path, parse_order
from simulator.pushdown import ALWAYS, Condition, push
from simulator.relations import Relation, SortKeys, relation
from simulator.settings import ServerOptions
from simulator.slicing import cut
from simulator.tables import literal

Text = tuple[str, str]  # an entity's properties, and its navigation links
_CHUNK = 500


class Reader:
    """Reads a base as one installation shows it."""

    def __init__(self, base: Base, edm: Edm, settings: ServerOptions) -> None:
        self.base = base
        self.edm = edm
        self.hidden_rows = settings.hidden_rows
        self.record_set_limit = settings.record_set_limit
        self.answer_rows_limit = settings.answer_rows_limit
        self._served = {t: _Served(base.edm, edm, t) for t in edm.types}

    def served(self, type_: EntityType) -> _Served:
        return self._served[type_.name]

    def lookup(self) -> Callable[[EntityType, str], Row | None]:
        """Objects by reference, each read once a request."""

        @lru_cache(maxsize=50_000)
        def find(name: str, ref: str) -> Row | None:
            table = self.base.objects[name]
            self.base.settle(table)
            found = self.base.database.connection.execute(
                f"SELECT body FROM {table.table} WHERE ref = ?", (ref,)
            ).fetchone()
            return self._served[name].decode(found[0]) if found else None

        return lambda type_, ref: find(type_.name, ref) if ref else None

    def query(self, type_: EntityType, options: Options, key: Condition = ALWAYS) -> Query:
        return Query(self, type_, options, key)


class _Served:
    """From a type as it is stored to the same type as it is shown."""

    def __init__(self, stored: Edm, edm: Edm, name: str) -> None:
        self.stored = stored.types[name]
        self.type = edm.types[name]
        self._edm = edm
        hidden = edm.hidden - stored.hidden
        self._types = {stored.type_name(h): edm.type_name(h) for h in hidden}
        self.retyped = any(set(p.targets) & hidden for p in _all_properties(self.type.properties))
        self.unchanged = self.type.properties == self.stored.properties and not self.retyped
        self.cut = cut(self.stored.properties, self.type.properties)

    def decode(self, body: str) -> dict[str, Any]:
        values = decode("{" + body + "}", self.stored.properties)
        return values if self.unchanged else self._shown(values, self.type.properties)

    def _shown(self, values: Mapping[str, Any], properties: Sequence[Property]) -> dict[str, Any]:
        shown = {}
        for one in properties:
            value = values[one.source]
            if one.kind == "part":
                value = [self._shown(row, one.rows) for row in value]
            elif one.kind == "type":
                value = self._types.get(value, value)
            shown[one.name] = value
        return shown


def _all_properties(properties: Sequence[Property]) -> Iterator[Property]:
    for one in properties:
        yield one
        yield from _all_properties(one.rows)


class Query:
    def __init__(self, reader: Reader, type_: EntityType, options: Options, key: Condition) -> None:
        self._reader = reader
        self._connection: sqlite3.Connection = reader.base.database.connection
        self.type = type_
        self.options = options
        self._relation: Relation = relation(reader.base, type_)
        self._served = reader.served(type_)
        self._predicate: Callable[[Row], bool] | None = None
        self._condition = self._filtered(key)
        ordered = type_.shape != "record_set"  # register sets ignore $orderby without a word
        self._order = parse_order(options.orderby) if ordered else ()
        check(self._order, self._scope)
        self._refuse_large_sets()
        self._respect_rights()

    def _filtered(self, key: Condition) -> Condition:
        if self.options.filter is None:
            return key
        tree = parse(self.options.filter)
        predicate = self._scope.compile(tree)
        pushed = push(tree, self._relation, self._reader.edm)
        if not pushed.exact:
            self._predicate = predicate
        return Condition(f"{key.sql} AND {pushed.sql}", key.parameters + pushed.parameters, pushed.exact)

    @property
    def _scope(self) -> Scope:
        return Scope(self._reader.edm, self.type, self.type.properties, self._reader.lookup())

    def _refuse_large_sets(self) -> None:
        if self.type.shape == "record_set" and self.options.filter is None and self._condition is ALWAYS:
            sets = f"SELECT count(DISTINCT {self._relation.key}) FROM {self._relation.table}"
            if self._connection.execute(sets).fetchone()[0] > self._reader.record_set_limit:
                raise QueryFailed("Недостаточно памяти для получения результата запроса к базе данных")

    def _respect_rights(self) -> None:
        """A hidden row is left out when only allowed ones are asked for; otherwise it is a refusal."""
        hidden = self._reader.hidden_rows
        if not hidden or self._relation.key != "ref":
            return
        refs = ", ".join(map(literal, sorted(hidden)))
        before = self._condition
        if self.options.allowed_only:
            self._condition = Condition(
                f"{before.sql} AND ref NOT IN ({refs})", before.parameters, before.exact
            )
            return
        self._condition = replace(before, sql=f"{before.sql} AND ref IN ({refs})")
        if next(self._accepted(), None) is not None:
            raise ODataError(20, "Недостаточно прав для чтения данных!")
        self._condition = before

    def count(self) -> int:
        """How many rows the filter accepts, whatever `$top` and `$skip` say."""
        if self._predicate or self.type.shape == "part":
            return sum(1 for _ in self._accepted())
        what = f"DISTINCT {self._relation.key}" if self.type.shape == "record_set" else "*"
        query = f"SELECT count({what}) FROM {self._relation.table} WHERE {self._condition.sql}"
        return int(self._connection.execute(query, self._condition.parameters).fetchone()[0])

    def refuse_large_answer(self) -> None:
        limit, top = self._reader.answer_rows_limit, self.options.top
        if limit is None or (top is not None and top <= limit):
            return
        rows = max(0, self.count() - self.options.skip)
        if (rows if top is None else min(rows, top)) > limit:
            raise QueryFailed("Недостаточно памяти для получения результата запроса к базе данных")

    def rows(self) -> Iterator[dict[str, Any]]:
        return (self._served.decode(body) for body, _ in self.texts())

    def identified(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Rows with the base's own numbers of them."""
        source = self._relation
        query = f"SELECT id, {source.body} FROM {source.table} WHERE {self._condition.sql}"
        found = _many(self._connection.execute(query, self._condition.parameters))
        return ((identity, self._served.decode(body)) for identity, body in found)

    def texts(self) -> Iterator[Text]:
        top, skip = self.options.top, self.options.skip
        if top == 0:
            return iter(())
        if self._predicate or self.type.shape == "part":
            return islice(self._accepted(), skip, None if top is None else skip + top)
        return self._fetch(-1 if top is None else top, skip)

    def _accepted(self) -> Iterator[Text]:
        if self.type.shape == "part":
            return self._part_rows()
        texts = self._fetch(-1, 0)
        predicate, decode_ = self._predicate, self._served.decode
        return (t for t in texts if predicate(decode_(t[0]))) if predicate else texts

    def _fetch(self, top: int, skip: int) -> Iterator[Text]:
        if self.type.shape == "record_set":
            return self._record_sets(top, skip)
        source = self._relation
        where, parameters = self._condition.sql, self._condition.parameters
        if self._order:
            return self._in_order(top, skip)
        query = f"SELECT {source.body}, {source.links} FROM {source.table} WHERE {where} LIMIT ? OFFSET ?"
        return _many(self._connection.execute(query, (*parameters, top, skip)))

    def _in_order(self, top: int, skip: int) -> Iterator[Text]:
        source = self._relation
        ids = self._sorted_ids(top, skip)
        for start in range(0, len(ids), _CHUNK):
            some = ids[start : start + _CHUNK]
            marks = ", ".join("?" * len(some))
            fetch = f"SELECT id, {source.body}, {source.links} FROM {source.table} WHERE id IN ({marks})"
            found = {row[0]: (row[1], row[2]) for row in self._connection.execute(fetch, some)}
            yield from (found[one] for one in some if one in found)

    def _sorted_ids(self, top: int, skip: int) -> list[int]:
        """Equal keys come in another order each time, as they may from any database."""
        if not all(is_path(expression) for expression, _ in self._order):
            rows = arrange(self.identified(), self._order, self._scope, lambda one: one[1])
            return [identity for identity, _ in rows[skip : None if top < 0 else skip + top]]
        keys = SortKeys(self._reader.base, self._reader.edm)
        by = ", ".join(f"{keys.of(self._relation, p)}{' DESC' if down else ''}" for p, down in self._order)
        chosen = f"SELECT id FROM {self._relation.table} WHERE {self._condition.sql}"
        query = f"{chosen} ORDER BY {by}, random() LIMIT ? OFFSET ?"
        return [row[0] for row in self._connection.execute(query, (*self._condition.parameters, top, skip))]

    def _record_sets(self, top: int, skip: int) -> Iterator[Text]:
        source = self._relation
        several = len(self._served.stored.properties) == 3
        who = '"Recorder", "Recorder_Type"' if several else f"{source.key}, ''"
        chosen = (
            f"SELECT {source.key} FROM {source.table} WHERE {self._condition.sql}"
            f" GROUP BY {source.key} ORDER BY min(id) LIMIT ? OFFSET ?"
        )
        query = (
            f"SELECT {who}, {source.body} FROM {source.table} WHERE {source.key} IN ({chosen}) ORDER BY id"
        )
        rows = _many(self._connection.execute(query, (*self._condition.parameters, top, skip)))
        for (recorder, type_), records in groupby(rows, key=lambda row: row[:2]):
            lines = ",\n".join("{\n" + row[2] + "\n}" for row in records)
            who_lines = f'"Recorder": "{recorder}",\n"Recorder_Type": "{type_}"'
            head = who_lines if several else f'"Recorder_Key": "{recorder}"'
            yield f'{head},\n"RecordSet": [\n{lines}\n]', ""

    def _part_rows(self) -> Iterator[Text]:
        """Rows of a tabular part, cut out of their objects."""
        owner = self._reader.base.edm.types[self.type.owner]
        part = next(p for p in owner.parts if f"{owner.name}_{p.name}" == self._relation.stored.name)
        only = cut(owner.properties, (part,))
        query = f"SELECT body, shown FROM {self._relation.table} WHERE {self._condition.sql}"
        objects = _many(self._connection.execute(query, self._condition.parameters))
        prefix = len(f'"{part.name}": ')
        rows = (
            (row, shown)
            for body, shown in objects
            if (text := only(body)[prefix:]) != "[]"
            for row in text[4:-4].split("\n},\n{\n")
        )
        predicate, decode_ = self._predicate, self._served.decode
        kept = (pair for pair in rows if not predicate or predicate(decode_(pair[0])))
        return self._sorted_parts(kept) if self._order else ((row, "") for row, _ in kept)

    def _sorted_parts(self, rows: Iterator[tuple[str, str]]) -> Iterator[Text]:
        """By `Ref_Key` the object's presentation decides, then its guid, so that its rows stay together."""
        found = ((self._served.decode(row), shown, row) for row, shown in rows)
        order = arrange(
            found, self._order, self._scope, lambda one: one[0], lambda one: (one[1], one[0]["Ref_Key"])
        )
        return ((row, "") for _, _, row in order)


def _many(cursor: sqlite3.Cursor) -> Iterator[Any]:
    while rows := cursor.fetchmany(_CHUNK):
        yield from rows
