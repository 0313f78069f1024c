"""Who uses the API, what the storefront is told, and the indexes of what it asks for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store import types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("key_number", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("counterparty_id", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("details", types.Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("api_audit_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("api_audit_by_at"), "api_audit", ["at"], unique=False)
    op.create_index(
        op.f("api_audit_by_source_counterparty_id"), "api_audit", ["source", "counterparty_id"], unique=False
    )
    op.create_table(
        "api_key",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("permissions", types.Json(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("counterparty_id", sa.Text(), nullable=True),
        sa.Column("contact_id", sa.Text(), nullable=True),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=True),
        sa.Column("revoked_at", types.Instant(), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("api_key_pkey")),
    )
    op.create_table(
        "api_repeat",
        sa.Column("key_number", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", types.Json(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key_number", "idempotency_key", name=op.f("api_repeat_pkey")),
    )
    op.create_index(op.f("api_repeat_by_answered_at"), "api_repeat", ["answered_at"], unique=False)
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("delivery_attempt_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("delivery_attempt_by_delivery_id"), "delivery_attempt", ["delivery_id"], unique=False
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("counterparty_id", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("data", types.Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("event_pkey")),
        sa.UniqueConstraint("event_id", name=op.f("event_event_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("event_by_at"), "event", ["at"], unique=False)
    op.create_index(
        op.f("event_by_source_counterparty_id"), "event", ["source", "counterparty_id"], unique=False
    )
    op.create_table(
        "news",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("news_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("news_by_source_kind_record_id"), "news", ["source", "kind", "record_id"], unique=False
    )
    op.create_table(
        "news_state",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("looked_at", types.Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("next_at", types.Instant(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("news_state_pkey")),
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("counterparty_id", sa.Text(), nullable=True),
        sa.Column("key_number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("input", types.Json(), nullable=False),
        sa.Column("result", types.Json(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("hint", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("started_at", types.Instant(), nullable=True),
        sa.Column("ended_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("operation_pkey")),
    )
    op.create_index(
        op.f("operation_by_source_counterparty_id"), "operation", ["source", "counterparty_id"], unique=False
    )
    op.create_index(op.f("operation_by_state_kind"), "operation", ["state", "kind"], unique=False)
    op.create_table(
        "source_version",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("source_version_pkey")),
    )
    op.create_table(
        "told",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", types.Json(), nullable=False),
        sa.Column("told_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source", "topic", "subject_id", name=op.f("told_pkey")),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", types.Json(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("counterparties", types.Json(), nullable=True),
        sa.Column("secrets", types.Json(), nullable=False),
        sa.Column("key_number", sa.Text(), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("failing_since", types.Instant(), nullable=True),
        sa.Column("resting_until", types.Instant(), nullable=True),
        sa.Column("disabled_at", types.Instant(), nullable=True),
        sa.Column("disabled_because", sa.Text(), nullable=True),
        sa.Column("heard_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("webhook_pkey")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("event_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_since", types.Instant(), nullable=True),
        sa.Column("next_at", types.Instant(), nullable=False),
        sa.Column("delivered_at", types.Instant(), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name="delivery_webhook_id_fkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("delivery_pkey")),
        sa.UniqueConstraint("webhook_id", "event_number", name=op.f("delivery_webhook_id_event_number_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("delivery_by_event_number"), "delivery", ["event_number"], unique=False)
    op.create_index(op.f("delivery_by_state_next_at"), "delivery", ["state", "next_at"], unique=False)
    op.create_index(
        op.f("delivery_by_webhook_id_state_event_number"),
        "delivery",
        ["webhook_id", "state", "event_number"],
        unique=False,
    )
    op.create_index(op.f("allocation_by_source_base_id"), "allocation", ["source", "base_id"], unique=False)
    op.create_index(op.f("contact_by_source_partner_id"), "contact", ["source", "partner_id"], unique=False)
    op.create_index(
        op.f("contract_by_source_changed_at_id"), "contract", ["source", "changed_at", "id"], unique=False
    )
    op.create_index(
        op.f("counterparty_by_source_changed_at_id"),
        "counterparty",
        ["source", "changed_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("counterparty_by_source_head_id"), "counterparty", ["source", "head_id"], unique=False
    )
    op.create_index(op.f("document_by_source_base_id"), "document", ["source", "base_id"], unique=False)
    op.create_index(
        op.f("document_by_source_changed_at_id"), "document", ["source", "changed_at", "id"], unique=False
    )
    op.create_index(
        op.f("document_by_source_contract_id_dated_at_id"),
        "document",
        ["source", "contract_id", "dated_at", "id"],
        unique=False,
    )
    op.drop_index(op.f("document_by_source_counterparty_id_dated_at"), table_name="document")
    op.create_index(
        op.f("document_by_source_counterparty_id_dated_at_id"),
        "document",
        ["source", "counterparty_id", "dated_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("document_by_source_kind_dated_at_id"),
        "document",
        ["source", "kind", "dated_at", "id"],
        unique=False,
    )
    op.create_index(op.f("document_by_source_number"), "document", ["source", "number"], unique=False)
    op.create_index(
        op.f("document_by_source_dated_at_id"), "document", ["source", "dated_at", "id"], unique=False
    )
    op.create_index(
        op.f("due_entry_by_source_settled_id"), "due_entry", ["source", "settled_id"], unique=False
    )
    op.create_index(
        op.f("item_by_source_changed_at_id"), "item", ["source", "changed_at", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("item_by_source_changed_at_id"), table_name="item")
    op.drop_index(op.f("due_entry_by_source_settled_id"), table_name="due_entry")
    op.drop_index(op.f("document_by_source_number"), table_name="document")
    op.drop_index(op.f("document_by_source_kind_dated_at_id"), table_name="document")
    op.drop_index(op.f("document_by_source_counterparty_id_dated_at_id"), table_name="document")
    op.create_index(
        op.f("document_by_source_counterparty_id_dated_at"),
        "document",
        ["source", "counterparty_id", "dated_at"],
        unique=False,
    )
    op.drop_index(op.f("document_by_source_contract_id_dated_at_id"), table_name="document")
    op.drop_index(op.f("document_by_source_dated_at_id"), table_name="document")
    op.drop_index(op.f("document_by_source_changed_at_id"), table_name="document")
    op.drop_index(op.f("document_by_source_base_id"), table_name="document")
    op.drop_index(op.f("counterparty_by_source_head_id"), table_name="counterparty")
    op.drop_index(op.f("counterparty_by_source_changed_at_id"), table_name="counterparty")
    op.drop_index(op.f("contract_by_source_changed_at_id"), table_name="contract")
    op.drop_index(op.f("contact_by_source_partner_id"), table_name="contact")
    op.drop_index(op.f("allocation_by_source_base_id"), table_name="allocation")
    op.drop_index(op.f("delivery_by_webhook_id_state_event_number"), table_name="delivery")
    op.drop_index(op.f("delivery_by_state_next_at"), table_name="delivery")
    op.drop_index(op.f("delivery_by_event_number"), table_name="delivery")
    op.drop_table("delivery")
    op.drop_table("webhook")
    op.drop_table("told")
    op.drop_table("source_version")
    op.drop_index(op.f("operation_by_state_kind"), table_name="operation")
    op.drop_index(op.f("operation_by_source_counterparty_id"), table_name="operation")
    op.drop_table("operation")
    op.drop_table("news_state")
    op.drop_index(op.f("news_by_source_kind_record_id"), table_name="news")
    op.drop_table("news")
    op.drop_index(op.f("event_by_source_counterparty_id"), table_name="event")
    op.drop_index(op.f("event_by_at"), table_name="event")
    op.drop_table("event")
    op.drop_index(op.f("delivery_attempt_by_delivery_id"), table_name="delivery_attempt")
    op.drop_table("delivery_attempt")
    op.drop_index(op.f("api_repeat_by_answered_at"), table_name="api_repeat")
    op.drop_table("api_repeat")
    op.drop_table("api_key")
    op.drop_index(op.f("api_audit_by_source_counterparty_id"), table_name="api_audit")
    op.drop_index(op.f("api_audit_by_at"), table_name="api_audit")
    op.drop_table("api_audit")
