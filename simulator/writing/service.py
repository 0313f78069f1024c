"""POST, PATCH, PUT and DELETE below the service root: each one transaction, answered when it stands."""

from __future__ import annotations

import uuid

from simulator import keys
from simulator.edm import EMPTY_DATE, ZERO_GUID, EntityType
from simulator.errors import ODataError
from simulator.options import pairs
from simulator.paths import Segment, segments
from simulator.poison import Poison
from simulator.query import Reader
from simulator.reading import Answer, Reading, Request
from simulator.settings import ServerOptions
from simulator.writing import numbers, posting
from simulator.writing.body import body
from simulator.writing.values import Row, Values

_ACTIONS = {"Post": posting.post, "Unpost": posting.unpost}
_PLAIN = "text/plain;charset=utf-8"
_LOAD_MODE = "1c_odata-dataloadmode"


class Writer:
    """What one installation lets its user write. `If-Match` is not looked at: live bases ignore it."""

    def __init__(self, reader: Reader, poison: Poison, settings: ServerOptions) -> None:
        self._base = reader.base
        self._reader = reader
        self._poison = poison
        self._settings = settings
        self._values: dict[str, Values] = {}

    def answer(self, method: str, request: Request) -> Answer:
        head, *rest = segments(request.path) or [Segment("")]
        type_ = self._writable(head, method)
        load_mode = self._load_mode(request)
        self._base.settle()  # indexes must not be undone with a refused write
        if method == "POST" and head.arguments is None and not rest:
            return self._create(type_, request, load_mode)
        if head.arguments is None or (rest and method != "POST"):
            raise _method_not_allowed(method)
        key = keys.key(type_, head)
        ref = str(key["Ref_Key"].value)
        if method == "POST":
            return self._act(type_, ref, rest, request, load_mode)
        if method == "DELETE":
            return self._delete(type_, ref, request)
        return self._change(type_, ref, request, load_mode, whole=method == "PUT")

    def _writable(self, head: Segment, method: str) -> EntityType:
        type_ = self._reader.edm.published(head.name)
        if type_ is None:
            raise ODataError(8, f"Тип сущности {head.name} не найден!")
        if type_.shape == "part":
            raise ODataError(13, "Прямое создание строк табличной части не поддерживается!")
        if type_.shape != "object" or method not in ("POST", "PATCH", "PUT", "DELETE"):
            raise _method_not_allowed(method)
        if self._settings.read_only:
            raise ODataError(20, "Нарушение прав доступа!")
        return type_

    def _load_mode(self, request: Request) -> bool:
        asked = request.headers.get(_LOAD_MODE, "").strip().lower() == "true"
        if asked and not self._settings.load_mode:
            raise ODataError(17, "Режим загрузки данных не поддерживается!")
        return asked

    def _read(self, type_: EntityType, request: Request) -> tuple[dict[str, object], Row]:
        sent = body(request.headers.get("content-type", ""), request.body)
        reader = self._values.setdefault(type_.name, Values(type_, self._reader.edm))
        return sent, reader.read(sent)

    def _create(self, type_: EntityType, request: Request, load_mode: bool) -> Answer:
        row = self._read(type_, request)[1]
        row.pop("Posted", None)  # posting is a function, not a field
        ref = row.get("Ref_Key", ZERO_GUID) if self._settings.chosen_keys else ZERO_GUID
        row["Ref_Key"] = ref = str(uuid.uuid4()) if ref == ZERO_GUID else ref
        with self._base.database.writing():
            if self._base.read(type_.name, ref):
                raise ODataError(15, "Экземпляр сущности с таким ключом уже существует!")
            if "Date" in type_.by_name and row.get("Date", EMPTY_DATE) == EMPTY_DATE:
                row["Date"] = self._base.now().isoformat()
            numbers.give(self._base, type_, row)
            posting.write(self._base, self._settings, type_.name, row, load_mode=load_mode)
            _refuse_on_demand(request)
        shown = self._shown(type_, ref, request)
        location = f"{request.root}/{type_.name}(guid'{ref}')"
        return Answer(201, shown.content_type, shown.chunks, {"Location": location})

    def _change(
        self, type_: EntityType, ref: str, request: Request, load_mode: bool, *, whole: bool
    ) -> Answer:
        sent, given = self._read(type_, request)
        if given.pop("Ref_Key", ref) != ref:
            raise ODataError(9, "Экземпляр сущности не найден!")
        missing = self._values[type_.name].missing(sent) if whole else []
        if missing:
            raise ODataError(5, f"Не указано обязательное свойство {missing[0]}!")
        given.pop("Posted", None)
        given.pop("IsFolder", None)
        with self._base.database.writing():
            row = {**self._found(type_, ref), **given}
            posting.write(self._base, self._settings, type_.name, row, load_mode=load_mode)
            _refuse_on_demand(request)
        return self._shown(type_, ref, request)

    def _delete(self, type_: EntityType, ref: str, request: Request) -> Answer:
        with self._base.database.writing():
            self._found(type_, ref)
            self._base.delete(type_.name, ref)
            _refuse_on_demand(request)
        return Answer(204, _PLAIN, [])

    def _act(
        self, type_: EntityType, ref: str, rest: list[Segment], request: Request, load_mode: bool
    ) -> Answer:
        if len(rest) != 1:
            raise _method_not_allowed("POST")
        action = _ACTIONS.get(rest[0].name)
        if action is None or "Posted" not in type_.by_name:
            raise ODataError(11, f"Метод {rest[0].name} не найден!")
        _check_arguments(rest[0], request)
        with self._base.database.writing():
            row = self._found(type_, ref)
            action(self._base, self._settings, type_.name, row, load_mode=load_mode)
            _refuse_on_demand(request)
        return Answer(200, _PLAIN, [])

    def _found(self, type_: EntityType, ref: str) -> Row:
        row = self._base.read(type_.name, ref)
        if row is None:
            raise ODataError(9, "Экземпляр сущности не найден!")
        return row

    def _shown(self, type_: EntityType, ref: str, request: Request) -> Answer:
        """The whole object, read after the transaction: what fails now undoes nothing."""
        reading = Reading(self._base, self._reader, self._poison, request)
        return reading.answer([Segment(type_.name, f"guid'{ref}'")])


def _method_not_allowed(method: str) -> ODataError:
    return ODataError(19, f"Метод {method} недопустим для данного ресурса!")


def _refuse_on_demand(request: Request) -> None:
    if request.refusal:
        raise ODataError(-1, request.refusal)


def _check_arguments(action: Segment, request: Request) -> None:
    """`PostingModeOperational` may be left out; what is given is a truth value."""
    inside = pairs((action.arguments or "").replace(",", "&"))
    mode = {**request.query, **inside}.get("PostingModeOperational", "false")
    if action.name == "Post" and mode not in ("true", "false"):
        raise ODataError(21, "Неверное значение аргумента PostingModeOperational!")
