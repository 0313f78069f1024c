"""Row-level security says the same as the queries, and says no where nobody said whose rows are meant."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, make_url, select, text

from schemas import TABLES
from schemas.api_keys import Tenancy
from schemas.errors import StoreError
from store import health, migrations, tenancy
from store.record_tables import STORED
from tests.company import company
from tests.company.owners import BRANCH as BRANCH_OF_COMPANY
from tests.company.owners import guid as owner_guid
from tests.unit.api.books import Books, guid, record

HEAD, BRANCH, SHOP, OTHER = (guid(number) for number in (100, 101, 102, 200))


@pytest.fixture
def books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(database_url, tmp_path / "landing")
    parties = [(HEAD, None), (BRANCH, HEAD), (SHOP, BRANCH), (OTHER, None)]
    opened.put("counterparty", [record("counterparty", id=key, head_id=head) for key, head in parties])
    yield opened
    opened.store.close()


@pytest.mark.parametrize(
    ("of", "reach", "expected"),
    [
        (BRANCH, "branch", {BRANCH}),
        (BRANCH, "subtree", {BRANCH, SHOP}),
        (SHOP, "company", {HEAD, BRANCH, SHOP}),
        (OTHER, "company", {OTHER}),
    ],
)
def test_a_reach_is_a_part_of_the_company(books: Books, of: str, reach: str, expected: set[str]) -> None:
    with books.store.reading() as tx:
        assert tenancy.reached(tx, "ut11", of, reach, None).counterparties == expected  # type: ignore[arg-type]


def test_a_circle_of_head_offices_ends(books: Books) -> None:
    circle = [record("counterparty", id=HEAD, head_id=SHOP), record("counterparty", id=SHOP, head_id=HEAD)]
    books.put("counterparty", circle)
    with books.store.reading() as tx:
        assert tenancy.reached(tx, "ut11", HEAD, "company", None).counterparties == {HEAD, BRANCH, SHOP}


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("limits", "seen"),
    [
        (Tenancy(), 4),
        (Tenancy("ut11"), 4),
        (Tenancy("kyiv"), 0),
        (Tenancy("ut11", frozenset({BRANCH, SHOP})), 2),
        (Tenancy("kyiv", frozenset({BRANCH})), 0),
        (Tenancy("ut11", frozenset()), 0),
    ],
)
def test_the_database_itself_limits_what_a_reader_sees(
    postgres_url: str, tmp_path: Path, limits: Tenancy, seen: int
) -> None:
    opened = Books.open(postgres_url, tmp_path / "landing")
    parties = [(HEAD, None), (BRANCH, HEAD), (SHOP, BRANCH), (OTHER, None)]
    opened.put("counterparty", [record("counterparty", id=key, head_id=head) for key, head in parties])
    with opened.store.reading(limits) as tx:
        everything = select(func.count()).select_from(STORED[TABLES["counterparty"]])
        assert tx.connection.execute(everything).scalar_one() == seen
        assert tx.connection.execute(text("SELECT current_user")).scalar_one() == "saldo_storefront"
    with opened.store.reading() as tx:
        assert tx.connection.execute(everything).scalar_one() == 4
    opened.store.close()


@pytest.mark.postgres
def test_the_database_itself_limits_statements_and_all_that_hangs_on_them(
    postgres_url: str, tmp_path: Path
) -> None:
    """Who is bound to nobody sees everything, who is bound to a company its own, and one person of it nothing."""
    opened = company.opened(postgres_url, tmp_path / "landing")
    party = frozenset({owner_guid("counterparty", BRANCH_OF_COMPANY)})
    one = {"statement": 1, "statement_drawing": 2, "statement_step": 2, "statement_upload": 1}
    files = "SELECT count(*) FROM {} WHERE {}"
    counted = {name: f"SELECT count(*) FROM {name}" for name in one}
    counted["file"] = files.format("file", "subject = 'statement'")
    counted["file_read"] = files.format(
        "file_read f JOIN file s ON s.id = f.file_id", "s.subject = 'statement'"
    )
    one |= {"file": 1, "file_read": 1}
    contact = owner_guid("contact", "pa")
    for limits, times in ((Tenancy(), 3), (Tenancy("ut11", party), 1), (Tenancy("ut11", party, contact), 0)):
        with opened.store.reading(limits) as tx:
            found = {name: tx.connection.execute(text(query)).scalar_one() for name, query in counted.items()}
        assert found == {name: count * times for name, count in one.items()}, limits
    opened.store.close()


@pytest.mark.postgres
def test_the_role_without_settings_sees_nothing_and_reads_no_keys(postgres_url: str, tmp_path: Path) -> None:
    opened = Books.open(postgres_url, tmp_path / "landing")
    opened.put("counterparty", [record("counterparty", id=HEAD)])
    with opened.store.engine.connect() as connection:
        connection.execute(text("SET ROLE saldo_storefront"))
        everything = select(func.count()).select_from(STORED[TABLES["counterparty"]])
        assert connection.execute(everything).scalar_one() == 0
        with pytest.raises(Exception, match="permission denied"):
            connection.execute(text("SELECT * FROM api_key"))
    opened.store.close()


@contextmanager
def plain_user(url: str, *options: str) -> Iterator[str]:
    """A user of the server who is no superuser, and a database of his own."""
    name = f"plain_{uuid.uuid4().hex}"
    database = make_url(url).database
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN {' '.join(options)}")
        connection.execute(f"ALTER DATABASE {database} OWNER TO {name}")
        connection.execute(f"GRANT ALL ON SCHEMA public TO {name}")
    try:
        yield make_url(url).set(username=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"REASSIGN OWNED BY {name} TO CURRENT_USER")
            connection.execute(f"DROP OWNED BY {name}")
            connection.execute(f"DROP ROLE {name}")


@pytest.mark.postgres
def test_an_ordinary_user_of_the_database_can_serve_too(postgres_url: str, tmp_path: Path) -> None:
    migrations.upgrade(postgres_url)  # the role is there, as on a server where another hub runs
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
    with plain_user(postgres_url, "CREATEROLE") as url:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"GRANT saldo_storefront TO {make_url(url).username}")
        opened = Books.open(url, tmp_path / "landing")
        opened.put("counterparty", [record("counterparty", id=HEAD), record("counterparty", id=OTHER)])
        with opened.store.reading(Tenancy("ut11", frozenset({HEAD}))) as tx:
            everything = select(func.count()).select_from(STORED[TABLES["counterparty"]])
            assert tx.connection.execute(everything).scalar_one() == 1
        assert [finding.ok for finding in health.check(opened.store)] == [True, True]
        opened.store.close()


@pytest.mark.postgres
def test_a_user_who_may_not_take_the_role_is_told_what_to_ask_for(postgres_url: str) -> None:
    migrations.upgrade(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
    with plain_user(postgres_url) as url, pytest.raises(StoreError, match="saldo_storefront") as refused:
        migrations.upgrade(url)
    assert "GRANT saldo_storefront TO" in refused.value.hint
