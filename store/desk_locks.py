"""Wrong passwords, by login and by address, and how long nobody may try again: longer each time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from store import inserts
from store.engine import Tx
from store.tables_of_desk import DESK_LOCK

FREE_OF_LOGIN, FREE_OF_ADDRESS = (
    4,
    20,
)  # wrong ones that cost nothing; behind one address there may be an office
_FIRST, _LONGEST = timedelta(seconds=5), timedelta(minutes=30)
_FORGOTTEN_AFTER = timedelta(hours=24)


def until(tx: Tx, login: str, address: str, now: datetime) -> datetime | None:
    """When this login may be tried again from this address; None if at once.

    Logins that there are not are counted like those that there are: nobody learns which is which.
    """
    named = DESK_LOCK.c.what.in_(_free(login, address))
    wanted = select(DESK_LOCK.c.locked_until).where(named, DESK_LOCK.c.locked_until > now)
    return max(tx.connection.execute(wanted).scalars(), default=None)


def failed(tx: Tx, login: str, address: str, now: datetime) -> datetime | None:
    """Count a wrong password; gives until when nobody may try again, if so."""
    tx.connection.execute(delete(DESK_LOCK).where(DESK_LOCK.c.since < now - _FORGOTTEN_AFTER))
    for what, free in _free(login, address).items():
        row = {"what": what, "failed": 1, "since": now}
        counted = (
            inserts.into(tx.dialect, DESK_LOCK)
            .values(**row)
            .on_conflict_do_update(
                index_elements=[DESK_LOCK.c.what], set_={"failed": DESK_LOCK.c.failed + 1, "since": now}
            )
            .returning(DESK_LOCK.c.failed)
        )
        pause = delay(tx.connection.execute(counted).scalar_one() - free)
        if pause:
            locked = update(DESK_LOCK).where(DESK_LOCK.c.what == what)
            tx.connection.execute(locked.values(locked_until=now + pause))
    return until(tx, login, address, now)


def forget(tx: Tx, login: str) -> None:
    """The right password came, or a new one was set. What came from an address for other logins stays."""
    tx.connection.execute(delete(DESK_LOCK).where(DESK_LOCK.c.what == f"login:{login}"))


def delay(over: int) -> timedelta:
    """5 s, 10 s, 20 s, ... to half an hour, by how many more wrong ones there were than cost nothing."""
    return min(_FIRST * 2 ** min(over - 1, 20), _LONGEST) if over > 0 else timedelta()


def _free(login: str, address: str) -> dict[str, int]:
    return {f"login:{login[:64]}": FREE_OF_LOGIN, f"address:{address}": FREE_OF_ADDRESS}
