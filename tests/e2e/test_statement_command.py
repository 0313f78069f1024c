"""`saldo statement` as a person uses it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.statements import prints
from api.web.hub import Hub
from jobs import cli
from jobs.commands import statement_drawn
from schemas.statements import Asked
from simulator.faults import Fault
from simulator.life import Life
from store import parties, statement_choices, statements
from tests.e2e.test_statements import extended, questions
from tests.e2e.world import SOURCE, World

__all__ = ["extended"]
TODAY = datetime.now(UTC).date() + timedelta(days=1)  # where the base is, it may be tomorrow already
PERIOD = ("--from", str(TODAY - timedelta(days=400)), "--to", str(TODAY))


@pytest.fixture
def hub(extended: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """No worker runs here: the command does it itself, and need not wait to see that."""
    monkeypatch.setenv("DAGSTER_HOME", str(extended.home / "dagster"))
    monkeypatch.setattr(statement_drawn, "NO_WORKER_S", 0.0)
    return extended


def of(asked: Asked) -> tuple[str, ...]:
    return ("--counterparty", asked.counterparty_id, "--organization", asked.organization_id)


def test_a_statement_is_drawn_compared_and_written_the_same_twice(
    hub: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (asked,) = questions(hub)
    files = [tmp_path / f"{number}.{ending}" for number in (1, 2) for ending in ("pdf", "xlsx", "html")]
    for pdf, xlsx, html in (files[:3], files[3:]):
        written = ("--pdf", str(pdf), "--xlsx", str(xlsx), "--html", str(html), "--language", "uk")
        assert cli.main(["statement", *of(asked), *PERIOD, *written]) == 0
    assert [file.read_bytes() for file in files[:3]] == [file.read_bytes() for file in files[3:]]
    told = capsys.readouterr().out
    assert "the hub and the accounting system say the same" in told
    with hub.store.reading() as tx:
        (row,) = statements.list_(tx)
    assert row.created_by == "saldo"
    assert row.confirmed_at is not None
    api = prints.prints(Hub(hub.settings, hub.store), row, "uk", "pdf")
    assert files[0].read_bytes() == api.body
    assert api.sha256 in told


def test_what_differs_is_shown_with_its_document_and_what_is_a_draft_says_so(
    hub: World, capsys: pytest.CaptureFixture[str]
) -> None:
    (asked,) = questions(hub)
    shipment = Life(hub.base, seed=3).new_shipment()
    books = hub.base.read(shipment.entity_set, shipment.ref)
    assert books is not None
    given = ("--counterparty", books["Контрагент_Key"], "--organization", books["Организация_Key"])
    assert cli.main(["statement", *given, *PERIOD]) == 3
    told = " ".join(capsys.readouterr().out.split())
    assert "documents explain it" in told
    assert "missing left" in told
    assert books["Number"] in told
    hub.server.faults.add(Fault("soap_fault", match="ws/", times=0))
    assert cli.main(["statement", *of(asked), *PERIOD]) == 4
    told = " ".join(capsys.readouterr().out.split())
    assert "a draft: the accounting system was not heard" in told
    assert f"`saldo check {SOURCE}`" in told


def test_a_counterparty_is_found_by_what_people_know_of_it(
    hub: World, capsys: pytest.CaptureFixture[str]
) -> None:
    (asked,) = questions(hub)
    with hub.store.reading() as tx:
        party = parties.one(tx, SOURCE, asked.counterparty_id)
        organizations = statement_choices.organizations_of(tx, SOURCE, asked.counterparty_id)
    assert party is not None
    organization = next(one.name for one in organizations if one.id == asked.organization_id)
    known = [f"{SOURCE}:{asked.counterparty_id}", *([party.tax_id] if party.tax_id else [])]
    for counterparty in known:
        given = ("--counterparty", counterparty, "--organization", organization)
        assert cli.main(["statement", *given, *PERIOD]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--counterparty", "nobody at all", *PERIOD), "no counterparty fits"),
        (("--counterparty", "О", *PERIOD), "several counterparties fit"),
        (("--counterparty", "О", "--from", str(TODAY), "--to", "2020-01-01"), "ends before it begins"),
        (("--counterparty", "О", "--from", "yesterday", "--to", "2020-01-01"), "is no day"),
    ],
)
def test_what_cannot_be_asked_for_says_what_to_do(
    hub: World, capsys: pytest.CaptureFixture[str], given: tuple[str, ...], says: str
) -> None:
    assert cli.main(["statement", *given]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert says in told
    assert "Give" in told or "Write" in told


def test_one_of_several_contracts_or_of_our_own_is_asked_for_by_name(
    hub: World, capsys: pytest.CaptureFixture[str]
) -> None:
    (asked,) = questions(hub)
    with hub.store.reading() as tx:
        contracts = statement_choices.contracts_of(tx, SOURCE, asked.counterparty_id)
    one = next(x for x in contracts if x.settled and x.organization_id == asked.organization_id)
    more = ("--contract", one.id, "--by-contract", "--currency", one.currency)
    assert cli.main(["statement", *of(asked), *PERIOD, *more]) == 0
    for wrong, says in (
        (("--contract", "no such"), "no such contract"),
        (("--organization", "no such"), "no such organization of ours"),
    ):
        given = ("--counterparty", asked.counterparty_id, *PERIOD, *wrong)
        assert cli.main(["statement", *given]) == 1
        assert says in " ".join(capsys.readouterr().err.split())
