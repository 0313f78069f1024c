"""`docs/simulator.md` names everything one can set."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

from simulator.__main__ import _parser
from simulator.faults import READY, WRITES, Kind
from simulator.life.life import ACTIONS
from simulator.settings import PoisonKind, ServerOptions

TEXT = (Path(__file__).parents[3] / "docs/simulator.md").read_text(encoding="utf-8")


def test_every_option_of_the_command_is_explained() -> None:
    options = set(re.findall(r"--[a-z-]+", _parser().format_help())) - {"--help"}
    assert {option for option in options if f"`{option}" not in TEXT} == set()


def test_every_setting_of_an_installation_is_explained() -> None:
    by_option = {"host", "port", "name", "user", "password", "latency_ms", "pool_size", "locked", "time_zone"}
    settings = {field.name for field in fields(ServerOptions)} - by_option
    assert {name for name in settings if f"`{name}`" not in TEXT} == set()


def test_every_fault_is_explained() -> None:
    assert {kind for kind in get_args(Kind) if f"`{kind}`" not in TEXT} == set()


def test_every_ready_made_fault_poison_and_event_is_explained() -> None:
    named = {*READY, *WRITES, *get_args(PoisonKind), *ACTIONS}
    assert {name for name in named if f"`{name}`" not in TEXT} == set()
