"""Reads `saldo.toml` and the `sources/*.toml` beside it; every problem is reported at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, cast, get_args
from zoneinfo import ZoneInfo

from schemas import settings_of_desk
from schemas.errors import ConfigurationError
from schemas.settings import (
    Cadence,
    Changes,
    Family,
    FullLoad,
    HubSettings,
    Limits,
    OrderSettings,
    Outcome,
    Repair,
    Secret,
    SourceSettings,
    TermsSettings,
    Timeouts,
)

T = TypeVar("T")
SECRETS = {"password": "password_env", "notify_secret": "notify_secret_env"}
SOURCE_KEYS = {SECRETS.get(item.name, item.name) for item in fields(SourceSettings)}
REQUIRED = ("id", "title", "base_url", "user", "password_env", "time_zone", "history_from")
BUILT = {
    *REQUIRED,
    "limits",
    "timeouts",
    "orders",
    "cadence",
    "quiet_hours",
    "exchange_sets",
    "notify_secret_env",
}
OPTIONAL = tuple(sorted(SOURCE_KEYS - BUILT))
HUB_KEYS = {"database_url", "landing_url", "fresh_for_s", "landing_days", "api_per_minute", "webhook_hosts"}
HUB_KEYS |= {"public_url", "dagster_url"}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "full_load": get_args(FullLoad),
    "changes": get_args(Changes),
    "repair": get_args(Repair),
}
PUBLIC = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
QUIET = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")


def load(path: Path, environ: Mapping[str, str]) -> HubSettings:
    """Read the settings. `environ` supplies passwords and may override the store's two addresses.

    Errors: ConfigurationError that lists everything wrong, so that one edit mends all.
    """
    if not path.is_file():
        raise ConfigurationError(
            f"there is no settings file {path}",
            hint="Copy docs/examples/saldo.toml there, or name another file in SALDO_CONFIG.",
        )
    problems: list[str] = []
    hub = _toml(path, problems)
    own = hub.get("hub", {})
    _unknown("[hub]", own, HUB_KEYS, problems)
    _unknown(str(path.name), hub, {"hub", "terms", "desk"}, problems)
    files = sorted((path.parent / "sources").glob("*.toml"))
    sources = [_source(file, environ, problems) for file in files]
    if not files:
        problems.append(f"{path.parent / 'sources'} holds no source: add one file per accounting base")
    ids = [source.id for source in sources if source]
    problems.extend(f"two sources are called {name!r}" for name in {i for i in ids if ids.count(i) > 1})
    database = environ.get("SALDO_DATABASE_URL") or own.get("database_url")
    landing = environ.get("SALDO_LANDING_URL") or own.get("landing_url")
    if not database:
        problems.append("[hub] database_url is missing: sqlite:///... or postgresql://...")
    if not landing:
        problems.append("[hub] landing_url is missing: file:///... or any fsspec location")
    public_url = _address("public_url", own.get("public_url", ""), problems)
    dagster = environ.get("SALDO_DAGSTER_URL") or own.get("dagster_url", "")
    dagster_url = _address("dagster_url", dagster, problems)
    terms = _checked("[terms]", lambda: _terms(hub.get("terms", {}), problems), problems)
    desk = settings_of_desk.read(hub.get("desk", {}), environ, problems)
    if problems or not terms:
        raise ConfigurationError(
            f"the settings cannot be used: {'; '.join(problems)}",
            hint=f"Correct {path} and the files in sources/ beside it; docs/settings.md explains each.",
        )
    return HubSettings(
        database_url=str(database),
        landing_url=str(landing),
        sources=tuple(source for source in sources if source),
        terms=terms,
        desk=desk,
        fresh_for_s=int(own.get("fresh_for_s", 3600)),
        landing_days=int(own.get("landing_days", 0)),
        api_per_minute=int(own.get("api_per_minute", 600)),
        webhook_hosts=tuple(map(str, own.get("webhook_hosts", ()))),
        public_url=public_url,
        dagster_url=dagster_url,
    )


def _address(name: str, given: object, problems: list[str]) -> str:
    if given and not PUBLIC.fullmatch(str(given)):
        problems.append(f"[hub] {name} is not an address like https://hub.example")
    return str(given).rstrip("/")


def _toml(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path.name} is not TOML: {error}")
        return {}


def _unknown(where: str, given: Mapping[str, Any], known: set[str], problems: list[str]) -> None:
    problems.extend(f"{where}: there is no setting {name!r}" for name in sorted(given.keys() - known))


def _checked(where: str, build: Callable[[], T], problems: list[str]) -> T | None:
    try:
        return build()
    except (KeyError, TypeError, ValueError) as error:
        problems.append(f"{where}: {_said(error)}")
        return None


def _said(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)


def _terms(given: dict[str, Any], problems: list[str]) -> TermsSettings:
    _unknown("[terms]", given, {item.name for item in fields(TermsSettings)}, problems)
    if given.get("calendar", "calendar_days") not in ("calendar_days", "working_days_shift"):
        raise ValueError("calendar is calendar_days or working_days_shift")
    return TermsSettings(**{**given, "holidays": tuple(given.get("holidays", ()))})


def _source(path: Path, environ: Mapping[str, str], problems: list[str]) -> SourceSettings | None:
    where = f"sources/{path.name}"
    given = _toml(path, problems)
    _unknown(where, given, SOURCE_KEYS, problems)
    problems.extend(f"{where}: {name} is missing" for name in REQUIRED if name not in given)
    secrets = {name: given[key] for name, key in SECRETS.items() if key in given}
    for name, variable in secrets.items():
        if variable not in environ:
            problems.append(f"{where}: the environment has no {variable} (the {name.replace('_', ' ')})")
    if any(problem.startswith(where) for problem in problems):
        return None
    values = {name: Secret(environ[variable]) for name, variable in secrets.items()}
    return _checked(where, lambda: _built(given, values), problems)


def _built(given: dict[str, Any], secrets: Mapping[str, Secret]) -> SourceSettings:
    try:
        zone = ZoneInfo(given["time_zone"])
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"time_zone {given['time_zone']!r} is not an IANA name like Europe/Kyiv") from error
    if not isinstance(given["history_from"], date):
        raise TypeError("history_from is a date without quotes, like 2024-01-01")
    if not str(given["id"]).isidentifier():
        raise ValueError(f"id {given['id']!r} is not one word of letters, digits and _")
    for name, allowed in CHOICES.items():
        if given.get(name, allowed[0]) not in allowed:
            raise ValueError(f"{name} = {given[name]!r} is unknown: {allowed}")
    _check_exchange(given)
    quiet = tuple(given.get("quiet_hours", ()))
    if strange := [hours for hours in quiet if not QUIET.fullmatch(str(hours))]:
        raise ValueError(f"quiet_hours {strange[0]!r} is not written like 08:30-09:15")
    cadence = given.get("cadence", {})
    for family, pace in cadence.items():
        if family not in get_args(Family) or pace not in get_args(Cadence):
            raise ValueError(
                f"cadence.{family} = {pace!r}: families {get_args(Family)}, paces {get_args(Cadence)}"
            )
    timeouts = Timeouts(**given.get("timeouts", {}))
    return SourceSettings(
        id=given["id"],
        title=given["title"],
        base_url=str(given["base_url"]).rstrip("/"),
        user=given["user"],
        time_zone=zone,
        quiet_hours=quiet,
        exchange_sets=tuple(map(str, given.get("exchange_sets", ()))),
        password=secrets["password"],
        notify_secret=secrets.get("notify_secret"),
        history_from=given["history_from"],
        limits=Limits(**given.get("limits", {})),
        timeouts=timeouts,
        orders=_orders(given.get("orders", {}), timeouts),
        cadence=cast("Mapping[Family, Cadence]", cadence),
        **{name: given[name] for name in OPTIONAL if name in given},
    )


def _orders(given: Mapping[str, Any], timeouts: Timeouts) -> OrderSettings:
    if strange := given.keys() - {item.name for item in fields(OrderSettings)}:
        raise ValueError(f"[orders] has no setting {min(strange)!r}")
    for name in ("over_limit", "overdue", "over_stock"):
        if given.get(name, "pass") not in get_args(Outcome):
            raise ValueError(f"orders.{name} = {given[name]!r} is unknown: {get_args(Outcome)}")
    made, least = OrderSettings(**given), timeouts.connect_s + timeouts.read_s
    if made.accept and made.settle_after_s <= least:  # a request that we still wait for would count as gone
        raise ValueError(
            f"orders.settle_after_s = {made.settle_after_s}: longer than connect_s + read_s, {least}"
        )
    return made


def _check_exchange(given: dict[str, Any]) -> None:
    """`changes_of` is checked against the declarations by `assets/source.py`: they are not known here."""
    ways = {given.get("changes", "window"), *given.get("changes_of", {}).values()}
    if strange := ways - set(get_args(Changes)):
        raise ValueError(f"changes_of has {min(strange)!r}; there are {get_args(Changes)}")
    if "exchange" in ways and not (given.get("exchange_plan") and given.get("exchange_node")):
        raise ValueError("changes come from an exchange plan: name exchange_plan and exchange_node")
