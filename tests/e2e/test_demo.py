"""`saldo demo --once`, as `make demo ONCE=1` runs it: real processes, real Dagster, the printed proof."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "jobs.cli", "demo", "--home", str(home), *arguments]
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("SALDO_", "DAGSTER_"))
    }
    return subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def family_of(home: Path) -> list[psutil.Process]:
    """Whatever still runs with this home in its command line or environment."""
    found = []
    for process in psutil.process_iter(["pid"]):
        try:
            if str(home) in " ".join(process.cmdline()) + str(process.environ().get("DAGSTER_HOME", "")):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def test_the_demo_agrees_with_the_books_and_leaves_nothing_running(tmp_path: Path) -> None:
    process = start(tmp_path / "demo", "--once")
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    agreed = re.search(r"agrees: (\d+) of (\d+) contracts, difference 0\.00", told)
    assert agreed, told
    assert agreed[1] == agreed[2]
    assert int(agreed[1]) > 100
    assert family_of(tmp_path) == []


def test_a_demo_killed_in_the_middle_stops_its_family_and_starts_again(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    process = start(home, "--once")
    for _ in range(300):
        if (home / "logs" / "dagster-webserver.log").exists():
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert family_of(home) == []


def test_the_demo_never_empties_a_folder_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("x", encoding="utf-8")
    process = start(tmp_path, "--once")
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "not empty" in " ".join(told.split())
    assert (tmp_path / "precious.txt").exists()
