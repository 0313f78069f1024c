from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RECORD = (ROOT / "docs/adr/0006-dependencies.md").read_text(encoding="utf-8")


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~ ]", requirement)[0] for requirement in requirements}


def test_every_dependency_has_its_reason() -> None:
    rows = re.findall(r"^\| ([a-z][\w, -]*?) \| (?!known in)", RECORD, flags=re.MULTILINE)
    assert {name for row in rows for name in row.split(", ")} == names(PROJECT["dependencies"])


def test_every_tool_of_development_is_named() -> None:
    stubs = {"pandas-stubs", "types-requests"}
    tools = names(PROJECT["optional-dependencies"]["dev"]) - stubs
    assert {name for name in tools if name not in RECORD} == set()


def test_every_dependency_is_pinned() -> None:
    pinned = {
        line.split("==")[0].lower()
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    own = names(PROJECT["dependencies"]) | names(PROJECT["optional-dependencies"]["dev"])
    assert {name for name in own if name.lower() not in pinned} == set()
