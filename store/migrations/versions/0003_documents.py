"""Items, documents and their lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unit",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("factor", sa.BigInteger(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("unit_pkey")),
    )

    op.create_table(
        "item",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("folder_id", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("item_pkey")),
    )

    op.create_table(
        "document",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("dated_at", types.WallClock(), nullable=False),
        sa.Column("posted", sa.Boolean(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=True),
        sa.Column("partner_id", sa.Text(), nullable=True),
        sa.Column("counterparty_id", sa.Text(), nullable=True),
        sa.Column("contract_id", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("settlement_currency", sa.Text(), nullable=True),
        sa.Column("settlement_amount", sa.BigInteger(), nullable=True),
        sa.Column("vat_amount", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("base_id", sa.Text(), nullable=True),
        sa.Column("base_kind", sa.Text(), nullable=False),
        sa.Column("external_number", sa.Text(), nullable=False),
        sa.Column("external_on", types.Day(), nullable=True),
        sa.Column("due_on", types.Day(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("delivery_address", sa.Text(), nullable=False),
        sa.Column("manager_id", sa.Text(), nullable=True),
        sa.Column("contact_id", sa.Text(), nullable=True),
        sa.Column("internal_memo", sa.Text(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("document_pkey")),
    )
    op.create_index(
        op.f("document_by_source_counterparty_id_dated_at"),
        "document",
        ["source", "counterparty_id", "dated_at"],
        unique=False,
    )
    op.create_index(
        op.f("document_by_source_entity_dated_at"), "document", ["source", "entity", "dated_at"], unique=False
    )
    op.create_index(op.f("document_by_source_order_id"), "document", ["source", "order_id"], unique=False)

    op.create_table(
        "document_line",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source", "document_id", "line_no", name=op.f("document_line_pkey")),
    )

    op.create_table(
        "allocation",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("base_id", sa.Text(), nullable=True),
        sa.Column("base_kind", sa.Text(), nullable=False),
        sa.Column("settlement_object_id", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("settlement_amount", sa.BigInteger(), nullable=False),
        sa.Column("settlement_currency", sa.Text(), nullable=True),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source", "document_id", "line_no", name=op.f("allocation_pkey")),
    )

    op.create_table(
        "payment_stage",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pay_on", types.Day(), nullable=True),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source", "document_id", "line_no", name=op.f("payment_stage_pkey")),
    )


def downgrade() -> None:
    op.drop_table("payment_stage")
    op.drop_table("allocation")
    op.drop_table("document_line")
    op.drop_table("document")
    op.drop_table("item")
    op.drop_table("unit")
