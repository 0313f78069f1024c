"""The limits of an incremental pass: `python -m benchmarks.minimal_changes package|scan FILE`, FILE being JSON.

`package` takes what the exchange plan has for the site, writes the documents and movements of it, and confirms.
`scan` reads key and version of every shipping note and compares them with those it knows. Nothing is landed,
no lineage, no lease, no quarantine, no tombstones, nothing configurable.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import msgspec
import psycopg
import requests
from lxml import etree

from benchmarks import minimal
from benchmarks.measuring import measured

ATOM = "{http://www.w3.org/2005/Atom}"
D = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"
M = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"
PLAN = "ExchangePlan_ДляODATA"
KEY = "АналитикаУчетаПоПартнерам_Key"
SETTLEMENTS, DUES = "AccumulationRegister_РасчетыСКлиентами", "AccumulationRegister_РасчетыСКлиентамиПоСрокам"
HEAD_FIELDS = (
    "Ref_Key", "DataVersion", "Number", "Date", "Posted", "DeletionMark", "Организация_Key", "Партнер_Key",
    "Контрагент_Key", "Договор_Key", "Валюта_Key", "СуммаДокумента", "Менеджер_Key",
)  # fmt: skip
LINE_FIELDS = ("LineNumber", "Номенклатура_Key", "Количество", "Упаковка_Key", "Цена", "Сумма", "СуммаНДС")
ENTRY = "recorder text, line_no bigint, at text, settlement_key text, currency text, amount bigint"
DUE = (
    "recorder text, line_no bigint, at text, settlement_key text, currency text, settled text, arose text,"
    " due text, debt bigint, advance bigint"
)
TABLES = {"head": (minimal.HEAD, "id"), "line": (minimal.LINE, "document_id, line_no")}
TABLES |= {"entry": (ENTRY, "recorder, line_no"), "due": (DUE, "recorder, line_no")}
Rows = dict[str, list[tuple[Any, ...]]]


def main() -> None:
    name, given = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    session = requests.Session()
    login = f"{given['user']}:{given['password']}"
    session.headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
    make = {"package": _package, "scan": _scan}[name]
    with closing(_connect(given["database"])) as database:
        cost = measured(make(session, given, database), given.get("server_pid"))
    print(json.dumps(cost.told(cost.result)))


def _connect(url: str) -> Any:
    return psycopg.connect(url) if url.startswith("postgres") else sqlite3.connect(url.partition(":///")[2])


def _package(session: requests.Session, given: dict[str, Any], database: Any) -> Callable[[], Any]:
    for table, (columns, key) in TABLES.items():
        database.execute(f"CREATE TABLE {table} ({columns}, PRIMARY KEY ({key}))")
    database.commit()
    mark = "%s" if given["database"].startswith("postgres") else "?"
    root = given["base"]

    def work() -> Any:
        nodes = session.get(f"{root}/{quote(PLAN)}?$format=json", timeout=300).json()["value"]
        node = next(one for one in nodes if one["Code"] == "002")
        number = max(int(node["SentNo"]), int(node["ReceivedNo"])) + 1
        point = quote(f"'{unquote(root)}/{PLAN}(guid'{node['Ref_Key']}')'", safe="$'(),/:*")
        target = f"DataExchangePoint={point}&MessageNo={number}"
        body = session.post(f"{root}/SelectChanges?{target}", timeout=300).content
        rows, cleared = _read(body)
        with closing(database.cursor()) as cursor:
            _write(cursor, rows, cleared, mark)
        database.commit()
        session.post(f"{root}/NotifyChangesReceived?{target}", timeout=300).raise_for_status()
        return {"requests": 3, "gate": _told(rows)}

    return work


def _read(body: bytes) -> tuple[Rows, list[tuple[str, str]]]:
    """The rows of a package, and the recorders whose record sets it holds, by table."""
    rows: Rows = {name: [] for name in TABLES}
    cleared: list[tuple[str, str]] = []
    for _, entry in etree.iterparse(BytesIO(body), tag=f"{ATOM}entry"):
        kind = entry.find(f"{ATOM}category").get("term").rpartition(".")[2]
        properties = entry.find(f"{ATOM}content/{M}properties")
        if kind.removeprefix("Document_") in minimal.SETS:
            _document(kind.removeprefix("Document_"), properties, rows)
        elif kind in (SETTLEMENTS, DUES):
            table, read = ("entry", _entry) if kind == SETTLEMENTS else ("due", _due)
            recorder = properties.findtext(f"{D}Recorder")
            cleared.append((table, recorder))
            rows[table] += [read(recorder, one) for one in properties.iterfind(f"{D}RecordSet/{D}element")]
        entry.clear()
    return rows, cleared


def _document(kind: str, properties: Any, rows: Rows) -> None:
    id, version, number, dated, posted, deleted, *names, amount, manager = _texts(properties, HEAD_FIELDS)
    flags = (posted == "true", deleted == "true")
    rows["head"].append((id, version, kind, number, dated, *flags, *names, _units(amount), manager))
    for line in properties.iterfind(f"{D}Товары/{D}element"):
        number, item, quantity, unit, price, total, vat = _texts(line, LINE_FIELDS)
        exact = (_units(quantity, 6), unit, _units(price, 6), _units(total), _units(vat))
        rows["line"].append((id, int(number), item, *exact))


def _entry(recorder: str, one: Any) -> tuple[Any, ...]:
    names = ("LineNumber", "Period", KEY, "Валюта_Key", "RecordType", "Сумма")
    number, at, key, currency, kind, amount = _texts(one, names)
    return recorder, int(number), at, key, currency, _signed(kind, amount)


def _due(recorder: str, one: Any) -> tuple[Any, ...]:
    dates = ("ДатаВозникновения", "ДатаПлановогоПогашения")
    names = ("LineNumber", "Period", KEY, "Валюта_Key", "РасчетныйДокумент", *dates)
    number, *told = _texts(one, names)
    kind, debt, advance = _texts(one, ("RecordType", "Долг", "Предоплата"))
    return recorder, int(number), *told, _signed(kind, debt), _signed(kind, advance)


def _texts(element: Any, names: tuple[str, ...]) -> list[str]:
    return [element.findtext(D + name) or "" for name in names]


def _units(text: str, places: int = 2) -> int:
    return int(Decimal(text or "0").scaleb(places))


def _signed(kind: str, text: str) -> int:
    return _units(text) if kind == "Receipt" else -_units(text)


def _write(cursor: Any, rows: Rows, cleared: list[tuple[str, str]], mark: str) -> None:
    for table, recorder in cleared:
        cursor.execute(f"DELETE FROM {table} WHERE recorder = {mark}", (recorder,))
    cursor.executemany(f"DELETE FROM line WHERE document_id = {mark}", [row[:1] for row in rows["head"]])
    for table, (columns, key) in TABLES.items():
        values = f"VALUES ({', '.join([mark] * len(columns.split(', ')))})"
        if rows[table]:
            cursor.executemany(minimal.guarded(table, columns, key, values), rows[table])


def _told(rows: Rows) -> dict[str, list[int]]:
    """How many rows the package has, and what they sum to, by table."""
    amounts = {"head": (12,), "line": (6,), "entry": (5,), "due": (8, 9)}
    return {
        table: [len(rows[table]), *(sum(row[place] for row in rows[table]) for place in places)]
        for table, places in amounts.items()
    }


class _Version(msgspec.Struct, gc=False):
    Ref_Key: str
    DataVersion: str


class _Versions(msgspec.Struct):
    value: list[_Version]


def _scan(session: requests.Session, given: dict[str, Any], database: Any) -> Callable[[], Any]:
    database.execute("CREATE TABLE version (id text PRIMARY KEY, version text)")
    put = f"INSERT INTO version VALUES ({', '.join(['%s' if 'postgres' in given['database'] else '?'] * 2)})"
    with closing(database.cursor()) as cursor:
        cursor.executemany(put, given["known"])
    database.commit()
    decoder = msgspec.json.Decoder(_Versions)

    def work() -> Any:
        with closing(database.cursor()) as cursor:
            cursor.execute("SELECT id, version FROM version")
            known = dict(cursor.fetchall())
        url = f"{given['base']}/Document_{quote(minimal.SETS[2])}?$select=Ref_Key,DataVersion&$format=json"
        told = decoder.decode(session.get(url, timeout=300).content).value
        differing = {one.Ref_Key for one in told if known.pop(one.Ref_Key, None) != one.DataVersion}
        return {"requests": 1, "gate": {"records": len(told), "differing": sorted(differing | known.keys())}}

    return work


if __name__ == "__main__":
    main()
