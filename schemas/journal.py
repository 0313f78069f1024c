"""What the kinds of documents mean to who keeps account of them."""

from __future__ import annotations

from typing import Literal

PAYMENTS = ("bank_receipt", "cash_receipt")  # money received
CHARGES = ("shipping_note",)  # what a debt arises from
RETURNS = ("return_note",)  # what lowers the debt of the document it was made from

State = Literal["ready", "withdrawn"]
Withdrawn = Literal["unposted", "deletion_marked", "deleted"]


def withdrawn(*, posted: bool, deletion_mark: bool, is_gone: bool) -> Withdrawn | None:
    """Why a document no longer counts; None for one that does. A deletion mark unposts too: the stronger word."""
    if is_gone:
        return "deleted"
    if deletion_mark:
        return "deletion_marked"
    return None if posted else "unposted"
