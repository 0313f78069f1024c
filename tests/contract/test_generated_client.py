"""The client of `make client`, written from the document, against the running API; mypy reads a use of it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.company import company
from tests.company.owners import BRANCH, PARTNER_OF, READERS, SHARED, SOURCE, STRANGER, external
from tests.company.serving import served

ROOT = Path(__file__).parents[2]
USE = """
from saldo_client import AuthenticatedClient
from saldo_client.api.balances import get_counterparty_summary
from saldo_client.models import Problem, Summary


def owed(client: AuthenticatedClient, counterparty_id: str) -> list[str]:
    told = get_counterparty_summary.sync(counterparty_id, client=client)
    if isinstance(told, Problem):
        return [told.code]
    if isinstance(told, Summary):
        return [one.debt for one in told.totals]
    return []
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The generated package, importable."""
    folder = tmp_path_factory.mktemp("client") / "saldo-client"
    made = subprocess.run(
        [sys.executable, "-m", "docs.client", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "saldo_client"]:
        del sys.modules[name]


@pytest.fixture
def hub(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Its address and the key of a branch."""
    books = company.opened(sqlite_url, tmp_path / "landing")
    key = books.key_of(next(reader for reader in READERS if reader.name == "branch"))
    with served(books) as address:
        yield address, key
    books.store.close()


def module(name: str) -> Any:
    return importlib.import_module(f"saldo_client.{name}")


def test_the_client_asks_and_understands(package: Path, hub: tuple[str, str]) -> None:
    branch, stranger = (external("counterparty", owner) for owner in (BRANCH, STRANGER))
    client = importlib.import_module("saldo_client").AuthenticatedClient(base_url=hub[0], token=hub[1])
    with client:
        summary = module("api.balances.get_counterparty_summary").sync(branch, client=client)
        (total,) = summary.totals
        assert total.debt == summary.contracts[0].debt
        assert (total.currency, summary.freshness.state) == ("RUB", "fresh")
        assert summary.as_of.utcoffset() is not None
        access = module("api.access.get_counterparty_access").sync(branch, client=client)
        assert access.state == "open"
        refused = module("api.balances.get_counterparty_summary").sync_detailed(stranger, client=client)
        assert refused.status_code == 404
        assert refused.parsed.code == "counterparty_not_found"
        assert refused.parsed.hint


def test_the_client_pages_through_the_journal(package: Path, hub: tuple[str, str]) -> None:
    client = importlib.import_module("saldo_client").AuthenticatedClient(base_url=hub[0], token=hub[1])
    listing = module("api.documents.list_documents")
    with client:
        whole = [one.id for one in listing.sync(client=client).items]
        paged: list[str] = []
        cursor: Any = None
        while len(paged) < 100:
            page = listing.sync(client=client, limit=1, **({"cursor": cursor} if cursor else {}))
            paged += [one.id for one in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert len(whole) > 2
    assert paged == whole


def test_the_client_reads_a_statement_and_agrees_to_it(package: Path, hub: tuple[str, str]) -> None:
    client = importlib.import_module("saldo_client").AuthenticatedClient(base_url=hub[0], token=hub[1])
    models = importlib.import_module("saldo_client.models")
    with client:
        (listed,) = module("api.statements.list_statements").sync(client=client).items
        whole = module("api.statements.get_statement").sync(listed.id, client=client)
        assert (whole.sections[0].closing, whole.from_) == (listed.sums[0].closing, listed.from_)
        file = module("api.statements.get_statement_file").sync(listed.id, "pdf", client=client)
        assert file.payload.read(4) == b"%PDF"
        agreed = module("api.statements.set_statement_state").sync(
            listed.id,
            client=client,
            body=models.NewStatementState(state="agreed"),
            idempotency_key="once",
        )
        assert (listed.state, agreed.state) == ("disagreement", "agreed")


def test_the_client_places_an_order_once_approves_and_cancels_it(package: Path, hub: tuple[str, str]) -> None:
    client = importlib.import_module("saldo_client").AuthenticatedClient(base_url=hub[0], token=hub[1])
    models = importlib.import_module("saldo_client.models")
    line = models.NewOrderLine(item_id=external("item", SHARED[SOURCE]), quantity="2", price="3.50")
    body = models.NewOrder(
        reference="WEB-1",
        counterparty_id=external("counterparty", BRANCH),
        contract_id=external("contract", BRANCH),
        currency="RUB",
        lines=[line],
        total="7.00",
    )
    with client:
        placing = module("api.orders.create_order")
        first, again = (placing.sync(client=client, body=body, idempotency_key="once") for _ in range(2))
        assert (first.id, first.state, first.total) == (again.id, "awaiting_approval", "7.00")
        assert [one.code for one in first.warnings] == ["over_stock"]
        twin = placing.sync_detailed(client=client, body=body, idempotency_key="twice")
        assert (twin.status_code, twin.parsed.code) == (409, "order_exists")
        assert twin.headers["location"] == f"/v1/orders/{first.id}"
        decision = models.OrderDecision(
            version=first.version, contact_id=external("contact", PARTNER_OF[BRANCH])
        )
        approved = module("api.orders.approve_order").sync(
            first.id, client=client, body=decision, idempotency_key="yes"
        )
        assert (approved.state, approved.is_approved) == ("held", True)
        cancelled = module("api.orders.cancel_order").sync(
            first.id, client=client, body=models.OrderNote(), idempotency_key="off"
        )
        read = module("api.orders.get_order").sync(first.id, client=client)
    assert (cancelled.state, read.state, read.actions) == ("cancelled", "cancelled", [])


def test_a_use_of_the_client_is_typed(package: Path, tmp_path: Path) -> None:
    use = tmp_path / "use.py"
    use.write_text(USE, encoding="utf-8")
    arguments = ["--strict", "--follow-imports=silent", f"--cache-dir={tmp_path / 'cache'}", "--config-file="]
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *arguments, str(use)],
        capture_output=True,
        text=True,
        check=False,
        env={"MYPYPATH": str(package), "PATH": ""},
    )
    assert run.returncode == 0, run.stdout + run.stderr
