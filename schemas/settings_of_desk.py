"""Reads `[desk]` of saldo.toml: how long sessions last, and who else may vouch for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from schemas.settings import DeskSettings, OidcSettings, Secret

_SECRET, _VARIABLE = "client_secret", "client_secret_env"
_OIDC_KEYS = {_VARIABLE if item.name == _SECRET else item.name for item in fields(OidcSettings)}
_REQUIRED = ("issuer", "client_id", _VARIABLE)


def read(given: Mapping[str, Any], environ: Mapping[str, str], problems: list[str]) -> DeskSettings:
    """What is wrong is added to `problems`."""
    known = {item.name for item in fields(DeskSettings)}
    problems.extend(f"[desk]: there is no setting {name!r}" for name in sorted(given.keys() - known))
    minutes = {name: given[name] for name in ("idle_minutes", "session_hours") if name in given}
    for name, value in minutes.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            problems.append(f"[desk] {name} is a whole number from 1 on")
    oidc = _oidc(given["oidc"], environ, problems) if "oidc" in given else None
    return DeskSettings(**minutes, oidc=oidc)


def _oidc(given: Mapping[str, Any], environ: Mapping[str, str], problems: list[str]) -> OidcSettings | None:
    where, before = "[desk.oidc]", len(problems)
    problems.extend(f"{where}: there is no setting {name!r}" for name in sorted(given.keys() - _OIDC_KEYS))
    problems.extend(f"{where}: {name} is missing" for name in _REQUIRED if not given.get(name))
    variable, issuer = str(given.get(_VARIABLE, "")), str(given.get("issuer", ""))
    if variable and variable not in environ:
        problems.append(f"{where}: the environment has no {variable} (the client's secret)")
    if issuer and not issuer.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        problems.append(f"{where} issuer is an address that begins with https://")
    if len(problems) > before:
        return None
    rest = {name: str(given[name]) for name in given if name != _VARIABLE}
    return OidcSettings(**rest, client_secret=Secret(environ[variable]))
