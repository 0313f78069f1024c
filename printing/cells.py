"""The cells of a file that somebody sent: XLSX, or CSV in UTF-8, UTF-16 or cp1251."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator
from functools import partial
from itertools import chain
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from printing.amounts import Cell
from schemas.errors import UnreadableFileError

LARGEST = 10 * 2**20  # bytes of the file
UNPACKED = 100 * 2**20
MOST_ROWS, MOST_COLUMNS = 20_000, 200
MOST_TAGS = 3_000_000  # of a workbook: so many rows of 30 cells have less, and more would take minutes
Rows = list[tuple[Cell, ...]]
# What openpyxl and zipfile raise for files that are damaged, locked with a password, or made up.
UNSOUND = (
    *(BadZipFile, zlib.error, EOFError, RuntimeError, InvalidFileException),
    *(ArithmeticError, AttributeError, LookupError, SyntaxError, TypeError, ValueError),
)
FOREIGN = {b"\xd0\xcf\x11\xe0": "an old XLS", b"%PDF": "a PDF", b"MOXCEL": "an MXL of 1C"}


def tables(content: bytes) -> Iterator[tuple[str, Rows]]:
    """Every table the file may be, with its name: the sheets of a workbook, or a CSV by each separator."""
    if len(content) > LARGEST:
        raise UnreadableFileError(
            "the file is over 10 MB", hint="send the statement alone, for a shorter period"
        )
    for start, what in FOREIGN.items():
        if content.startswith(start):
            raise UnreadableFileError(f"the file is {what}", hint="save it as XLSX or CSV, then send that")
    yield from _sheets(content) if content.startswith(b"PK") else _separated(content)


def _sheets(content: bytes) -> Iterator[tuple[str, Rows]]:
    unreadable = "open it in a spreadsheet program, save it as XLSX, then send that"
    try:
        _sound(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # files say of themselves what is not so
            yield sheet.title, _limited(sheet.iter_rows(values_only=True))
    except UNSOUND as error:
        raise UnreadableFileError("the file is no sound XLSX", hint=unreadable) from error


def _sound(content: bytes) -> None:
    """Nothing is unpacked that is larger than a statement can be, or declares entities."""
    with ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > UNPACKED:
            raise UnreadableFileError("the file unpacks to over 100 MB", hint="send the statement alone")
        tags = 0
        for part in packed.infolist():
            with packed.open(part) as opened:
                if b"<!DOCTYPE" in (head := opened.read(4096)):
                    raise ValueError("a document type in a workbook")
                tags += sum(
                    some.count(b"<") for some in chain((head,), iter(partial(opened.read, 2**20), b""))
                )
            if tags > MOST_TAGS:
                raise _too_long()


def _separated(content: bytes) -> Iterator[tuple[str, Rows]]:
    text = _decoded(content)
    for separator in ";\t,":
        try:
            yield "", _limited(iter(csv.reader(io.StringIO(text, newline=""), delimiter=separator)))
        except csv.Error as error:
            raise UnreadableFileError(
                "the file is no sound CSV", hint="save it as CSV in UTF-8, then send that"
            ) from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1251")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            "the text is neither UTF-8 nor cp1251", hint="save it as CSV in UTF-8, then send that"
        ) from error


def _limited(rows: Iterator[tuple[Cell, ...]] | Iterator[list[str]]) -> Rows:
    found: Rows = []
    for row in rows:
        if len(found) == MOST_ROWS:
            raise _too_long()
        found.append(tuple(row[:MOST_COLUMNS]))
    return found


def _too_long() -> UnreadableFileError:
    return UnreadableFileError("there are over 20 000 rows", hint="send it for a shorter period")
