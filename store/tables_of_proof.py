"""Tables of what was proven: comparisons with the accounting system's own totals, and censuses."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from store.metadata import METADATA
from store.types import Instant, Surrogate, WallClock

# One comparison. `moment` is the instant of the books it is about: movements before it, by the base's clock.
# state: agreed | differs | incomplete (the budget of requests ended before every document was named) | failed
AGREEMENT = Table(
    "agreement",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("moment", WallClock),
    Column("compared", Integer, nullable=False),
    Column("differing", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("error", Text),
    Index(None, "source", "id"),
    sqlite_autoincrement=True,
)

# One figure that differs. `field` of `entity` is amount, debt or advance; the range is where the search got to.
AGREEMENT_DIFFERENCE = Table(
    "agreement_difference",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column(
        "agreement_id", Surrogate, ForeignKey("agreement.id", name="agreement_difference_agreement_id_fkey")
    ),
    Column("source", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("settlement_key_id", Text, nullable=False),
    Column("organization_id", Text),
    Column("counterparty_id", Text),
    Column("contract_id", Text),
    Column("currency", Text, nullable=False),
    Column("in_books", BigInteger, nullable=False),
    Column("in_hub", BigInteger, nullable=False),
    Column("range_start", WallClock),
    Column("range_end", WallClock),
    Index(None, "agreement_id"),
    Index(None, "source", "counterparty_id"),
    sqlite_autoincrement=True,
)

# A document behind a difference. verdict: missing_in_hub | missing_in_books | differs
AGREEMENT_DOCUMENT = Table(
    "agreement_document",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("difference_id", Surrogate, nullable=False),
    Column("recorder_id", Text, nullable=False),
    Column("recorder_kind", Text, nullable=False),
    Column("dated_at", WallClock),
    Column("in_books", BigInteger, nullable=False),
    Column("in_hub", BigInteger, nullable=False),
    Column("verdict", Text, nullable=False),
    Index(None, "difference_id"),
    sqlite_autoincrement=True,
)

# One count of an entity's records by days against the source's, and what it led to.
CENSUS = Table(
    "census",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("source", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("days", Integer, nullable=False),
    Column("records", Integer, nullable=False),
    Column("differing_days", Integer, nullable=False),
    Column("appeared", Integer, nullable=False),
    Column("vanished", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Index(None, "source", "entity", "id"),
    sqlite_autoincrement=True,
)
