"""The Chromium that is on the machine. Nothing is downloaded but by the system's own packages, where that is wanted."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WANTED = ("CI", "SALDO_INSTALL_CHROMIUM")  # either of these, and root with apt: then it is installed
INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", "chromium")


def path() -> str:
    """Skips the test where there is none."""
    found = find() or _installed()
    if found is None:
        pytest.skip(
            "no Chromium on this machine: apt-get install chromium (as root, SALDO_INSTALL_CHROMIUM=1)"
        )
    return found


def find() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


@cache
def _installed() -> str | None:
    may = any(os.environ.get(name) for name in WANTED) and os.geteuid() == 0 and shutil.which("apt-get")
    if not may:
        return None
    subprocess.run(["apt-get", "update"], check=False, capture_output=True, timeout=120)
    subprocess.run(INSTALL, check=False, capture_output=True, timeout=300)
    return find()
