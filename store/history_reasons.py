"""Why a version of a record ended, said in SQL over the OLD and the NEW row.

deleted: a complete reading, or one that named it, no longer has it. unposted, deletion_marked, deactivated: it is
there and no longer counts. moved_date, moved_contract: it counts elsewhere. changed: anything else. A deletion
mark unposts a document too; it is the stronger word.
"""

from __future__ import annotations

from schemas.records import RecordTable

CHANGED = "changed"
WITHDRAWALS = ("unposted", "deletion_marked", "moved_contract", "moved_date", "deleted", "deactivated")

_OWNER = {
    "document": ("contract_id", "counterparty_id", "organization_id"),
    "settlement_entry": ("settlement_key_id",),
    "due_entry": ("settlement_key_id",),
}
_MOMENT = {"document": "dated_at", "settlement_entry": "at", "due_entry": "at"}


def ending(record: RecordTable) -> str:
    """An SQL expression that gives the reason of a change."""
    if record.parent:
        return f"'{CHANGED}'"
    cases = ["WHEN NEW.gone_at IS NOT NULL THEN coalesce(NEW.gone_reason, 'deleted')"]
    if "deletion_mark" in record.fields:
        cases.append("WHEN NEW.deletion_mark AND NOT OLD.deletion_mark THEN 'deletion_marked'")
    if "posted" in record.fields:
        cases.append("WHEN OLD.posted AND NOT NEW.posted THEN 'unposted'")
    if record.name in _MOMENT and "active" in record.fields:
        cases.append("WHEN OLD.active AND NOT NEW.active THEN 'deactivated'")
    return f"CASE {' '.join([*cases, *_moves(record)])} ELSE '{CHANGED}' END"


def moving(record: RecordTable) -> str:
    """An SQL expression: moved_contract, moved_date, or NULL where the record is where it was; "" for none."""
    moves = _moves(record)
    return f"CASE {' '.join(moves)} END" if moves else ""


def _moves(record: RecordTable) -> list[str]:
    owner = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _OWNER.get(record.name, ()))
    moment = _MOMENT.get(record.name)
    moved = [f"WHEN {owner} THEN 'moved_contract'"] if owner else []
    return [*moved, f"WHEN OLD.{moment} <> NEW.{moment} THEN 'moved_date'"] if moment else moved
