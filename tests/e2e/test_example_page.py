"""The storefront of docs/examples in a real browser: the panel of BS-11, and that stale figures are marked."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from tests import chromium
from tests.company import company
from tests.company.owners import BRANCH, READERS, external
from tests.company.serving import served

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "storefront.py"


@pytest.fixture
def books(sqlite_url: str, tmp_path: Path) -> Iterator[company.Company]:
    opened = company.opened(sqlite_url, tmp_path / "landing")
    yield opened
    opened.store.close()


def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("storefront", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def shop(books: company.Company) -> Iterator[str]:
    """The example's address, over an API of its own."""
    buyer = next(reader for reader in READERS if reader.name == "branch")
    with served(books) as hub:
        server = example().serve(hub, books.key_of(buyer), external("counterparty", BRANCH), port=0)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join(timeout=5)


def seen(address: str, profile: Path) -> str:
    """The page's DOM after a browser has opened it."""
    flags = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", "--dump-dom")
    run = subprocess.run(
        [chromium.path(), *flags, address], capture_output=True, text=True, timeout=60, check=True
    )
    return run.stdout


@pytest.mark.browser
def test_the_example_shows_the_panel_and_marks_stale_figures(books: company.Company, tmp_path: Path) -> None:
    with shop(books) as address:
        fresh = seen(address, tmp_path / "profile")
        books.now += timedelta(hours=2)
        stale = seen(address, tmp_path / "profile")
    panel = re.search(r'<aside class="fresh">(.*?)</aside>', fresh, re.DOTALL)
    assert panel, fresh
    contract = f"{BRANCH}~contract~name"
    owed = re.findall(r"<li><b>([^<]+)</b><i>([\d,.]+) RUB</i><em>([\d,.]+) overdue</em></li>", panel[1])
    assert [name for name, _, _ in owed] == ["Total", contract]
    assert owed[0][1:] == owed[1][1:]
    assert "As of 2026-11-22T09:00:00+03:00" in panel[1]
    assert '<aside class="stale">' in stale
    assert "<b>stale</b>" in stale


def test_the_example_is_built_from_the_ten_lines_of_the_readme() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (lines,) = (block.strip() for block in blocks if block.startswith("def panel"))
    assert lines in EXAMPLE.read_text(encoding="utf-8")
    assert len(lines.splitlines()) <= 10
