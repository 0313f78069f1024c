"""Reference lists, partners, counterparties and contracts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "currency",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("currency_pkey")),
    )

    op.create_table(
        "organization",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("tax_id", sa.Text(), nullable=False),
        sa.Column("tax_reason_code", sa.Text(), nullable=False),
        sa.Column("registry_code", sa.Text(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("organization_pkey")),
    )

    op.create_table(
        "manager",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("manager_pkey")),
    )

    op.create_table(
        "contact_kind",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("contact_kind_pkey")),
    )

    op.create_table(
        "property",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("property_pkey")),
    )

    op.create_table(
        "partner",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("manager_id", sa.Text(), nullable=True),
        sa.Column("is_customer", sa.Boolean(), nullable=False),
        sa.Column("registered_on", types.Day(), nullable=True),
        sa.Column("extension", types.Json(), nullable=False),
        sa.Column("internal_memo", sa.Text(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("partner_pkey")),
    )

    op.create_table(
        "counterparty",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("head_id", sa.Text(), nullable=True),
        sa.Column("is_branch", sa.Boolean(), nullable=False),
        sa.Column("partner_id", sa.Text(), nullable=True),
        sa.Column("tax_id", sa.Text(), nullable=False),
        sa.Column("tax_reason_code", sa.Text(), nullable=False),
        sa.Column("registry_code", sa.Text(), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("foreign_tax_number", sa.Text(), nullable=False),
        sa.Column("extension", types.Json(), nullable=False),
        sa.Column("internal_memo", sa.Text(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("counterparty_pkey")),
    )
    op.create_index(
        op.f("counterparty_by_source_partner_id"), "counterparty", ["source", "partner_id"], unique=False
    )

    op.create_table(
        "contact",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("left_on", types.Day(), nullable=True),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("contact_pkey")),
    )

    op.create_table(
        "delivery_point",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("kind_id", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source", "partner_id", "line_no", name=op.f("delivery_point_pkey")),
    )

    op.create_table(
        "contact_point",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("kind_id", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source", "owner_id", "line_no", name=op.f("contact_point_pkey")),
    )

    op.create_table(
        "contract",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=True),
        sa.Column("partner_id", sa.Text(), nullable=True),
        sa.Column("counterparty_id", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("signed_on", types.Day(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_from", types.Day(), nullable=True),
        sa.Column("valid_to", types.Day(), nullable=True),
        sa.Column("settlement_order", sa.Text(), nullable=False),
        sa.Column("payment_terms_days", sa.BigInteger(), nullable=True),
        sa.Column("credit_limit", sa.BigInteger(), nullable=True),
        sa.Column("blocks_when_overdue", sa.Boolean(), nullable=False),
        sa.Column("manager_id", sa.Text(), nullable=True),
        sa.Column("extension", types.Json(), nullable=False),
        sa.Column("internal_memo", sa.Text(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("contract_pkey")),
    )
    op.create_index(
        op.f("contract_by_source_counterparty_id"), "contract", ["source", "counterparty_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("contract")
    op.drop_table("contact_point")
    op.drop_table("delivery_point")
    op.drop_table("contact")
    op.drop_table("counterparty")
    op.drop_table("partner")
    op.drop_table("property")
    op.drop_table("contact_kind")
    op.drop_table("manager")
    op.drop_table("organization")
    op.drop_table("currency")
