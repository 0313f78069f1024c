"""What a document says on paper when the hub prints it: parties, lines, what it was made by."""

from __future__ import annotations

from datetime import date
from typing import Any

from schemas import TABLES
from schemas.errors import NotPrintableError
from schemas.journal import withdrawn
from schemas.print_forms import DocumentPaper, PaperLine, PaperParty, PaperRef, PrintForm
from store import document_parts, journal, records
from store.engine import Tx

MADE_BY = ("order", "shipping_note")  # whose lines are those of an invoice
CANCELLED = "cancelled"


def paper(tx: Tx, source: str, document_id: str, form: PrintForm) -> DocumentPaper:
    """The document as the store has it, for a reader who may see it.

    Errors: NotPrintableError for one that no longer counts, or whose parties are not known.
    """
    row = journal.one(tx, source, document_id)
    gone = row is None or withdrawn(
        posted=row.posted, deletion_mark=row.deletion_mark, is_gone=row.gone_at is not None
    )
    if row is None or gone or (form == "invoice" and row.status == CANCELLED):
        raise _refused(
            "the document no longer counts", "print the document that took its place", source, document_id
        )
    has_lines = form != "payment_receipt"
    return DocumentPaper(
        form=form,
        number=row.number,
        dated_on=_day(row.dated_at),
        ours=_party(tx, source, "organization", row.organization_id, document_id),
        theirs=_party(tx, source, "counterparty", row.counterparty_id, document_id),
        contract=row.contract_name or row.contract_number or "",
        order=_order(row),
        currency=row.currency,
        amount=row.amount,
        lines=_lines(tx, source, row, form) if has_lines else (),
        pay_by=_pay_by(tx, source, document_id) if form == "invoice" else None,
        delivery_address=document_parts.people(tx, source, document_id).delivery_address,
        purpose=row.purpose,
        external_number=row.external_number,
        external_on=None if row.external_on is None else date.fromisoformat(row.external_on),
    )


def _lines(tx: Tx, source: str, row: Any, form: PrintForm) -> tuple[PaperLine, ...]:
    """Its own; an invoice has those of what it was made by, if they come to its amount: it may ask for a part."""
    if form != "invoice":
        return _goods(tx, source, row.id)
    base = journal.some(tx, source, [row.base_id] if row.base_id else []).get(row.base_id)
    if base is None or base.kind not in MADE_BY:
        return ()
    lines, of_base = _goods(tx, source, base.id), journal.one(tx, source, base.id)
    goods, vat = sum(line.amount for line in lines), sum(line.vat for line in lines)
    same = of_base is not None and of_base.currency == row.currency
    return lines if same and row.amount in (goods, goods + vat) else ()


def _goods(tx: Tx, source: str, document_id: str) -> tuple[PaperLine, ...]:
    return tuple(
        PaperLine(
            name=line.item_name or "",
            article=line.article or "",
            unit=line.unit_name or "",
            quantity=line.quantity,
            price=line.price,
            amount=line.amount,
            vat=line.vat,
        )
        for line in document_parts.lines(tx, source, document_id)
        if not line.cancelled
    )


def _party(tx: Tx, source: str, kind: str, key: str | None, document_id: str) -> PaperParty:
    found = None if key is None else records.get(tx, TABLES[kind], source, (key,))
    if found is None:
        hint = f"pull {kind}s, then print again"
        raise _refused(f"the {kind} of the document is not known", hint, source, document_id)
    return PaperParty(
        name=found.legal_name or found.name,
        tax_id=found.tax_id,
        tax_reason_code=found.tax_reason_code,
        registry_code=found.registry_code,
    )


def _order(row: Any) -> PaperRef | None:
    """The order, else what it was made from; only one that the reader sees."""
    for name in ("order", "base"):
        number, dated_at, kind = (
            row._mapping[f"of_{name}_{part}"] for part in ("number", "dated_at", "kind")
        )
        if dated_at is not None:
            return PaperRef(kind=kind, number=number, dated_on=_day(dated_at))
    return None


def _pay_by(tx: Tx, source: str, document_id: str) -> date | None:
    """Only where all of it is due at once: a schedule is not one day."""
    days = {stage.pay_on for stage in document_parts.stages(tx, source, document_id)}
    (only,) = days if len(days) == 1 else (None,)
    return None if only is None else date.fromisoformat(only)


def _day(wall_clock: str) -> date:
    return date.fromisoformat(wall_clock[:10])


def _refused(message: str, hint: str, source: str, document_id: str) -> NotPrintableError:
    return NotPrintableError(message, hint=hint, source=source, record=document_id)
