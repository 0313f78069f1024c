"""`python -m simulator` as another program meets it."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
COMPANY = ("--size", "tiny", "--seed", "3", "--today", "2026-05-20")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "simulator", *arguments]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def served(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    with subprocess.Popen(command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            lines = [process.stdout.readline().rstrip("\n") for _ in range(3)]
            yield process, dict(line.split(": ", 1) for line in lines)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


def test_it_prints_where_and_as_whom_to_log_in(tmp_path: Path) -> None:
    with served(*COMPANY, "--name", "trade", "--data", str(tmp_path / "base.sqlite")) as (process, printed):
        assert list(printed) == ["base", "user", "password"]
        assert printed["base"].startswith("http://127.0.0.1:")
        assert printed["base"].endswith("/trade/odata/standard.odata")
        assert printed["user"] == "Администратор обмена"
        token = base64.b64encode(f"{printed['user']}:{printed['password']}".encode()).decode()
        request = urllib.request.Request(
            f"{printed['base']}/Document_%D0%97%D0%B0%D0%BA%D0%B0%D0%B7%D0%9A%D0%BB%D0%B8%D0%B5%D0%BD%D1%82%D0%B0"
            "?$format=json&$top=1",
            headers={"Authorization": f"Basic {token}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert len(json.load(answer)["value"]) == 1
    assert process.returncode == 0


def test_a_kept_base_is_used_again_and_gives_the_same_totals(tmp_path: Path) -> None:
    data = str(tmp_path / "base.sqlite")
    first = run("totals", *COMPANY, "--data", data)
    written = os.stat(data).st_mtime_ns
    second = run("totals", "--size", "tiny", "--seed", "3", "--data", data)
    assert first.returncode == 0, first.stderr
    assert "RUB: contracts" in first.stdout
    assert second.stdout == first.stdout == run("totals", *COMPANY).stdout
    assert os.stat(data).st_mtime_ns == written


def test_a_base_of_another_company_is_not_touched(tmp_path: Path) -> None:
    data = str(tmp_path / "base.sqlite")
    assert run("totals", *COMPANY, "--data", data).returncode == 0
    refused = run("totals", "--size", "tiny", "--seed", "4", "--data", data)
    assert refused.returncode == 2
    assert "delete it, or name another file" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (("--rename", "Catalog_Контрагенты"), "write it as Catalog_X.Field=NameHere"),
        (("--time-zone", "Moscow"), "give an IANA name"),
        (("--size", "huge"), "give tiny, small, demo, or a number of documents"),
    ],
)
def test_a_wrong_option_is_refused_with_advice(arguments: tuple[str, ...], advice: str) -> None:
    refused = run(*arguments)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert advice in refused.stderr


def test_it_needs_nothing_of_what_it_checks() -> None:
    """No part of the hub is imported, and none of the hub's heavy libraries."""
    script = (
        "import sys, simulator.__main__\n"
        "hub = {'connectors', 'mappings', 'schemas', 'store', 'assets', 'jobs', 'api'}\n"
        "heavy = {'dagster', 'sqlalchemy', 'requests', 'zeep', 'pandas', 'litestar'}\n"
        "print(sorted((hub | heavy) & set(sys.modules)))\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"
