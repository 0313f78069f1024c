from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args

import pytest

from schemas import settings_file
from schemas.settings import (
    DeskSettings,
    Family,
    HubSettings,
    Limits,
    OidcSettings,
    OrderSettings,
    SourceSettings,
    TermsSettings,
    Timeouts,
)

DOCS = Path(__file__).parents[2] / "docs"
ROW = re.compile(r"^\| `(\w+)` \|(.*)\|$", re.MULTILINE)
ELSEWHERE = {
    "sources",
    "terms",
    "desk",
    "oidc",
    "limits",
    "timeouts",
    "orders",
    "fields",
    "cadence",
    "changes_of",
}  # tables of their own


def documented(heading: str) -> dict[str, str]:
    """Setting to default, as the table under `heading` has them."""
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    _, found, rest = text.partition(f"\n{heading}\n")
    assert found, f"docs/settings.md has no {heading!r}"
    rows = ROW.finditer(re.split(r"^#", rest, flags=re.M)[0])
    return {row[1]: row[2].split("|")[0].strip() for row in rows}


def declared(settings: type[Any], renamed: Mapping[str, str] = {}) -> dict[str, str]:
    return {
        renamed.get(item.name, item.name): "" if item.default is MISSING else str(item.default or "none")
        for item in fields(settings)
        if item.name not in ELSEWHERE
    }


@pytest.mark.parametrize(
    ("heading", "settings"),
    [
        ("## saldo.toml: [hub]", HubSettings),
        ("## saldo.toml: [terms]", TermsSettings),
        ("## saldo.toml: [desk]", DeskSettings),
        ("### [limits]", Limits),
        ("### [timeouts]", Timeouts),
        ("### [orders]", OrderSettings),
    ],
)
def test_every_setting_is_documented_with_its_default(heading: str, settings: type[Any]) -> None:
    assert documented(heading) == declared(settings)


def test_every_setting_of_the_identity_provider_is_documented_with_its_default() -> None:
    assert documented("### [desk.oidc]") == declared(OidcSettings, {"client_secret": "client_secret_env"})


def test_every_setting_of_a_source_is_documented_with_its_default() -> None:
    own = declared(SourceSettings, settings_file.SECRETS)
    assert documented("## sources/NAME.toml") == own


def test_every_family_has_its_line() -> None:
    assert set(documented("### [cadence]")) == set(get_args(Family))


def test_the_examples_are_settings_that_can_be_used(tmp_path: Path) -> None:
    shutil.copytree(DOCS / "examples", tmp_path, dirs_exist_ok=True)
    hub = settings_file.load(tmp_path / "saldo.toml", {"UT11_PASSWORD": "secret"})
    assert [source.id for source in hub.sources] == ["ut11"]
    assert hub.terms.calendar == "working_days_shift"


def test_the_environment_variables_that_are_read_are_documented() -> None:
    named = set(re.findall(r"`(SALDO_\w+)`", (DOCS / "settings.md").read_text(encoding="utf-8")))
    root = DOCS.parent
    sources = [
        file
        for folder in ("schemas", "store", "api", "assets", "jobs")
        for file in (root / folder).rglob("*.py")
    ]
    read = {
        name
        for file in sources
        for name in re.findall(r'["\'](SALDO_[A-Z_]+)["\']', file.read_text(encoding="utf-8"))
    }
    assert read <= named
    assert {"SALDO_CONFIG", "SALDO_DATABASE_URL"} <= read
