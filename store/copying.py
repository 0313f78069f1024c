"""A new store beside a living one: what cannot be read from the landed bytes is copied, the rest is mapped.

The bytes stay where they are; both stores name them by their hash. While the new store is being made it
carries a mark and keeps no history: a maker that was killed finds the mark and begins again.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine, delete, func, insert, inspect, select, text, update

from schemas.errors import StoreError
from store import history_triggers, migrations, moments, news, table_copies
from store.engine import Store, Tx, connect
from store.metadata import METADATA
from store.record_tables import STORED
from store.tables import (
    BALANCE_STATE,
    CONTRACT_BALANCE,
    LANDING_PAGE,
    LANDING_UNIT,
    OPEN_ITEM,
    REJECTED,
    SYNC_RUN,
    WATERMARK,
)
from store.tables_of_api import API_AUDIT, API_KEY, API_REPEAT, OPERATION
from store.tables_of_change import (
    AGREED_CHANGE,
    AGREED_PERIOD,
    BALANCE_HISTORY,
    EXCHANGE_NODE,
    LEASE,
    NOTIFICATION,
    PAUSE,
    RECORD_HISTORY,
)
from store.tables_of_desk import DESK_LOCK, DESK_SESSION, DESK_USER
from store.tables_of_news import (
    DELIVERY,
    DELIVERY_ATTEMPT,
    EVENT,
    NEWS,
    NEWS_STATE,
    SOURCE_VERSION,
    TOLD,
    WEBHOOK,
)
from store.tables_of_orders import (
    CREDIT_DECISION,
    OUTBOX,
    PUSH_ATTEMPT,
    SUBMISSION,
    SUBMISSION_STEP,
    SUBMISSION_VERSION,
)
from store.tables_of_proof import AGREEMENT, AGREEMENT_DIFFERENCE, AGREEMENT_DOCUMENT, CENSUS
from store.tables_of_site import (
    ACCESS_OVERRIDE,
    ACCESS_RULE,
    APPROVAL_RULE,
    TERMS_OVERRIDE,
    TRADING_SUSPENSION,
)
from store.tables_of_statements import (
    FILE,
    FILE_READ,
    STATEMENT,
    STATEMENT_DRAWING,
    STATEMENT_PERIOD,
    STATEMENT_STEP,
    STATEMENT_UPLOAD,
)

# What happened, and what people and bases said: none of it is in the landed bytes.
KEPT = (
    LANDING_UNIT,
    LANDING_PAGE,
    WATERMARK,
    SYNC_RUN,
    RECORD_HISTORY,
    BALANCE_HISTORY,
    EXCHANGE_NODE,
    NOTIFICATION,
    PAUSE,
    AGREEMENT,
    AGREEMENT_DIFFERENCE,
    AGREEMENT_DOCUMENT,
    CENSUS,
    TERMS_OVERRIDE,
    ACCESS_RULE,
    ACCESS_OVERRIDE,
    TRADING_SUSPENSION,
    APPROVAL_RULE,
)
# What people, clients and receivers rely on: copied when the rest is done, for meanwhile it goes on. Parents first.
RELIED_ON = (
    API_KEY,
    API_AUDIT,
    API_REPEAT,
    OPERATION,
    TOLD,
    NEWS_STATE,
    EVENT,
    WEBHOOK,
    DELIVERY,
    DELIVERY_ATTEMPT,
    AGREED_PERIOD,
    AGREED_CHANGE,
    STATEMENT,
    STATEMENT_DRAWING,
    STATEMENT_PERIOD,
    STATEMENT_STEP,
    STATEMENT_UPLOAD,
    FILE,
    FILE_READ,
    SUBMISSION,
    SUBMISSION_VERSION,
    SUBMISSION_STEP,
    OUTBOX,
    PUSH_ATTEMPT,
    CREDIT_DECISION,
    DESK_USER,
    DESK_SESSION,
    DESK_LOCK,
)
DERIVED = (CONTRACT_BALANCE, OPEN_ITEM, BALANCE_STATE, REJECTED)
UNMAPPED = {"state": "landed", "mapped_at": None, "records": None}
MARK = "replay into this database"


def new(database_url: str, landing_url: str) -> Store:
    """Open and migrate a database for a replay: an empty one, or one where a replay was interrupted.

    Errors: StoreError where it holds anything else, before anything in it is changed.
    """
    engine = connect(database_url)
    try:
        _refuse_occupied(engine)
    finally:
        engine.dispose()
    migrations.upgrade(database_url)
    return Store.open(database_url, landing_url)


def begin(live: Store, target: Store, *, run_id: str) -> bool:
    """Copy what is kept, all of it or nothing; tells whether an interrupted replay is taken up again."""
    with live.reading() as source, target.transaction() as tx:
        history_triggers.remove(tx.connection)
        if _is_marked(tx):
            return True
        for table in KEPT:
            if table is not LANDING_UNIT:
                table_copies.copy(source, tx, table)
                continue
            is_kept = table.c.state == "kept"
            table_copies.copy(source, tx, table, is_kept)
            table_copies.copy(source, tx, table, ~is_kept, instead=UNMAPPED)
        tx.connection.execute(
            insert(LEASE).values(name=MARK, holder=run_id, token=1, taken_at=tx.now, expires_at=tx.now)
        )
    return False


def finish(live: Store, target: Store) -> None:
    """Give rows that are as in the living store their moments there, keep history again, take off the mark.

    What was told is told no more: the first look at the new store tells only what is another than there.
    """
    with live.reading() as source, target.transaction() as tx:
        moments.carry(source, tx)
        for table in reversed(RELIED_ON):
            tx.connection.execute(delete(table))
        for table in RELIED_ON:
            table_copies.copy(source, tx, table)
        _bring_kept(source, tx)
        _count_on(source, tx)
    migrations.upgrade_engine(target.engine)
    with target.transaction() as tx:
        tx.connection.execute(delete(LEASE).where(LEASE.c.name == MARK))


def _bring_kept(source: Tx, target: Tx) -> None:
    """Copy what was landed meanwhile to be kept and not mapped: statements that were drawn name it."""
    unit = LANDING_UNIT.c
    last = target.connection.execute(select(func.coalesce(func.max(unit.id), 0))).scalar_one()
    new = unit.state == "kept", unit.id > last
    table_copies.copy(source, target, LANDING_UNIT, *new)
    table_copies.copy(source, target, LANDING_PAGE, LANDING_PAGE.c.unit_id.in_(select(unit.id).where(*new)))


def _count_on(source: Tx, target: Tx) -> None:
    """Let versions go on after those that the living store gave out, and everything be looked at once."""
    target.connection.execute(delete(NEWS))
    for name, version in source.connection.execute(select(SOURCE_VERSION.c.source, SOURCE_VERSION.c.version)):
        mine = update(SOURCE_VERSION).where(SOURCE_VERSION.c.source == name)
        if target.connection.execute(mine.values(version=SOURCE_VERSION.c.version + version)).rowcount == 0:
            target.connection.execute(insert(SOURCE_VERSION).values(source=name, version=version + 1))
        news.everybody(target, name)


def trial(live: Store, database_url: str, source: str, records: Collection[str]) -> Store:
    """Give a copy, in a new database, of one source's landing, balances and the tables `records` as they stand.

    It reads the same bytes and must not be landed into.
    """
    migrations.upgrade(database_url)
    target = Store(connect(database_url), live.blobs)
    own = (table for described, table in STORED.items() if described.name in records)
    with live.reading() as reading, target.transaction() as tx:
        history_triggers.remove(tx.connection)
        for table in (LANDING_UNIT, LANDING_PAGE, *DERIVED, *own):
            table_copies.copy(reading, tx, table, table.c.source == source)
    return target


def _is_marked(tx: Tx) -> bool:
    return tx.connection.execute(select(LEASE.c.name).where(LEASE.c.name == MARK)).first() is not None


def _refuse_occupied(engine: Engine) -> None:
    with engine.connect() as connection:
        found = set(inspect(connection).get_table_names())
        if LEASE.name in found:
            marked = select(func.count()).select_from(LEASE).where(LEASE.c.name == MARK)
            if connection.execute(marked).scalar_one():
                return
        own = [table for table in METADATA.sorted_tables if table.name in found]
        held = [
            table.name
            for table in own
            if connection.execute(select(text("1")).select_from(table).limit(1)).first() is not None
        ]
    strange = sorted(found - set(METADATA.tables) - {migrations.VERSION_TABLE})
    if held or strange:
        raise StoreError(
            "The database to replay into is not empty",
            hint="Give the URL of an empty database: a replay never writes over what is there",
            table=(held or strange)[0],
        )
