"""A short torture of orders with a seed; `make torture-orders` is the long one, on both databases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("database", "seed"),
    [("sqlite", 2), pytest.param("postgresql", 2, marks=pytest.mark.postgres)],
)
def test_every_order_is_in_the_books_once_after_faults_and_kills(database: str, seed: int) -> None:
    command = (sys.executable, "-m", "tests.torture_orders", "--rounds", "3", "--seed", str(seed))
    done = subprocess.run(
        (*command, "--database", database), cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 duplicates, 0 lost, 0 half-posted unnoticed, 0 pushed without approval" in done.stdout
