"""`docs/walk.md`, walked: one payment from the books to the storefront, and back by `saldo trace`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jobs import cli
from tests.e2e.world import SOURCE, World

ROOT = Path(__file__).parents[2]
RECEIPT = "Document_ПоступлениеБезналичныхДенежныхСредств"


def test_every_file_of_the_walk_is_there_and_short() -> None:
    named = re.findall(r"^\| \d+ \| `([^`]+)`", (ROOT / "docs/walk.md").read_text(encoding="utf-8"), re.M)
    assert len(named) == 14
    lines = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in named}
    assert all(count <= 300 for count in lines.values()), lines


def test_a_payment_can_be_followed_back_to_its_bytes(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.pull()
    payment = next(one for one in world.base.iterate(RECEIPT) if one["Posted"] and not one["DeletionMark"])
    assert cli.main(["trace", "document", f"{SOURCE}:{payment['Ref_Key']}"]) == 0
    told = capsys.readouterr().out
    assert payment["Number"].strip() in told
    assert "bank_receipt" in told
    assert re.search(r"[0-9a-f]{64}", told)
    assert "Document_" in told


def test_tracing_what_does_not_exist_says_so(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["trace", "document", f"{SOURCE}:00000000-0000-4000-8000-000000000000"]) == 1
    assert "saldo sources" in capsys.readouterr().err
