"""Changes, tombstones, history, agreement and census."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store import history_triggers, types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RECORDS = (
    "contact",
    "contact_kind",
    "contract",
    "counterparty",
    "currency",
    "document",
    "due_entry",
    "item",
    "manager",
    "organization",
    "partner",
    "property",
    "settlement_entry",
    "settlement_key",
    "settlement_object",
    "unit",
)


def upgrade() -> None:
    op.create_table(
        "agreed_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period_id", sa.BigInteger(), nullable=False),
        sa.Column("recorder_id", sa.Text(), nullable=False),
        sa.Column("recorder_kind", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("dated_at", types.WallClock(), nullable=True),
        sa.Column("agreed_amount", sa.BigInteger(), nullable=False),
        sa.Column("amount_now", sa.BigInteger(), nullable=False),
        sa.Column("found_at", types.Instant(), nullable=False),
        sa.Column("accepted_at", types.Instant(), nullable=True),
        sa.Column("accepted_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("agreed_change_pkey")),
        sa.UniqueConstraint(
            "period_id",
            "recorder_id",
            "currency",
            "amount_now",
            name=op.f("agreed_change_period_id_recorder_id_currency_amount_now_key"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "agreed_period",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("counterparty_id", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("start_on", types.Day(), nullable=False),
        sa.Column("end_on", types.Day(), nullable=False),
        sa.Column("agreed_at", types.Instant(), nullable=False),
        sa.Column("agreed_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("agreed_period_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("agreed_period_by_source_counterparty_id"),
        "agreed_period",
        ["source", "counterparty_id"],
        unique=False,
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("began_at", types.Instant(), nullable=False),
        sa.Column("ended_at", types.Instant(), nullable=True),
        sa.Column("moment", types.WallClock(), nullable=True),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("agreement_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("agreement_by_source_id"), "agreement", ["source", "id"], unique=False)
    op.create_table(
        "agreement_document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("difference_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorder_id", sa.Text(), nullable=False),
        sa.Column("recorder_kind", sa.Text(), nullable=False),
        sa.Column("dated_at", types.WallClock(), nullable=True),
        sa.Column("in_books", sa.BigInteger(), nullable=False),
        sa.Column("in_hub", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("agreement_document_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("agreement_document_by_difference_id"), "agreement_document", ["difference_id"], unique=False
    )
    op.create_table(
        "balance_history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("counterparty_id", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("debt", sa.BigInteger(), nullable=False),
        sa.Column("from_at", types.Instant(), nullable=False),
        sa.Column("to_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("balance_history_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("balance_history_by_source_counterparty_id_to_at"),
        "balance_history",
        ["source", "counterparty_id", "to_at"],
        unique=False,
    )
    op.create_table(
        "census",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("began_at", types.Instant(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("differing_days", sa.Integer(), nullable=False),
        sa.Column("appeared", sa.Integer(), nullable=False),
        sa.Column("vanished", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("census_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("census_by_source_entity_id"), "census", ["source", "entity", "id"], unique=False)
    op.create_table(
        "exchange_node",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("message_no", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", types.Instant(), nullable=False),
        sa.Column("confirmed_at", types.Instant(), nullable=True),
        sa.Column("blocked", sa.Text(), nullable=True),
        sa.Column("blocked_hint", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("exchange_node_pkey")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", types.Instant(), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("lease_pkey")),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("received_at", types.Instant(), nullable=False),
        sa.Column("done_at", types.Instant(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("notification_pkey")),
        sa.UniqueConstraint(
            "source",
            "message_id",
            "entity",
            "record_id",
            name=op.f("notification_source_message_id_entity_record_id_key"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("notification_by_source_done_at"), "notification", ["source", "done_at"], unique=False
    )
    op.create_table(
        "pause",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("paused_at", types.Instant(), nullable=False),
        sa.Column("paused_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pause_pkey")),
    )
    op.create_table(
        "record_history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("entity", sa.Text(), nullable=True),
        sa.Column("from_at", types.Instant(), nullable=False),
        sa.Column("to_at", types.Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("ended_by_run", sa.Text(), nullable=True),
        sa.Column("fields", types.Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("record_history_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("record_history_by_source_record_parent_id_to_at"),
        "record_history",
        ["source", "record", "parent_id", "to_at"],
        unique=False,
    )
    op.create_index(
        op.f("record_history_by_source_record_record_id_to_at"),
        "record_history",
        ["source", "record", "record_id", "to_at"],
        unique=False,
    )
    op.create_index(
        op.f("record_history_by_source_to_at"), "record_history", ["source", "to_at"], unique=False
    )
    op.create_table(
        "agreement_difference",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("settlement_key_id", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=True),
        sa.Column("counterparty_id", sa.Text(), nullable=True),
        sa.Column("contract_id", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("in_books", sa.BigInteger(), nullable=False),
        sa.Column("in_hub", sa.BigInteger(), nullable=False),
        sa.Column("range_start", types.WallClock(), nullable=True),
        sa.Column("range_end", types.WallClock(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name="agreement_difference_agreement_id_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("agreement_difference_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("agreement_difference_by_agreement_id"), "agreement_difference", ["agreement_id"], unique=False
    )
    op.create_index(
        op.f("agreement_difference_by_source_counterparty_id"),
        "agreement_difference",
        ["source", "counterparty_id"],
        unique=False,
    )
    op.add_column("contract_balance", sa.Column("changed_at", types.Instant(), nullable=True))
    op.add_column("landing_page", sa.Column("record_id", sa.Text(), nullable=True))
    op.add_column("landing_page", sa.Column("hint", sa.Text(), nullable=True))
    op.add_column("landing_unit", sa.Column("keys", types.Json(), nullable=True))
    op.add_column("rejected", sa.Column("resolved_by", sa.Text(), nullable=True))
    op.add_column("rejected", sa.Column("resolution", sa.Text(), nullable=True))
    op.add_column("sync_run", sa.Column("requests", sa.Integer(), server_default="0", nullable=False))
    op.add_column("sync_run", sa.Column("sessions", sa.Integer(), server_default="0", nullable=False))
    for table in RECORDS:
        op.add_column(table, sa.Column("gone_reason", sa.Text(), nullable=True))
    op.execute("UPDATE contract_balance SET changed_at = refreshed_at")


def downgrade() -> None:
    history_triggers.remove(op.get_bind())
    for table in RECORDS:
        op.drop_column(table, "gone_reason")
    op.drop_column("sync_run", "sessions")
    op.drop_column("sync_run", "requests")
    op.drop_column("rejected", "resolution")
    op.drop_column("rejected", "resolved_by")
    op.drop_column("landing_unit", "keys")
    op.drop_column("landing_page", "hint")
    op.drop_column("landing_page", "record_id")
    op.drop_column("contract_balance", "changed_at")
    op.drop_table("agreement_difference")
    op.drop_table("record_history")
    op.drop_table("pause")
    op.drop_table("notification")
    op.drop_table("lease")
    op.drop_table("exchange_node")
    op.drop_table("census")
    op.drop_table("balance_history")
    op.drop_table("agreement_document")
    op.drop_table("agreement")
    op.drop_table("agreed_period")
    op.drop_table("agreed_change")
