"""Wrong passwords, by login and by address, and how long nobody may try again: longer each time.

An attempt counts as wrong before it is looked at, and is taken back when it was right: many at once are no way
around the count.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, select, update

from store import inserts
from store.engine import Tx
from store.tables_of_desk import DESK_LOCK

# Wrong ones that cost nothing; behind one address there may be an office.
FREE_OF_LOGIN, FREE_OF_ADDRESS = 4, 20
_FIRST, _LONGEST = timedelta(seconds=5), timedelta(minutes=30)
_LOGIN_CHARS, _OWNED_BITS = 64, 64
_FORGOTTEN_AFTER = timedelta(hours=24)


def until(tx: Tx, login: str, address: str, now: datetime) -> datetime | None:
    """When this login may be tried again from this address; None if at once.

    Logins that there are not are counted like those that there are: nobody learns which is which.
    """
    tx.alone("desk sign-in")  # else many that come at once all find it open
    named = DESK_LOCK.c.what.in_(_free(login, address))
    wanted = select(DESK_LOCK.c.locked_until).where(named, DESK_LOCK.c.locked_until > now)
    return max(tx.connection.execute(wanted).scalars(), default=None)


def attempt(tx: Tx, login: str, address: str, now: datetime) -> datetime | None:
    """Count one; gives until when nobody may try again after it, if so."""
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


def right(tx: Tx, login: str, address: str) -> None:
    """It was the right password. What came from the address for other logins stays counted."""
    forget(tx, login)
    here = update(DESK_LOCK).where(DESK_LOCK.c.what == f"address:{place(address)}")
    tx.connection.execute(here.values(failed=DESK_LOCK.c.failed - 1, locked_until=None))


def forget(tx: Tx, login: str) -> None:
    """Who sets a new password lets its owner in at once."""
    tx.connection.execute(delete(DESK_LOCK).where(DESK_LOCK.c.what == f"login:{login[:_LOGIN_CHARS]}"))


def delay(over: int) -> timedelta:
    """5 s, 10 s, 20 s, ... to half an hour, by how many more wrong ones there were than cost nothing."""
    return min(_FIRST * 2 ** min(over - 1, 20), _LONGEST) if over > 0 else timedelta()


def place(address: str) -> str:
    """Who has one address of IPv6 has its whole network of 64 bits: those count together."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, _OWNED_BITS), strict=False))
    return str(parsed)


def _free(login: str, address: str) -> dict[str, int]:
    return {f"login:{login[:_LOGIN_CHARS]}": FREE_OF_LOGIN, f"address:{place(address)}": FREE_OF_ADDRESS}
