"""Statements of some, with what people did with it and what the other side sent."""

from __future__ import annotations

from datetime import date

from schemas.matching import Received, ReceivedLine
from schemas.statements import Asked
from store import files, statement_steps, statement_uploads
from store.files import Form
from tests.company.owners import ABROAD, BRANCH, SHARED, STRANGER, guid, source_of
from tests.unit.api.books import Books
from tests.unit.api.drawings import drawn, heard

OF = (BRANCH, STRANGER, ABROAD)
WORDS = "said~who"  # read only by who may write rules


def made(books: Books, owner: str) -> dict[str, str]:
    """Ids by the names that addresses have for them."""
    source = source_of(owner)
    asked = Asked(
        source=source,
        organization_id=guid("organization", SHARED[source]),
        counterparty_id=guid("counterparty", owner),
        currencies=("RUB",),
        first_on=date(2026, 10, 1),
        last_on=date(2026, 12, 31),
        by_contract=True,
    )
    row = heard(books, drawn(books, asked, WORDS))
    with books.store.transaction() as tx:
        row = statement_steps.step(tx, row, "sent", by=WORDS, note=WORDS)
        row = statement_steps.step(tx, row, "disagreement", by=WORDS, note=f"{owner}.money~step~note")
        upload, _ = statement_uploads.add_upload(
            tx,
            row,
            by=WORDS,
            name=f"{owner}.money~upload~name",
            sha256="0" * 64,
            size=1,
            half="left",
            currency="RUB",
            days=3,
            received=Received(
                (ReceivedLine(date(2026, 10, 2), f"{owner}.money~upload~number", 0, 100, 2),), 0, 0
            ),
        )
        form = Form(
            source=source,
            counterparty_id=row.counterparty_id,
            subject="statement",
            subject_id=row.id,
            form="test",
            language="en",
            media_type="text/plain",
        )
        kept = files.give(tx, books.store, form, owner.encode(), name=owner, origin="hub", of_version="1")
        files.note_read(tx, kept, WORDS)
    return {"statement_id": row.id, "upload_id": upload.id}
