"""Write handlers of catalogues."""

from __future__ import annotations

from typing import Any

from simulator.base import Base
from simulator.codec import quoted
from simulator.errors import ODataError
from simulator.settings import ServerOptions
from simulator.tables import name

COUNTERPARTY = "Catalog_Контрагенты"


def unique_tax_ids(base: Base, options: ServerOptions, row: dict[str, Any]) -> None:
    """Where the books want it, no second counterparty has the same tax numbers."""
    inn, kpp = row.get("ИНН") or "", row.get("КПП") or ""
    if not options.unique_tax_ids or not inn or row.get("DeletionMark"):
        return
    query = f"SELECT ref FROM {name(COUNTERPARTY)} WHERE ref <> ? AND instr(body, ?) ORDER BY id"
    for (ref,) in base.database.connection.execute(
        query, (row["Ref_Key"], f'"ИНН": {quoted(inn)}')
    ).fetchall():
        twin = base.read(COUNTERPARTY, ref)
        if twin and not twin["DeletionMark"] and twin["КПП"] == kpp:
            raise ODataError(
                -1,
                "{Справочник.Контрагенты.МодульОбъекта(87)}: Контрагент с ИНН "
                f'{inn} и КПП {kpp or "(нет)"} уже есть в базе: "{twin["Description"]}"',
            )
