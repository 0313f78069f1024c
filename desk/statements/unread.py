"""Why a file that somebody sent could not be read, and where, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import NullTranslations

from desk.frame.errors import DeskError
from schemas.errors import UnreadableFileError

UNPROCESSABLE = 422


def refusal(error: UnreadableFileError, text: NullTranslations) -> DeskError:
    told = next(
        (told for start, told in reasons(text).items() if error.message.startswith(start)), error.message
    )
    if error.row is None:
        hint = text.gettext(
            "The columns are known by their headings: date, document or number, debit, credit."
        )
        return DeskError(UNPROCESSABLE, told, hint)
    place = text.gettext("Row {row}, column {column}.").format(row=error.row, column=error.column)
    hint = text.gettext("Write amounts like 1234.56 and dates like 30.09.2026, then send the file again.")
    return DeskError(UNPROCESSABLE, f"{told} {place}", hint)


def reasons(text: NullTranslations) -> Mapping[str, str]:
    """By how a message of the reader begins."""
    return {
        "the file is over": text.gettext("The file is over 10 MB: send the statement alone."),
        "the file is an old XLS": text.gettext("The file is an old XLS: save it as XLSX, then send that."),
        "the file is a PDF": text.gettext("The file is a PDF: ask for it as XLSX or CSV."),
        "the file is an MXL": text.gettext("The file is an MXL of 1C: save it as XLSX, then send that."),
        "the file is no sound XLSX": text.gettext(
            "The file is no sound XLSX: save it again, then send that."
        ),
        "the file is no sound CSV": text.gettext(
            "The file is no sound CSV: save it in UTF-8, then send that."
        ),
        "the file unpacks": text.gettext("The file unpacks to over 100 MB: send the statement alone."),
        "the text is neither": text.gettext("The text is neither UTF-8 nor cp1251: save it as CSV in UTF-8."),
        "there are over": text.gettext("There are over 20 000 rows: send it for a shorter period."),
        "several sheets": text.gettext("Several sheets have a statement: send one of them."),
        "no table with the columns": text.gettext("No table with the columns of a statement was found."),
        "the half of the statement": text.gettext("The half that was chosen is empty: choose the other one."),
        "a line has a date": text.gettext("A line has a date and no amount."),
        "a line has an amount": text.gettext("A line has an amount and no date."),
        "the date cannot": text.gettext("The date cannot be read."),
        "the debit cannot": text.gettext("The debit cannot be read as an amount."),
        "the credit cannot": text.gettext("The credit cannot be read as an amount."),
    }
