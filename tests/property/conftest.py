"""Where the property tests keep their databases."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all examples of a test: a fixture of a function would be made once and not once an example."""
    return Path(tmp_path_factory.mktemp("stores"))
