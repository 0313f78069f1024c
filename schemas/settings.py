"""Settings, read once at process start from `saldo.toml`, `sources/*.toml` and the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

Cadence = Literal["instant", "15min", "1h", "1day", "off"]
Family = Literal["reference", "parties", "documents", "settlements", "prices", "stock"]
FullLoad = Literal["1day", "1week", "off"]
Changes = Literal["window", "exchange"]
Repair = Literal["ask", "auto"]
Outcome = Literal["pass", "warn", "hold"]


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

    `sessions` is the most requests under way (client licences left to the hub); `page_rows`, `page_bytes`
    and `page_seconds` are what an answer should be, `body_cap_bytes` what it must not exceed. `lease_s` is
    how long a reader that died keeps others from reading; `agreement_requests` the most that the search for
    the documents behind a difference may ask.
    """

    sessions: int = 2
    page_rows: int = 2_000
    page_bytes: int = 4 * 2**20
    page_seconds: int = 20
    body_cap_bytes: int = 128 * 2**20
    attempts: int = 5
    retry_for_s: int = 120
    lease_s: int = 60
    agreement_requests: int = 200


@dataclass(frozen=True, slots=True)
class OrderSettings:
    """How orders get into one base. Only where `accept` is on does it take any.

    `chosen_key`: the base keeps the reference that a new object comes with (`saldo check` tries it), so that the
    same order can never be there twice. Without it an unclear answer waits `settle_after_s` before the order counts
    as absent: longer than the base may still be at a request. What is uncertain or rejected for `red_after_s` is red.
    `over_limit`, `overdue` and `over_stock` tell what the credit check does. `constants` are fields that every order
    of this base carries, by their names there: {"Склад_Key": "..."}.
    """

    accept: bool = False
    chosen_key: bool = False
    settle_after_s: int = 300
    red_after_s: int = 3600
    over_limit: Outcome = "hold"
    overdue: Outcome = "hold"
    over_stock: Outcome = "pass"
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One accounting base. Everything stored is keyed by `id`.

    `changes` tells how the hub learns what changed, `changes_of` the same for single entities: by reading a
    period again, or from the exchange plan whose node is `exchange_node` (its code in `exchange_plan`);
    `exchange_sets` is what else the plan registers, as its makers know it: the base does not tell.
    A run that would delete or change more than `brake_percent` of a table of `brake_rows` rows or more stops
    and asks. `quiet_hours` ("08:30-09:15", the base's own time) are when nothing is read by itself.
    `soap_url` is the web service of our extension, where it is installed.
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
    changes: Changes = "window"
    changes_of: Mapping[str, Changes] = field(default_factory=dict)
    exchange_plan: str = ""
    exchange_node: str = ""
    exchange_sets: tuple[str, ...] = ()
    overlap_days: int = 35
    late_commit_s: int = 600
    full_load: FullLoad = "1week"
    repair: Repair = "ask"
    brake_percent: int = 30
    brake_rows: int = 200
    quiet_hours: tuple[str, ...] = ()
    notify_secret: Secret | None = None
    soap_url: str = ""
    limits: Limits = Limits()
    timeouts: Timeouts = Timeouts()
    orders: OrderSettings = OrderSettings()
    fields: Mapping[str, str] = field(default_factory=dict)
    cadence: Mapping[Family, Cadence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TermsSettings:
    """Payment terms where neither the accounting system nor the site has any (BS-13), and the calendar."""

    default_days: int = 14
    calendar: Literal["calendar_days", "working_days_shift"] = "calendar_days"
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """A provider of identities that people may sign in through. Users are made here first, as ever.

    `role_claim`, where given, names the claim whose text (or texts) is a role of ours: it then decides the role.
    """

    issuer: str
    client_id: str
    client_secret: Secret
    title: str = "OpenID Connect"
    role_claim: str = ""


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """Sessions end after `idle_minutes` without a request, and after `session_hours` in any case."""

    idle_minutes: int = 120
    session_hours: int = 12
    oidc: OidcSettings | None = None


@dataclass(frozen=True, slots=True)
class HubSettings:
    """The whole hub. `landing_url` is any fsspec location; `database_url` SQLite or PostgreSQL.

    Landed bytes that no living row needs are dropped after `landing_days`; 0 keeps them for ever.
    `api_per_minute` is how many requests a key of the API may make that has no limit of its own.
    `webhook_hosts` are receivers' hosts (or host:port) that may be plain HTTP and in a private network.
    `public_url` is where people outside reach the hub: printed statements name it for their verification.
    `dagster_url` is where the company's people reach Dagster: the desk links runs there.
    """

    database_url: str
    landing_url: str
    sources: tuple[SourceSettings, ...]
    terms: TermsSettings = TermsSettings()
    fresh_for_s: int = 3600
    landing_days: int = 0
    api_per_minute: int = 600
    webhook_hosts: tuple[str, ...] = ()
    public_url: str = ""
    dagster_url: str = ""
    desk: DeskSettings = DeskSettings()
