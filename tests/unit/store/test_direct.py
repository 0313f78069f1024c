"""Reading past SQLAlchemy: connections that die, a database that is away, and whose rows are seen."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL, make_url

from schemas import TABLES
from schemas.api_keys import EVERYBODY, Tenancy
from schemas.errors import StoreError
from store import direct, direct_postgres, summaries
from store.compiled import Compiled
from store.engine import Store
from tests.unit.store.desk import SOURCE, Desk, row

PARTY = TABLES["counterparty"]
PARTIES = ("a", "b", "c")
SEEN = Compiled("SELECT id FROM counterparty ORDER BY id", ())
OFF = make_url("postgresql://nobody@127.0.0.1:1/none")


@pytest.fixture
def opened(migrated_postgres: str, tmp_path: Path) -> URL:
    """Three counterparties on PostgreSQL."""
    store = Store.open(migrated_postgres, f"file://{tmp_path / 'landing'}")
    Desk(store).whole(PARTY, *(row(PARTY, id=key, name=key) for key in PARTIES))
    store.close()
    return make_url(migrated_postgres)


@pytest.mark.postgres
def test_each_reader_sees_his_own_rows_however_many_ask_at_once(opened: URL) -> None:
    async def go() -> None:
        reader = direct.reader(opened)
        askers = [EVERYBODY, Tenancy("kyiv"), *(Tenancy(SOURCE, frozenset({key})) for key in PARTIES)] * 20
        found = await asyncio.gather(*(reader.rows(SEEN, {}, asker) for asker in askers))
        for asker, rows in zip(askers, found, strict=True):
            assert [key for (key,) in rows] == [key for key in PARTIES if asker.admits(SOURCE, key)]
        reader.close()

    asyncio.run(go())


@pytest.mark.postgres
def test_connections_that_died_meanwhile_are_replaced(opened: URL) -> None:
    async def go() -> None:
        reader = direct.reader(opened)
        await asyncio.gather(*(reader.rows(SEEN, {}, EVERYBODY) for _ in range(20)))
        kill = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE application_name = 'saldo-summaries' AND datname = current_database()"
        )
        with psycopg.connect(opened.render_as_string(hide_password=False), autocommit=True) as admin:
            killed = admin.execute(kill).fetchone()
        assert killed == (direct_postgres.MOST,)
        assert len(await reader.rows(SEEN, {}, EVERYBODY)) == len(PARTIES)
        reader.close()

    asyncio.run(go())


@pytest.mark.postgres
def test_a_reader_that_was_closed_goes_on_in_another_event_loop(opened: URL) -> None:
    reader = direct.reader(opened)

    async def once() -> int:
        found = await reader.rows(SEEN, {}, EVERYBODY)
        reader.close()
        return len(found)

    assert [asyncio.run(once()) for _ in range(2)] == [len(PARTIES)] * 2


@pytest.mark.postgres
def test_nothing_can_be_written(opened: URL) -> None:
    async def go() -> None:
        reader = direct.reader(opened)
        for forbidden in ("DELETE FROM counterparty", "SELECT hash FROM api_key", "RESET ROLE; SELECT 1"):
            with pytest.raises(Exception, match=r"permission denied|read-only|multiple commands"):
                await reader.rows(Compiled(forbidden, ()), {}, EVERYBODY)
        reader.close()

    asyncio.run(go())


@pytest.mark.parametrize("url", [OFF, make_url("sqlite:////nowhere/at/all.db")], ids=["postgresql", "sqlite"])
def test_a_database_that_is_away_is_told_as_such(url: URL) -> None:
    reader = direct.reader(url)
    with pytest.raises(StoreError, match="does not answer"):
        asyncio.run(summaries.version(reader, SOURCE))
    reader.close()


def test_a_database_that_is_not_migrated_is_told_as_such_and_never_made(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    with pytest.raises(StoreError):
        asyncio.run(summaries.version(direct.reader(make_url(f"sqlite:///{file}")), SOURCE))
    assert not file.exists()
    file.touch()
    with pytest.raises(StoreError):
        asyncio.run(summaries.version(direct.reader(make_url(f"sqlite:///{file}")), SOURCE))


def test_a_source_that_was_never_read_has_a_version_too(store: Store) -> None:
    async def go() -> Any:
        reader = direct.reader(store.engine.url)
        found = await summaries.version(reader, "none"), await summaries.state(reader, "none")
        reader.close()
        return found

    number, state = asyncio.run(go())
    assert (number, state.version, state.as_of, state.refreshed_at) == (0, 0, None, None)
    assert state.agreement("anybody").state == "unknown"


def test_what_only_libpq_takes_is_left_out_of_the_address() -> None:
    url = make_url(
        "postgresql+psycopg://me:p%40ss@host/base?connect_timeout=3&keepalives=1&sslmode=require"
        "&options=-c%20search_path%3Dsaldo%20-cwork_mem%3D1MB"
    )
    address, settings = direct_postgres._address(url)
    assert address == "postgresql://me:p%40ss@host/base?sslmode=require"
    assert settings == {"search_path": "saldo", "work_mem": "1MB"}
