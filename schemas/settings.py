"""Settings, read once at process start from `saldo.toml`, `sources/*.toml` and the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

Cadence = Literal["instant", "15min", "1h", "1day", "off"]
Family = Literal["reference", "parties", "documents", "settlements"]
FullLoad = Literal["1day", "1week", "off"]


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that does not show itself."""

    value: str

    def __repr__(self) -> str:
        return "Secret(***)"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `totals_s` is for virtual tables, which recompute balances and are slow when idle."""

    connect_s: int = 15
    read_s: int = 120
    totals_s: int = 300


@dataclass(frozen=True, slots=True)
class Limits:
    """What one base may be asked for at once, and how long the hub insists.

    `sessions` is the most requests under way (client licences left to the hub); `page_rows` and
    `page_bytes` are what an answer should be, `body_cap_bytes` what it must not exceed.
    """

    sessions: int = 2
    page_rows: int = 2_000
    page_bytes: int = 4 * 2**20
    body_cap_bytes: int = 128 * 2**20
    attempts: int = 5
    retry_for_s: int = 120


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One accounting base. Everything stored is keyed by `id`.

    `fields` gives this installation's names for the fields the declarations know by their standard name:
    {"Catalog_ДоговорыКонтрагентов.СрокОплаты": "СрокОплатыПоДоговору"}; "" where it has no such field.
    """

    id: str
    title: str
    base_url: str
    user: str
    password: Secret
    time_zone: ZoneInfo
    history_from: date
    mapping: str = "ut11"
    dialect: Literal["1c", "v2", "v4"] = "1c"
    select: Literal["mapped", "all"] = "mapped"
    overlap_days: int = 35
    full_load: FullLoad = "1day"
    limits: Limits = Limits()
    timeouts: Timeouts = Timeouts()
    fields: Mapping[str, str] = field(default_factory=dict)
    cadence: Mapping[Family, Cadence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TermsSettings:
    """Payment terms where neither the accounting system nor the site has any (BS-13), and the calendar."""

    default_days: int = 14
    calendar: Literal["calendar_days", "working_days_shift"] = "calendar_days"
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class HubSettings:
    """The whole hub. `landing_url` is any fsspec location; `database_url` SQLite or PostgreSQL."""

    database_url: str
    landing_url: str
    sources: tuple[SourceSettings, ...]
    terms: TermsSettings = TermsSettings()
    fresh_for_s: int = 3600
