"""The two simulated accounting bases of the demo, and the settings that make them Saldo's sources."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from jobs.demo import warehouse
from jobs.processes import Child, Family, free_port
from schemas.errors import ConfigurationError, StoreError

TERMS_FIELD = "Catalog_ДоговорыКонтрагентов.СрокОплаты"
READY_S = 60.0


@dataclass(frozen=True, slots=True)
class Base:
    """`renamed` are field names of this installation, for the simulator and for Saldo alike.

    With `extended` our extension is installed: the base draws statements by its own web service. One that
    `takes_orders` posts them only where the goods are free and the contract's limit allows it.
    """

    id: str
    title: str
    size: str
    seed: int
    currency: str
    time_zone: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    exchange_plan: str = ""
    extended: bool = False
    takes_orders: bool = False

    @property
    def password_variable(self) -> str:
        return f"SALDO_{self.id.upper()}_PASSWORD"


BASES = (
    Base(
        "ut11",
        "Управление торговлей, main company",
        "demo",
        1,
        "RUB",
        "Europe/Moscow",
        exchange_plan="ДляODATA",
        extended=True,
        takes_orders=True,
    ),
    Base(
        "kyiv",
        "Управление торговлей, Kyiv branch",
        "small",
        2,
        "UAH",
        "Europe/Kyiv",
        {TERMS_FIELD: "_НКС_ДнівВідтермінуванняОплати"},
    ),
)


@dataclass(frozen=True, slots=True)
class Running:
    base: Base
    url: str
    user: str
    password: str
    control: str
    data: Path
    warehouse: str  # that orders are shipped from; "" where it takes none


@dataclass(frozen=True, slots=True)
class BookTotal:
    """What the books say one contract owes."""

    organization: str
    counterparty: str
    contract: str
    currency: str
    amount: Decimal


def require_simulator() -> None:
    """The simulator is part of the repository, not of the wheel."""
    if subprocess.run(
        [sys.executable, "-m", "simulator", "--help"], capture_output=True, check=False
    ).returncode:
        raise ConfigurationError(
            "the demo needs the simulated accounting system, which is not installed here",
            hint="Run `make demo` in a clone of the repository.",
        )


def start(family: Family, base: Base, home: Path) -> tuple[Child, Path]:
    data = home / f"{base.id}-books.db"
    arguments = ["-m", "simulator", "--port", str(free_port()), "--name", base.id, "--size", base.size]
    arguments += ["--seed", str(base.seed), "--currency", base.currency, "--time-zone", base.time_zone]
    arguments += ["--data", str(data), "--control", str(free_port())]
    if base.takes_orders:
        arguments += ["--controls-stock", "--controls-limit"]
    for path, name in base.renamed.items():
        arguments += ["--rename", f"{path}={name}"]
    return family.start(f"simulator-{base.id}", arguments), data


def announced(family: Family, base: Base, child: Child, data: Path) -> Running:
    """Wait for the four lines the simulator prints when it serves."""
    said: dict[str, str] = {}

    def ready() -> bool:
        for line in child.log.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(": ")
            if name in ("base", "user", "password", "control"):
                said[name] = value
        return len(said) == 4

    family.wait_for(f"the simulator of {base.id}", ready, READY_S)
    login = said["base"], said["user"], said["password"]
    ships_from = warehouse.first(*login) if base.takes_orders else ""
    return Running(base, *login, said["control"], data, ships_from)


def totals(running: Running) -> list[BookTotal]:
    """Ask the books themselves, not the hub: the control totals of the simulator."""
    base = running.base
    arguments = [
        "totals",
        "--json",
        "--data",
        str(running.data),
        "--size",
        base.size,
        "--seed",
        str(base.seed),
    ]
    asked = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "simulator", *arguments, "--currency", base.currency],
        capture_output=True,
        check=False,
    )
    if asked.returncode:
        raise StoreError(f"the books of {base.id} do not close: {asked.stderr.decode()}", hint="Report this.")
    return [
        BookTotal(
            row["organization"], row["counterparty"], row["contract"], row["currency"], Decimal(row["amount"])
        )
        for row in json.loads(asked.stdout)
    ]


def write_settings(home: Path, running: tuple[Running, ...], public_url: str) -> Path:
    """Write `saldo.toml` and one file per source, as a person would for real bases."""
    (home / "sources").mkdir(parents=True, exist_ok=True)
    for item in running:
        base = item.base
        lines = [
            f'id = "{base.id}"',
            f'title = "{base.title}"',
            f'base_url = "{item.url}"',
            f'user = "{item.user}"',
            f'password_env = "{base.password_variable}"',
            f'time_zone = "{base.time_zone}"',
            f"history_from = {datetime.now(UTC).year - 3}-01-01",
            *_changes(base),
            *_web_service(item),
            "",
            "[limits]",
            "sessions = 2",
            "",
            *_orders(item),
            "[fields]",
            *(f'"{path}" = "{name}"' for path, name in base.renamed.items()),
        ]
        (home / "sources" / f"{base.id}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = home / "saldo.toml"
    settings.write_text(
        f'[hub]\ndatabase_url = "sqlite:///{home / "saldo.db"}"\nlanding_url = "file://{home / "landing"}"\n'
        f'public_url = "{public_url}"\n',
        encoding="utf-8",
    )
    return settings


def _web_service(item: Running) -> list[str]:
    address = item.url.replace("/odata/standard.odata", "/ws/saldo.1cws")
    return [f'soap_url = "{address}"'] if item.base.extended else []


def _orders(item: Running) -> list[str]:
    """The simulated base keeps the reference that a new document comes with, as `saldo check` would find out."""
    if not item.base.takes_orders:
        return []
    constants = f'constants = {{ "Склад_Key" = "{item.warehouse}" }}'
    return ["[orders]", "accept = true", "chosen_key = true", constants, ""]


def _changes(base: Base) -> list[str]:
    """One base tells what changed by its exchange plan, where node 002 is the site; the other is read by windows."""
    if not base.exchange_plan:
        return []
    return ['changes = "exchange"', f'exchange_plan = "{base.exchange_plan}"', 'exchange_node = "002"']
