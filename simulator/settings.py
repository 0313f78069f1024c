"""How one simulated installation is set up, sound or hostile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PoisonKind = Literal[
    "error",  # 500, code -1
    "malformed",  # the text breaks off in the middle of the record
    "control",  # the character 0x02: JSON carries it escaped, Atom cannot
]

DEFAULT_USER = "Администратор обмена"
DEFAULT_PASSWORD = "Обмен-с-порталом-2026"  # noqa: S105 - a public default of a stand-in server


@dataclass(frozen=True, slots=True)
class ServerOptions:
    host: str = "127.0.0.1"
    port: int = 0  # 0: any free one
    name: str = "ut11"
    user: str = DEFAULT_USER
    password: str = DEFAULT_PASSWORD
    latency_ms: int = 0
    pool_size: int = 10  # sessions at once
    pool_timeout_s: float = 5.0
    session_max_age_s: float = 20.0
    session_cookie: bool = True  # False: `IBSession: start` brings no cookie
    locked: bool = False
    licence_free: bool = True
    charset: str = "utf-8"  # what the Content-Type header says; the body is always UTF-8
    hide_sets: frozenset[str] = frozenset()
    rename: Mapping[str, str] = field(default_factory=dict)  # {"Catalog_X.Поле": "ИмяЗдесь"}
    drop_fields: frozenset[str] = frozenset()  # {"Catalog_X.Поле"}
    time_zone: str = "Europe/Moscow"  # of the base's wall clock
    clock_skew_s: float = 0.0  # of the Date header against the real time
    clock_jump_s: float = 0.0  # of the base's wall clock and of the Date header
    hidden_rows: frozenset[str] = frozenset()  # Ref_Keys the user has no rights to
    record_set_limit: int = 5_000  # record sets that fit in memory without a filter
    package_limit: int | None = None  # changed objects that fit in memory as one package
    report_deletions: bool = False  # physical deletions in packages; real bases keep silent
    answer_rows_limit: int | None = None  # rows of a set that fit in memory as one answer
    poison: Mapping[str, PoisonKind] = field(default_factory=dict)  # by reference, or <register>/<recorder>
    extension: bool = True  # False: the base has no web service of ours
    read_only: bool = False  # the user may not write
    chosen_keys: bool = True  # False: a new object's reference is the base's choice whatever the client sent
    load_mode: bool = True  # False: `1C_OData-DataLoadMode: true` is refused
    controls_stock: bool = False  # an order for more than is free cannot be posted
    controls_limit: bool = False  # an order over the contract's debt limit cannot be posted
    unique_tax_ids: bool = False  # a second counterparty with the same tax numbers is refused
    control: bool = False  # a second port that makes things happen; for tests only
    control_port: int = 0
