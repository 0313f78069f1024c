"""The limit: a hand-written loader that does only what cannot be left out.

Month by month it fetches the eight kinds of documents, decodes the mapped fields straight into typed
structs, and upserts heads and lines: executemany on SQLite, COPY into a staging table on PostgreSQL.
No landing, no lineage, no comparison, no rejects, nothing configurable.
"""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import quote

import msgspec
import psycopg
import requests

SETS = (
    "ЗаказКлиента",
    "СчетНаОплатуКлиенту",
    "РеализацияТоваровУслуг",
    "ВозвратТоваровОтКлиента",
    "СчетФактураВыданный",
    "ПоступлениеБезналичныхДенежныхСредств",
    "ПриходныйКассовыйОрдер",
    "ВзаимозачетЗадолженности",
)
HEAD = (
    "id text, version text, kind text, number text, dated_at text, posted boolean, deleted boolean,"
    " organization text, partner text, counterparty text, contract text, currency text, amount bigint,"
    " manager text"
)
LINE = (
    "document_id text, line_no bigint, item text, quantity bigint, unit text, price bigint, amount bigint,"
    " vat bigint"
)


class Line(msgspec.Struct, gc=False):
    LineNumber: int
    Номенклатура_Key: str
    Количество: Decimal
    Упаковка_Key: str
    Цена: Decimal
    Сумма: Decimal
    СуммаНДС: Decimal


class Document(msgspec.Struct, gc=False):
    Ref_Key: str
    DataVersion: str
    Number: str
    Date: str
    Posted: bool
    DeletionMark: bool
    Организация_Key: str
    Партнер_Key: str
    Контрагент_Key: str
    Договор_Key: str
    Валюта_Key: str
    СуммаДокумента: Decimal
    Менеджер_Key: str
    Товары: list[Line] = []


class Page(msgspec.Struct):
    value: list[Document]


def load(base_url: str, user: str, password: str, database_url: str, months: list[tuple[str, str]]) -> int:
    """Load every document; gives the sum of all line amounts, for the gate."""
    session = requests.Session()
    session.headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    write = _postgres if database_url.startswith("postgres") else _sqlite
    return write(database_url, _pages(session, base_url, months))


def _pages(
    session: requests.Session, base_url: str, months: list[tuple[str, str]]
) -> Iterator[tuple[list[tuple[object, ...]], list[tuple[object, ...]]]]:
    decoder = msgspec.json.Decoder(Page, strict=False)
    for name in SETS:
        for start, end in months:
            condition = f"Date ge datetime'{start}' and Date lt datetime'{end}'"
            url = f"{base_url}/Document_{quote(name)}?$filter={quote(condition)}&$format=json"
            yield _rows(name, decoder.decode(session.get(url, timeout=300).content).value)


def _rows(name: str, found: list[Document]) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    heads: list[tuple[object, ...]] = []
    lines: list[tuple[object, ...]] = []
    for one in found:
        heads.append(
            (
                one.Ref_Key, one.DataVersion, name, one.Number, one.Date, one.Posted, one.DeletionMark,
                one.Организация_Key, one.Партнер_Key, one.Контрагент_Key, one.Договор_Key, one.Валюта_Key,
                int(one.СуммаДокумента.scaleb(2)), one.Менеджер_Key,
            )
        )  # fmt: skip
        lines.extend(
            (
                one.Ref_Key, line.LineNumber, line.Номенклатура_Key, int(line.Количество.scaleb(6)),
                line.Упаковка_Key, int(line.Цена.scaleb(6)), int(line.Сумма.scaleb(2)),
                int(line.СуммаНДС.scaleb(2)),
            )
            for line in one.Товары
        )  # fmt: skip
    return heads, lines


def guarded(table: str, columns: str, key: str, source: str) -> str:
    names = [column.split()[0] for column in columns.split(", ")]
    own = [name for name in names if name not in key.split(", ")]
    changed = ", ".join(f"{name} = excluded.{name}" for name in own)
    return f"INSERT INTO {table} ({', '.join(names)}) {source} ON CONFLICT ({key}) DO UPDATE SET {changed}"


def _sqlite(url: str, pages: Iterator[tuple[list[tuple[object, ...]], list[tuple[object, ...]]]]) -> int:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute(f"CREATE TABLE head ({HEAD}, PRIMARY KEY (id)) WITHOUT ROWID")
        database.execute(f"CREATE TABLE line ({LINE}, PRIMARY KEY (document_id, line_no)) WITHOUT ROWID")
        heads_sql = guarded("head", HEAD, "id", f"VALUES ({', '.join('?' * 14)})")
        lines_sql = guarded("line", LINE, "document_id, line_no", f"VALUES ({', '.join('?' * 8)})")
        for heads, lines in pages:
            database.executemany(heads_sql, heads)
            database.executemany(lines_sql, lines)
            database.commit()
        return int(database.execute("SELECT sum(amount) FROM line").fetchone()[0])


def _postgres(url: str, pages: Iterator[tuple[list[tuple[object, ...]], list[tuple[object, ...]]]]) -> int:
    with psycopg.connect(url) as database, database.cursor() as cursor:
        cursor.execute(f"CREATE TABLE head ({HEAD}, PRIMARY KEY (id))")
        cursor.execute(f"CREATE TABLE line ({LINE}, PRIMARY KEY (document_id, line_no))")
        cursor.execute(f"CREATE TEMP TABLE stage_head ({HEAD})")
        cursor.execute(f"CREATE TEMP TABLE stage_line ({LINE})")
        for heads, lines in pages:
            for table, rows in (("head", heads), ("line", lines)):
                cursor.execute(f"TRUNCATE stage_{table}")
                with cursor.copy(f"COPY stage_{table} FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            cursor.execute(guarded("head", HEAD, "id", "SELECT * FROM stage_head"))
            cursor.execute(guarded("line", LINE, "document_id, line_no", "SELECT * FROM stage_line"))
            database.commit()
        cursor.execute("SELECT sum(amount) FROM line")
        row = cursor.fetchone()
        return int(row[0]) if row else 0
