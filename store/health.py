"""Whether the store can be used now."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select, text
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError, SQLAlchemyError, TimeoutError

from schemas.errors import StoreError
from schemas.source import Finding
from store import migrations, postgres
from store.engine import Store
from store.tables import LANDING_PAGE

UNDEFINED_TABLE = "42P01"


def check(store: Store) -> Iterator[Finding]:
    """Give one finding for the database and, where that answers, one for the landing."""
    database = _database(store)
    yield database
    if database.ok:
        yield _landing(store)


def is_outage(error: BaseException) -> bool:
    """Whether the database did not answer, was busy too long, or has no tables yet: not the asker's fault."""
    if isinstance(error, ProgrammingError):
        return getattr(error.orig, "sqlstate", None) == UNDEFINED_TABLE
    return isinstance(error, OperationalError | InterfaceError | TimeoutError)


def explained(error: BaseException) -> StoreError | None:
    """The same for a person: what to do about an outage; None where it is none."""
    if not is_outage(error):
        return None
    return StoreError(
        f"the database does not answer, is busy, or has no tables yet ({type(error).__name__})",
        hint="Start it, correct [hub] database_url, or run `saldo migrate`; then try again.",
    )


def _database(store: Store) -> Finding:
    try:
        current = migrations.is_current(store)
    except SQLAlchemyError as error:
        return Finding(
            "database",
            False,
            f"The database does not answer ({type(error).__name__})",
            "Start the database, or correct [hub] database_url in saldo.toml.",
        )
    if not current:
        return Finding(
            "database", False, "The database has another schema than this version needs", "Run: saldo migrate"
        )
    if not _has_role(store):
        return Finding(
            "database",
            False,
            f"The database has no role {postgres.STOREFRONT} that its user may take: nothing can be shown",
            f"Let an administrator run: CREATE ROLE {postgres.STOREFRONT} NOLOGIN; then run the grants of"
            " migration 0009 again (saldo migrate into an empty database makes them).",
        )
    return Finding("database", True, "The database answers and is migrated")


def _has_role(store: Store) -> bool:
    """A dump that was restored on another server comes without the roles of the first one."""
    if store.engine.dialect.name != "postgresql":
        return True
    with store.reading() as tx:
        role = text("SELECT 1 FROM pg_roles WHERE rolname = :role AND pg_has_role(oid, 'MEMBER')")
        return tx.connection.execute(role, {"role": postgres.STOREFRONT}).first() is not None


def _landing(store: Store) -> Finding:
    files, root = store.blobs.files, store.blobs.root
    try:
        files.invalidate_cache(root)
        files.ls(root, detail=False)
    except FileNotFoundError:
        with store.reading() as tx:
            empty = tx.connection.execute(select(LANDING_PAGE.c.id).limit(1)).first() is None
        if not empty:
            return _no_landing("is gone, though pages were landed in it")
    except Exception as error:  # every filesystem behind fsspec has errors of its own
        return _no_landing(f"does not answer ({type(error).__name__})")
    return Finding("landing", True, "The landing answers")


def _no_landing(what: str) -> Finding:
    hint = "Correct [hub] landing_url in saldo.toml, or the mount, the rights and the network to it."
    return Finding("landing", False, f"The landing {what}", hint)
