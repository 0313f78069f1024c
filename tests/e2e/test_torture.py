"""A short torture with a seed, on either database; `make torture` is the long one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("database", "seed"),
    [("sqlite", 7), pytest.param("postgresql", 2, marks=pytest.mark.postgres)],
)
def test_nothing_is_lost_or_wrong_after_faults_and_kills(database: str, seed: int) -> None:
    command = (sys.executable, "-m", "tests.torture", "--rounds", "8", "--seed", str(seed))
    done = subprocess.run(
        (*command, "--database", database), cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
