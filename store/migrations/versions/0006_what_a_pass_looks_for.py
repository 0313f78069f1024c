"""What every pass looks for is found by an index, however much was landed and kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BELONGS_TO = {
    "settlement_entry": "settlement_key_id",
    "due_entry": "settlement_key_id",
    "settlement_key": "counterparty_id",
}
INDEXES = (("source", "entity", "run_id"), ("source", "state", "entity"), ("source", "mapped_at"))


def upgrade() -> None:
    for columns in INDEXES:
        op.create_index(op.f(f"landing_unit_by_{'_'.join(columns)}"), "landing_unit", list(columns))
    _of_key(("source", "settlement_key_id", "at"), instead_of=("source", "settlement_key_id"))
    history = sa.table("record_history", *map(sa.column, ("record", "parent_id", "fields")))
    for record, field in BELONGS_TO.items():
        belonged_to: sa.ColumnElement[str] = sa.func.json_extract(history.c.fields, f"$.{field}")
        if op.get_bind().dialect.name == "postgresql":
            belonged_to = history.c.fields.op("->>")(field)
        op.execute(history.update().where(history.c.record == record).values(parent_id=belonged_to))


def downgrade() -> None:
    history = sa.table("record_history", *map(sa.column, ("record", "parent_id")))
    op.execute(history.update().where(history.c.record.in_(BELONGS_TO)).values(parent_id=None))
    _of_key(("source", "settlement_key_id"), instead_of=("source", "settlement_key_id", "at"))
    for columns in INDEXES:
        op.drop_index(op.f(f"landing_unit_by_{'_'.join(columns)}"), table_name="landing_unit")


def _of_key(columns: tuple[str, ...], *, instead_of: tuple[str, ...]) -> None:
    """Movements of one key, in a period or at all."""
    op.drop_index(op.f(f"settlement_entry_by_{'_'.join(instead_of)}"), table_name="settlement_entry")
    op.create_index(op.f(f"settlement_entry_by_{'_'.join(columns)}"), "settlement_entry", list(columns))
