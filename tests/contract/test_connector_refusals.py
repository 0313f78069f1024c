"""The connector against a hostile simulator: the right error, a hint, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors import probe
from connectors.decode import decoder_for
from connectors.dialects import ONEC
from connectors.odata import ODataClient
from schemas.errors import SourceContractError, SourceError, SourceRefusedError, SourceUnavailableError
from schemas.settings import Limits, Secret, SourceSettings
from schemas.source import SourceSet, WireField, WireRow
from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.faults import Fault
from simulator.server import Server, running
from simulator.settings import ServerOptions

CONTRACTS = "Catalog_ДоговорыКонтрагентов"
NOTES = "Document_РеализацияТоваровУслуг"
TERMS = SourceSet(
    CONTRACTS,
    WireRow((WireField("Ref_Key", "text"), WireField("СрокОплаты", "integer"))),
    order_by=("Description", "Ref_Key"),
)
SHIPPING_NOTES = SourceSet(
    NOTES, WireRow((WireField("Ref_Key", "text"), WireField("Date", "text"))), period="Date"
)
Serve = Callable[..., Server]


@pytest.fixture(scope="module")
def company() -> Iterator[Base]:
    base = Base(TRADE)
    build(base, CompanyOptions(size="tiny", today=date(2026, 11, 20)))
    yield base
    base.close()


@pytest.fixture(scope="module")
def server(company: Base) -> Iterator[Server]:
    with running(company) as running_server:
        yield running_server


@pytest.fixture
def serve(server: Server) -> Iterator[Serve]:
    """The one server, set up as a test wants it."""

    def change(*faults: Fault, **options: Any) -> Server:
        server.app.configure(replace(ServerOptions(), **options))
        server.faults.add(*faults)
        server.requests.clear()
        return server

    yield change
    server.faults.clear()
    server.app.configure(ServerOptions())


def client(server: Server, naps: list[float] | None = None, **changes: Any) -> ODataClient:
    values: dict[str, Any] = {
        "id": "ut11", "title": "УТ 11", "base_url": server.url, "user": server.user,
        "password": Secret(server.password), "time_zone": ZoneInfo("Europe/Moscow"),
        "history_from": date(2024, 1, 1), "limits": Limits(sessions=2, page_rows=20, retry_for_s=1_000),
    }  # fmt: skip
    return ODataClient(SourceSettings(**(values | changes)), sleep=(naps if naps is not None else []).append)


def keys(reader: ODataClient, source_set: SourceSet) -> set[str]:
    decoder = decoder_for(source_set.row, ONEC)
    return {
        row.Ref_Key
        for unit in reader.read(source_set)
        for page in unit.pages
        for row in decoder.rows(page.body).rows
    }


@pytest.mark.parametrize(
    ("changes", "kind", "says"),
    [
        ({"password": Secret("другой")}, SourceRefusedError, "did not accept the login"),
        ({"user": "Никто"}, SourceRefusedError, "did not accept the login"),
        ({"base_url": "/нет/odata/standard.odata"}, SourceRefusedError, "no such base"),
        ({"limits": Limits(body_cap_bytes=200)}, SourceContractError, "larger than 200 bytes"),
    ],
)
def test_wrong_settings_are_told_apart(
    serve: Serve, changes: dict[str, Any], kind: type[SourceError], says: str
) -> None:
    running_server = serve()
    if "base_url" in changes:
        changes = {"base_url": running_server.url.partition("/ut11")[0] + changes["base_url"]}
    naps: list[float] = []
    with client(running_server, naps, **changes) as reader, pytest.raises(kind, match=says) as error:
        reader.get(CONTRACTS)
    assert error.value.hint
    assert naps == []


@pytest.mark.parametrize(
    ("options", "says"), [({"locked": True}, "locked"), ({"licence_free": False}, "no free licence")]
)
def test_a_base_that_is_closed_is_waited_for_and_then_told(
    serve: Serve, options: dict[str, Any], says: str
) -> None:
    naps: list[float] = []
    with client(serve(**options), naps) as reader, pytest.raises(SourceUnavailableError, match=says):
        reader.get(CONTRACTS)
    assert len(naps) == 4
    assert min(naps) >= 15


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=503, shape=4, times=2),
        Fault("status", status=406, shape=3, times=2, message="Истекло время ожидания сеанса"),
        Fault("status", status=500, shape=4, times=2),
        Fault("truncate", times=2),
        Fault("malformed", times=2),
        Fault("drop", times=2),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
@pytest.mark.parametrize("source_set", [TERMS, SHIPPING_NOTES], ids=["pages", "windows"])
def test_what_passes_is_lived_through_and_nothing_is_lost(
    serve: Serve, fault: Fault, source_set: SourceSet
) -> None:
    running_server = serve(replace(fault, match=source_set.name, after=1))
    with client(running_server) as reader:
        found = keys(reader, source_set)
        assert reader.statistics.retries == 2
    assert found == {record["Ref_Key"] for record in running_server.base.iterate(source_set.name)}


@pytest.mark.parametrize("kind", ["truncate", "malformed"])
def test_a_cut_answer_is_handed_over_as_far_as_it_came(serve: Serve, kind: Any) -> None:
    running_server = serve(Fault(kind, match=CONTRACTS, times=0))
    with client(running_server) as reader, pytest.raises(SourceContractError, match="in the middle") as error:
        keys(reader, TERMS)
    assert (error.value.received or b"").removeprefix(b"\xef\xbb\xbf").startswith(b"{")
    asked = [target for _, target, _ in running_server.requests if CONTRACTS in target]
    assert (len(asked), len(set(asked))) == (6, 2)  # the page and the key of its first record, thrice each


@pytest.mark.parametrize("shape", [1, 2])
def test_a_set_whose_keys_cannot_be_read_either_is_given_up_at_once(serve: Serve, shape: Any) -> None:
    running_server = serve(Fault("status", match=CONTRACTS, times=0, status=500, shape=shape, code=-1))
    with client(running_server) as reader, pytest.raises(SourceRefusedError, match="failed over") as error:
        keys(reader, TERMS)
    assert error.value.received
    assert len([asked for asked in running_server.requests if CONTRACTS in asked[1]]) == 2


def test_a_login_page_with_200_is_not_taken_for_data(serve: Serve) -> None:
    running_server = serve(Fault("html", match=CONTRACTS, status=200, times=0))
    with client(running_server) as reader, pytest.raises(SourceRefusedError, match="web page"):
        keys(reader, TERMS)


def test_rows_that_move_between_pages_are_found_out(serve: Serve) -> None:
    running_server = serve(Fault("shift", match="$skip=", times=1, rows=5))
    with client(running_server, limits=Limits(page_rows=4)) as reader:
        found = keys(reader, TERMS)
    assert found == {record["Ref_Key"] for record in running_server.base.iterate(CONTRACTS)}


def test_a_window_that_is_too_much_for_the_base_is_halved(serve: Serve) -> None:
    memory = Fault("status", match="Date ge", after=1, times=3, status=500, message="Недостаточно памяти")
    running_server = serve(memory)
    with client(running_server) as reader:
        found = keys(reader, SHIPPING_NOTES)
    assert found == {record["Ref_Key"] for record in running_server.base.iterate(NOTES)}


def test_a_field_that_is_gone_is_named_before_anything_is_read(serve: Serve) -> None:
    running_server = serve(drop_fields=frozenset({f"{CONTRACTS}.СрокОплаты"}))
    with client(running_server) as reader, pytest.raises(SourceContractError, match="СрокОплаты") as error:
        keys(reader, TERMS)
    assert error.value.context["field"] == "СрокОплаты"


def test_a_field_that_is_gone_is_found_without_select_too(serve: Serve) -> None:
    running_server = serve(drop_fields=frozenset({f"{CONTRACTS}.СрокОплаты"}))
    with (
        client(running_server, select="all") as reader,
        pytest.raises(SourceContractError, match="СрокОплаты"),
    ):
        keys(reader, TERMS)


def test_a_set_that_is_not_published_is_named(serve: Serve) -> None:
    running_server = serve(hide_sets=frozenset({CONTRACTS}))
    with client(running_server) as reader, pytest.raises(SourceRefusedError, match="not published"):
        keys(reader, TERMS)


def test_rows_hidden_by_rights_refuse_the_reading(serve: Serve, company: Base) -> None:
    hidden = next(company.iterate(CONTRACTS))["Ref_Key"]
    with (
        client(serve(hidden_rows=frozenset({hidden}))) as reader,
        pytest.raises(SourceRefusedError, match="no right"),
    ):
        keys(reader, TERMS)


def test_a_session_that_ended_is_started_again(serve: Serve) -> None:
    naps: list[float] = []
    with client(serve(session_max_age_s=0.0), naps) as reader:
        for _ in range(3):
            reader.get(CONTRACTS)
        assert reader.statistics.retries == 0
    assert naps == []


NEEDS = {
    CONTRACTS: {"Ref_Key": "contract.id", "СрокОплаты": "contract.payment_terms_days"},
    NOTES: {"Date": "shipping_note.dated_at", "Товары/Сумма": "shipping_note.lines.amount"},
    "AccumulationRegister_РасчетыСКлиентами/Balance": {"СуммаBalance": "balance.amount"},
}


def test_a_sound_base_passes_the_check(serve: Serve) -> None:
    with client(serve()) as reader:
        findings = probe.check(reader.source, NEEDS)
    assert [finding for finding in findings if not finding.ok] == []
    assert {"address", "login", "metadata", "clock", "time zone", "sessions", *NEEDS} == {
        f.subject for f in findings
    }


def test_the_check_tells_everything_that_is_wrong(company: Base) -> None:
    options = ServerOptions(
        rename={f"{CONTRACTS}.СрокОплаты": "СрокОплатыДней"},
        hide_sets=frozenset({NOTES}),
        clock_skew_s=900,
        pool_size=2,
        pool_timeout_s=0.05,
    )
    # a server of its own: connections dropped by other tests leave sessions in the shared one's pool
    with running(company, options) as own, client(own, limits=Limits(sessions=4)) as reader:
        findings = probe.check(reader.source, NEEDS)
    wrong = {finding.subject: f"{finding.message} {finding.hint}" for finding in findings if not finding.ok}
    assert set(wrong) == {f"{CONTRACTS}.СрокОплаты", NOTES, "clock", "sessions"}
    assert "СрокОплатыДней" in wrong[f"{CONTRACTS}.СрокОплаты"]
    assert "only 2 of 4" in wrong["sessions"]


def test_a_closed_port_is_told_without_a_traceback() -> None:
    source = SourceSettings(
        "x",
        "X",
        "http://127.0.0.1:1/x/odata/standard.odata",
        "u",
        Secret("p"),
        ZoneInfo("UTC"),
        date(2026, 1, 1),
    )
    (finding,) = probe.check(source, NEEDS)
    assert (finding.subject, finding.ok) == ("address", False)
    assert "127.0.0.1:1" in finding.message
