"""How the tortured source is set up: half of it learns by the exchange plan, half by windows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from mappings import MAPPINGS
from schemas.settings import Limits, Secret, SourceSettings, Timeouts
from simulator.settings import DEFAULT_PASSWORD, DEFAULT_USER

SOURCE = "ut11"
OVERLAP = timedelta(days=2)
MARGIN = timedelta(minutes=40)  # longer than a late commit and a clock that is behind, together
BY_WINDOW = frozenset(
    {"currency", "partner", "settlement_key", "invoice", "return_note", "bank_receipt", "offset", "due_entry"}
)
MOVEMENTS = ("settlement_entry", "due_entry")
ENTITY_OF = {entity.source: entity.name for entity in MAPPINGS["ut11"]}
SETS_BY_WINDOW = tuple(entity.source for entity in MAPPINGS["ut11"] if entity.name in BY_WINDOW)
DOCUMENTS = tuple(entity.source for entity in MAPPINGS["ut11"] if entity.family == "documents")
TABLE_OF = {entity.name: entity.table.name for entity in MAPPINGS["ut11"]}
LEASE_S = 1


def learns_by_window(entity: str) -> bool:
    return entity in BY_WINDOW


def table_of(entity: str) -> str:
    return TABLE_OF[entity]


def settings(url: str, *, overlap: timedelta = OVERLAP, brake_rows: int = 200) -> SourceSettings:
    return SourceSettings(
        id=SOURCE,
        title="Tortured base",
        base_url=url,
        user=DEFAULT_USER,
        password=Secret(DEFAULT_PASSWORD),
        time_zone=ZoneInfo("Europe/Moscow"),
        history_from=date(datetime.now(UTC).year - 3, 1, 1),
        changes="exchange",
        changes_of=dict.fromkeys(sorted(BY_WINDOW), "window"),
        exchange_plan="ДляODATA",
        exchange_node="002",
        overlap_days=overlap.days,
        late_commit_s=int(MARGIN.total_seconds()),
        brake_rows=brake_rows,
        limits=Limits(page_rows=100, attempts=3, retry_for_s=6, lease_s=LEASE_S, agreement_requests=400),
        timeouts=Timeouts(connect_s=2, read_s=3, totals_s=3),
    )
