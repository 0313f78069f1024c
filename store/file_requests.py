"""What is asked for as a file of a document: operations of kind "file", and how the last of each stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schemas.languages import Language
from schemas.print_forms import PrintForm
from store import operations
from store.engine import Tx
from store.files import Form
from store.operations import FILE, Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One print form of one document, in one language."""

    source: str
    counterparty_id: str
    document_id: str
    form: PrintForm
    language: Language

    @property
    def input(self) -> dict[str, Any]:
        return {"document_id": self.document_id, "form": self.form, "language": self.language}

    def file(self, media_type: str) -> Form:
        """What the file that is asked for is kept as."""
        return Form(
            source=self.source,
            counterparty_id=self.counterparty_id,
            subject="document",
            subject_id=self.document_id,
            form=self.form,
            language=self.language,
            media_type=media_type,
        )


def ask(tx: Tx, wanted: Wanted, *, by: str, most: int) -> Operation | None:
    """Give the operation that is open for it, else a new one; None where `by` has `most` open."""
    return operations.ask(
        tx, FILE, wanted.source, wanted.counterparty_id, key_number=by, most=most, input=wanted.input
    )


def of(operation: Operation) -> Wanted:
    """What an operation of kind "file" is about."""
    if operation.kind != FILE or operation.counterparty_id is None:
        raise ValueError("an operation about something else")
    return Wanted(source=operation.source, counterparty_id=operation.counterparty_id, **operation.input)


def last(tx: Tx, source: str, counterparty_id: str, document_id: str) -> dict[tuple[str, str], Operation]:
    """By form and language, what was last asked about this document."""
    asked = operations.naming(tx, FILE, source, counterparty_id, document_id)
    return {(one.input["form"], one.input["language"]): one for one in asked}
