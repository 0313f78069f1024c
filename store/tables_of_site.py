"""Tables of what people of the company set on the site: no sync writes here, and no row is ever overwritten.

Every row says who set it, when and why. A row that no longer counts is ended, with the same three.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from store.metadata import METADATA
from store.types import Day, Instant, Surrogate


def _of_site(name: str, *columns: Column[Any], by: tuple[str, ...]) -> Table:
    return Table(
        name,
        METADATA,
        Column("id", Surrogate, primary_key=True),
        Column("source", Text, nullable=False),
        *columns,
        Column("set_at", Instant, nullable=False),
        Column("set_by", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("ended_at", Instant),
        Column("ended_by", Text),
        Column("ended_reason", Text),
        Index(None, *by),
        sqlite_autoincrement=True,
    )


# `subject` is contract | counterparty; the days hold for debts that arise on `valid_from` or later.
TERMS_OVERRIDE = _of_site(
    "terms_override",
    Column("subject", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("days", Integer, nullable=False),
    Column("valid_from", Day, nullable=False),
    by=("source", "subject_id"),
)

# `segment` is "kind", or the key of an extension field; NULL: the rule is for all. `amount` is in minor units.
ACCESS_RULE = _of_site(
    "access_rule",
    Column("state", Text, nullable=False),
    Column("days", Integer, nullable=False),
    Column("currency", Text),
    Column("amount", BigInteger, nullable=False),
    Column("segment", Text),
    Column("segment_name", Text),
    Column("segment_value", Text),
    by=("source",),
)

ACCESS_OVERRIDE = _of_site(
    "access_override",
    Column("counterparty_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("expires_at", Instant),
    by=("source", "counterparty_id"),
)

# Both days belong to it; without `to_on` it lasts until it is ended.
TRADING_SUSPENSION = _of_site(
    "trading_suspension",
    Column("counterparty_id", Text, nullable=False),
    Column("from_on", Day, nullable=False),
    Column("to_on", Day),
    by=("source", "counterparty_id"),
)

# Orders of `counterparty_id` and of those below it that come to `amount` or more need somebody's approval (BC-06).
# NULL: of any branch, by any contact, in any currency; without a counterparty it is a rule for everybody.
APPROVAL_RULE = _of_site(
    "approval_rule",
    Column("counterparty_id", Text),
    Column("branch_id", Text),
    Column("contact_id", Text),
    Column("currency", Text),
    Column("amount", BigInteger, nullable=False),
    by=("source", "counterparty_id"),
)
