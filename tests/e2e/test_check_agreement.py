"""`saldo check agreement`, as a person reads it in the morning."""

from __future__ import annotations

import pytest

from jobs import cli
from simulator.company.firm import SHIPMENT
from tests.e2e.test_agreement import Desk, opened
from tests.e2e.world import World


@pytest.fixture
def desk(world: World) -> Desk:
    with opened(world) as made:
        return made


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_before_the_first_comparison_it_says_how_to_make_one(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", "agreement"]) == 0
    assert "--now" in told(capsys)


def test_it_prints_what_differs_and_since_when_all_was_equal(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(desk.world) as working:
        verified = working.agree().verified_through
        number = desk.edit_an_old_shipment()["Number"]
        working.agree()
    assert cli.main(["check", "agreement", "ut11"]) == 1
    said = told(capsys)
    assert "ut11: differs" in said
    assert f"verified through {verified}" in said
    assert number in said
    assert "amount RUB" in said


def test_now_it_only_looks_and_says_suspected(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "agreement", "--now"]) == 0
    assert "everything is equal" in told(capsys)
    new = desk.life.new_shipment(on=str(desk.old_shipments()[0]["Date"])).ref
    assert cli.main(["check", "agreement", "--now"]) == 1
    said = told(capsys)
    assert "suspected" in said
    assert "missing in the" in said
    assert desk.world.base.read(SHIPMENT, new) is not None
    assert cli.main(["check", "agreement"]) == 0
    assert "never compared yet" in told(capsys), "a look is not written down"


def test_an_unknown_source_is_an_error_with_a_hint(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "agreement", "kiev"]) == 1
    assert "saldo sources" in capsys.readouterr().err
