"""What mappings need to know from the store, read once per run."""

from __future__ import annotations

from sqlalchemy import select

from schemas import TABLES
from schemas.money import currencies
from store.engine import Tx
from store.record_tables import STORED


def currency_codes(tx: Tx, source: str) -> dict[str, tuple[str, int]]:
    """ISO code and number of decimal places by the source's key of the currency.

    A currency that ISO 4217 does not know is left out: records in it are rejected, not guessed.
    """
    table = STORED[TABLES["currency"]]
    known = currencies()
    rows = tx.connection.execute(select(table.c.id, table.c.code).where(table.c.source == source))
    return {key: (known[code].code, known[code].exponent) for key, code in rows if code in known}


def contact_kinds(tx: Tx, source: str) -> dict[str, str]:
    """The configuration's own name of each kind of contact information, by key; "" for kinds users added."""
    table = STORED[TABLES["contact_kind"]]
    rows = tx.connection.execute(select(table.c.id, table.c.code).where(table.c.source == source))
    return {key: code for key, code in rows}  # noqa: C416
