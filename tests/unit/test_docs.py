"""The documents say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from docs.build import api_page, mappings_page
from jobs.cli import COMMANDS
from schemas import errors

ROOT = Path(__file__).parents[2]


def test_the_page_of_mappings_is_made_from_the_declarations() -> None:
    assert (ROOT / "docs/mappings.md").read_text(encoding="utf-8") == mappings_page(), "run `make docs`"


def test_every_error_of_the_api_is_on_its_page() -> None:
    page = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    assert page == api_page(page), "run `make docs`"


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [module.NAME for module in COMMANDS if f"`saldo {module.NAME}" not in readme] == []


def test_every_error_class_of_the_runbook_exists_and_the_other_way_round() -> None:
    runbook = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+Error)`", runbook))
    raised = {name for name in vars(errors) if name.endswith("Error")} - {"HubError", "SourceError"}
    assert named == raised


def test_every_guarantee_names_tests_that_exist() -> None:
    page = (ROOT / "docs/guarantees.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)
    assert len(named) > 20
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not (ROOT / file).is_file()
        or (test and f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8"))
    ]
    assert missing == []
    promises = [
        line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| promise")
    ]
    assert [line for line in promises if "`tests/" not in line] == []
