"""`saldo demo`, as `make demo` runs it: real processes, real Dagster, the printed proof and the lines to try."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import requests

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


def test_the_demo_agrees_with_the_books_and_prints_lines_that_work(tmp_path: Path) -> None:
    process = start(tmp_path / "demo")
    told = _told_until(process, "Ctrl-C stops everything.")
    agreed = re.search(r"agrees: (\d+) of (\d+) contracts, difference 0\.00", told)
    assert agreed, told
    assert agreed[1] == agreed[2]
    assert int(agreed[1]) > 100
    summary, journal, access, timeline = map(_answer, re.findall(r"^curl -s .*$", told, re.MULTILINE))
    assert any(Decimal(total["overdue"]) > 0 for total in summary["totals"])
    assert 0 < len(journal["items"]) <= 5
    assert access["counterparty"] == summary["counterparty"]
    assert access["overdue"]
    placed = re.search(r"orders: DEMO-1 confirmed as (\S+), DEMO-2 awaiting_approval, DEMO-3 held\n", told)
    assert placed, told
    assert (timeline["reference"], timeline["state"]) == ("DEMO-1", "confirmed")
    shipped = re.search(r"^curl -X POST \S+/do/ship_order .*$", told, re.MULTILINE)
    assert shipped, told
    assert _answer(shipped[0])["what"].endswith(f"for the order {placed[1]}")
    page = re.search(r"Storefront's API +(http\S+/docs)", told)
    assert page, told
    assert "Saldo API" in _shell(f"curl -s {page[1]}")
    desk = re.search(r"The desk +(http\S+)/desk\n +sign in as +(\w+), password (\S+)", told)
    assert desk, told
    assert "Demo" in _signed_in(*desk.groups())
    process.send_signal(signal.SIGTERM)  # a shell lets what it runs in the background ignore SIGINT
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert family_of(tmp_path) == []


def _told_until(process: subprocess.Popen[str], end: str) -> str:
    """What it prints up to the line that begins so; all there is where it ends before."""
    assert process.stdout is not None
    told: list[str] = []
    for line in process.stdout:
        told.append(line)
        if line.startswith(end):
            break
    return "".join(told)


def _signed_in(hub: str, login: str, password: str) -> str:
    """The page that somebody sees who signs in with that."""
    with requests.Session() as browser:
        page = browser.get(f"{hub}/desk", timeout=30).text
        csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
        form = {"login": login, "password": password, "csrf": csrf}
        answer = browser.post(f"{hub}/desk/sign-in", data={**form, "to": "/desk/account"}, timeout=30)
        assert (answer.status_code, answer.url) == (200, f"{hub}/desk/account")
        return answer.text


def _answer(line: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(_shell(line))
    return answer


def _shell(line: str) -> str:
    return subprocess.run(line, shell=True, capture_output=True, text=True, check=True, timeout=30).stdout


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
