"""Where an amount is explained. Every page links by these: ids are the store's, "" is an account's none.

`organization` and `contract` of a balance: None is all of them, "" those without any.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from schemas.ids import external

BALANCE, DOCUMENT, RECORD = "/desk/why/balance", "/desk/why/document", "/desk/why/record"
MOVEMENT, PAGE = "/desk/why/movement", "/desk/why/page"
ITEMS = "#items"  # the open items of a balance: what is overdue, and by which rule
MARKED = "#record"  # the record of a page that is meant


def balance(
    source: str,
    counterparty_id: str,
    currency: str,
    *,
    contract: str | None = None,
    organization: str | None = None,
) -> str:
    """A debt or an advance in one currency: under one contract with one own organisation, or in all."""
    chosen: dict[str, str | int | None] = {"currency": currency, "contract": contract}
    chosen["organization"] = organization
    return f"{BALANCE}/{_id(source, counterparty_id)}?{_query(chosen)}"


def items(
    source: str,
    counterparty_id: str,
    currency: str,
    *,
    contract: str | None = None,
    organization: str | None = None,
) -> str:
    """What is unpaid or overdue: the same account, at its open items."""
    account = balance(source, counterparty_id, currency, contract=contract, organization=organization)
    return f"{account}{ITEMS}"


def document(source: str, document_id: str) -> str:
    """An amount of a document, and what it did to the account."""
    return f"{DOCUMENT}/{_id(source, document_id)}"


def record(table: str, source: str, record_id: str) -> str:
    """A stored record of any other kind that has an id of its own: a contract's limit, a counterparty's name."""
    return f"{RECORD}/{quote(table)}/{_id(source, record_id)}"


def movement(table: str, source: str, recorder_id: str, line_no: int) -> str:
    """One movement: of `settlement_entry`, or of `due_entry`."""
    return f"{MOVEMENT}/{quote(table)}/{_id(source, recorder_id)}/{line_no}"


def page(landing_id: int, place: int | None = None, field: str | None = None) -> str:
    """An answer of the accounting system as it was landed.

    `place` is the record's in it (-1 and None are none), `field` a field of the stored record, or
    "table.field" of its lines: what it was read from is marked.
    """
    if place is None or place < 0:
        return f"{PAGE}/{landing_id}"
    return f"{PAGE}/{landing_id}?{_query({'place': place, 'field': field})}{MARKED}"


def landed_bytes(landing_id: int) -> str:
    """The same bytes, exactly, to keep."""
    return f"{PAGE}/{landing_id}/bytes"


def _query(given: dict[str, str | int | None]) -> str:
    return urlencode({name: value for name, value in given.items() if value is not None})


def _id(source: str, key: str) -> str:
    return quote(external(source, key))
