"""What the style guide's section 1 asks of bare top-level packages."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SHIPPED = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
NOT_SHIPPED = {"simulator", "benchmarks"}

IMPORT_ALL = """
import importlib, pkgutil, socket, sys

def refused(*args, **kwargs):
    raise AssertionError("a module opened a socket on import")

socket.socket.connect = socket.socket.bind = socket.getaddrinfo = refused
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    package = importlib.import_module(name)
    for found in pkgutil.walk_packages(package.__path__, name + "."):
        if not found.name.endswith((".__main__", "migrations.env")):  # these two are run, not imported
            importlib.import_module(found.name)
"""


def packages() -> set[str]:
    return {file.parent.name for file in ROOT.glob("*/__init__.py")}


def test_every_package_is_shipped_or_named_as_not_shipped() -> None:
    assert packages() == {*SHIPPED, *NOT_SHIPPED}


def test_import_rules_and_types_know_every_package() -> None:
    own = {*SHIPPED, "simulator"}
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == own
    assert set(PROJECT["tool"]["mypy"]["packages"]) >= own
    assert set(PROJECT["tool"]["ruff"]["lint"]["isort"]["known-first-party"]) >= own


@pytest.mark.parametrize("name", sorted({*SHIPPED, *NOT_SHIPPED}))
def test_no_other_distribution_owns_one_of_our_names(name: str) -> None:
    owners = set(importlib.metadata.packages_distributions().get(name, []))
    assert owners <= {PROJECT["project"]["name"]}


def test_every_module_imports_with_an_empty_environment_and_no_network(tmp_path: Path) -> None:
    arguments = [
        sys.executable,
        "-W",
        "error::ImportWarning",
        "-c",
        IMPORT_ALL,
        str(ROOT),
        *sorted(packages()),
    ]
    done = subprocess.run(arguments, env={}, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "package",
    [
        "store",
        "assets",
        "jobs",
        "printing",
        "api",
        "desk",
        *(f"desk/{one.parent.name}" for one in sorted(ROOT.glob("desk/*/__init__.py"))),
        *(f"api/{one.parent.name}" for one in sorted(ROOT.glob("api/*/__init__.py"))),
    ],
)
def test_a_table_of_contents_names_every_module_and_nothing_else(package: str) -> None:
    """A line of it is a module's name, two blanks or more, and what it is about."""
    folder = ROOT / package
    told = set(re.findall(r"^([a-z_]+) {2,}\S", (folder / "__init__.py").read_text(encoding="utf-8"), re.M))
    modules = {file.stem for file in folder.glob("*.py")} | {
        file.parent.name for file in folder.glob("*/__init__.py")
    }
    assert told == modules - {"__init__"}
