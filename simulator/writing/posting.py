"""Writing through the object's module, posting and unposting, whoever asks for it: a client or a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.base import Base
from simulator.company.firm import INVOICE, ORDER
from simulator.errors import ODataError
from simulator.settings import ServerOptions
from simulator.writing import orders
from simulator.writing.catalogs import COUNTERPARTY, unique_tax_ids

Row = dict[str, Any]
Handler = Callable[[Base, ServerOptions, Row], None]
_BEFORE_WRITE: Mapping[str, Handler] = {ORDER: orders.before_write, COUNTERPARTY: unique_tax_ids}
_POSTED = (ORDER, INVOICE)  # an invoice moves nothing


def write(base: Base, options: ServerOptions, kind: str, row: Row, *, load_mode: bool = False) -> None:
    """In load mode the object's module is not asked."""
    if row.get("Posted") and row.get("DeletionMark"):
        raise ODataError(-1, "Проведенный документ не может быть помечен на удаление!")
    handler = _BEFORE_WRITE.get(kind)
    if handler and not load_mode:
        handler(base, options, row)
    base.write(kind, [row])


def post(base: Base, options: ServerOptions, kind: str, row: Row, *, load_mode: bool = False) -> None:
    """Write the document as posted with its movements in place of earlier ones; none in load mode."""
    _refuse_unknown(kind)
    if row["DeletionMark"]:
        raise ODataError(-1, "Помеченный на удаление документ не может быть проведен!")
    row = {**row, "Posted": True}
    write(base, options, kind, row, load_mode=load_mode)
    if kind == ORDER:
        row = _whole(base, kind, row)
        moved = {} if load_mode else orders.post(base, options, row)
        base.write(kind, [row])
        _move(base, kind, row["Ref_Key"], moved)


def unpost(base: Base, options: ServerOptions, kind: str, row: Row, *, load_mode: bool = False) -> None:
    _refuse_unknown(kind)
    if kind == ORDER and not load_mode:
        orders.before_unpost(base, row)
    write(base, options, kind, {**row, "Posted": False}, load_mode=load_mode)
    if kind == ORDER:
        _move(base, kind, row["Ref_Key"], {})


def _refuse_unknown(kind: str) -> None:
    if kind not in _POSTED:
        raise ODataError(-1, f"Проведение документов вида {kind} симулятор не умеет")


def _whole(base: Base, kind: str, row: Row) -> Row:
    """As it was just written: with every property, the empty ones too."""
    found = base.read(kind, row["Ref_Key"])
    return row if found is None else found


def _move(base: Base, kind: str, ref: str, movements: orders.Movements) -> None:
    for register in orders.REGISTERS:
        records = movements.get(register, [])
        if records or base.records(register, ref):
            base.write_records(register, ref, kind, records)
