"""Settlement movements and the balances made from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "settlement_key",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=True),
        sa.Column("partner_id", sa.Text(), nullable=True),
        sa.Column("counterparty_id", sa.Text(), nullable=True),
        sa.Column("contract_id", sa.Text(), nullable=True),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("settlement_key_pkey")),
    )
    op.create_index(
        op.f("settlement_key_by_source_counterparty_id"),
        "settlement_key",
        ["source", "counterparty_id"],
        unique=False,
    )

    op.create_table(
        "settlement_object",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=True),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=True),
        sa.Column("counterparty_id", sa.Text(), nullable=True),
        sa.Column("contract_id", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("dated_at", types.WallClock(), nullable=True),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("settlement_object_pkey")),
    )

    op.create_table(
        "settlement_entry",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorder_id", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("recorder_kind", sa.Text(), nullable=False),
        sa.Column("at", types.WallClock(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("settlement_key_id", sa.Text(), nullable=False),
        sa.Column("settlement_object_id", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "recorder_id", "line_no", name=op.f("settlement_entry_pkey")),
    )
    op.create_index(op.f("settlement_entry_by_source_at"), "settlement_entry", ["source", "at"], unique=False)
    op.create_index(
        op.f("settlement_entry_by_source_entity_at"),
        "settlement_entry",
        ["source", "entity", "at"],
        unique=False,
    )
    op.create_index(
        op.f("settlement_entry_by_source_settlement_key_id"),
        "settlement_entry",
        ["source", "settlement_key_id"],
        unique=False,
    )

    op.create_table(
        "due_entry",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorder_id", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("recorder_kind", sa.Text(), nullable=False),
        sa.Column("at", types.WallClock(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("settlement_key_id", sa.Text(), nullable=False),
        sa.Column("settlement_object_id", sa.Text(), nullable=True),
        sa.Column("settled_id", sa.Text(), nullable=True),
        sa.Column("settled_kind", sa.Text(), nullable=False),
        sa.Column("arose_on", types.Day(), nullable=True),
        sa.Column("due_on", types.Day(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("debt", sa.BigInteger(), nullable=False),
        sa.Column("advance", sa.BigInteger(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "recorder_id", "line_no", name=op.f("due_entry_pkey")),
    )
    op.create_index(op.f("due_entry_by_source_at"), "due_entry", ["source", "at"], unique=False)
    op.create_index(
        op.f("due_entry_by_source_entity_at"), "due_entry", ["source", "entity", "at"], unique=False
    )
    op.create_index(
        op.f("due_entry_by_source_settlement_key_id"),
        "due_entry",
        ["source", "settlement_key_id"],
        unique=False,
    )

    op.create_table(
        "contract_balance",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("counterparty_id", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("debt", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("refreshed_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint(
            "source",
            "counterparty_id",
            "contract_id",
            "organization_id",
            "currency",
            name=op.f("contract_balance_pkey"),
        ),
    )

    op.create_table(
        "open_item",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("counterparty_id", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("settlement_object_id", sa.Text(), nullable=True),
        sa.Column("settled_id", sa.Text(), nullable=True),
        sa.Column("settled_kind", sa.Text(), nullable=False),
        sa.Column("arose_on", types.Day(), nullable=True),
        sa.Column("due_on", types.Day(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("debt", sa.BigInteger(), nullable=False),
        sa.Column("advance", sa.BigInteger(), nullable=False),
    )
    op.create_index(
        op.f("open_item_by_source_counterparty_id"), "open_item", ["source", "counterparty_id"], unique=False
    )

    op.create_table(
        "balance_state",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("refreshed_at", types.Instant(), nullable=False),
        sa.Column("as_of", types.Instant(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("balance_state_pkey")),
    )


def downgrade() -> None:
    op.drop_table("balance_state")
    op.drop_table("open_item")
    op.drop_table("contract_balance")
    op.drop_table("due_entry")
    op.drop_table("settlement_entry")
    op.drop_table("settlement_object")
    op.drop_table("settlement_key")
