"""Who alone may do something for now, such as read a base: a lease that ends by itself when its holder dies.

The token grows with every new holder, and whoever writes under a lease checks its token in the transaction
that writes. So a process that slept through the end of its lease cannot commit, whatever its clock says.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from schemas.errors import LeaseLostError
from store import inserts
from store.engine import Store, Tx
from store.tables_of_change import LEASE

LOOK_AGAIN_S = 0.5


@dataclass(frozen=True, slots=True)
class Lease:
    name: str
    holder: str
    token: int
    ttl_s: float


def take(store: Store, name: str, holder: str, ttl_s: float) -> Lease | None:
    """Give the lease, or None where somebody else has it.

    `holder` is "host:pid:anything". A lease that ran out may be taken, and at once that of a process of this
    host that is dead.
    """
    with store.transaction() as tx:
        _ensure(tx, name)
        row = tx.connection.execute(select(LEASE).where(LEASE.c.name == name).with_for_update()).one()
        now = clock(tx)
        if row.expires_at > now and not is_dead(row.holder):
            return None
        lease = Lease(name, holder, row.token + 1, ttl_s)
        taken = {"holder": holder, "token": lease.token, "taken_at": now}
        ends = {"expires_at": now + timedelta(seconds=ttl_s)}
        tx.connection.execute(update(LEASE).where(LEASE.c.name == name).values(**taken, **ends))
    return lease


def is_held(tx: Tx, name: str) -> bool:
    """Whether somebody has it right now; who is about to take it does not ask this."""
    row = tx.connection.execute(select(LEASE).where(LEASE.c.name == name)).one_or_none()
    return row is not None and row.expires_at > clock(tx) and not is_dead(row.holder)


def renew(store: Store, lease: Lease) -> None:
    """Let the lease run for its whole time again. Errors: LeaseLostError where somebody else took it."""
    with store.transaction() as tx:
        if _let_end(tx, lease, timedelta(seconds=lease.ttl_s)) == 0:
            raise _lost(lease)


def release(store: Store, lease: Lease) -> None:
    """Let the next one have it at once; nothing happens where it is lost already."""
    with store.transaction() as tx:
        _let_end(tx, lease, timedelta(0))


def check(tx: Tx, lease: Lease) -> None:
    """Hold the lease to the end of this transaction: nobody takes it before that commits.

    Errors: LeaseLostError where somebody else took it. One that ran out and that nobody took is still held.
    """
    token = select(LEASE.c.token).where(LEASE.c.name == lease.name).with_for_update(read=True)
    if tx.connection.execute(token).scalar_one_or_none() != lease.token:
        raise _lost(lease)


@contextmanager
def held(
    store: Store,
    name: str,
    *,
    holder: str,
    ttl_s: float,
    wait_s: float,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Lease]:
    """Hold the lease while the block runs: a thread renews it, for the block may wait long for an answer.

    Errors: LeaseLostError where it is not free within `wait_s`.
    """
    with _kept(store, _await(store, name, holder, ttl_s, wait_s, sleep)) as lease:
        yield lease


@contextmanager
def if_free(store: Store, name: str, *, holder: str, ttl_s: float) -> Iterator[Lease | None]:
    """The same without waiting: None where somebody else has it."""
    lease = take(store, name, holder, ttl_s)
    if lease is None:
        yield None
        return
    with _kept(store, lease):
        yield lease


@contextmanager
def _kept(store: Store, lease: Lease) -> Iterator[Lease]:
    done = threading.Event()
    keeper = threading.Thread(
        target=_keep, args=(store, lease, done), name=f"lease {lease.name}", daemon=True
    )
    keeper.start()
    try:
        yield lease
    finally:
        done.set()
        keeper.join()
        release(store, lease)


def _await(
    store: Store, name: str, holder: str, ttl_s: float, wait_s: float, sleep: Callable[[float], None]
) -> Lease:
    waited = 0.0
    while True:
        lease = take(store, name, holder, ttl_s)
        if lease is not None:
            return lease
        if waited >= wait_s:
            raise LeaseLostError(
                "another process holds the lease and does not let go",
                hint="wait until that run ends, or end it: a dead holder loses the lease by itself",
                lease=name,
            )
        step = min(LOOK_AGAIN_S, wait_s - waited)
        sleep(step)
        waited += step


def _keep(store: Store, lease: Lease, done: threading.Event) -> None:
    while not done.wait(lease.ttl_s / 3):
        try:
            renew(store, lease)
        except LeaseLostError:
            return
        except SQLAlchemyError:
            continue  # the database does not answer: the next look may find it, else the check will tell


def _ensure(tx: Tx, name: str) -> None:
    free = {"holder": "", "token": 0, "taken_at": tx.now, "expires_at": datetime.fromtimestamp(0, UTC)}
    tx.connection.execute(inserts.into(tx.dialect, LEASE).values(name=name, **free).on_conflict_do_nothing())


def _let_end(tx: Tx, lease: Lease, after: timedelta) -> int:
    mine = update(LEASE).where(LEASE.c.name == lease.name, LEASE.c.token == lease.token)
    return int(tx.connection.execute(mine.values(expires_at=clock(tx) + after)).rowcount)


def clock(tx: Tx) -> datetime:
    """The database's clock, one for all hosts; a SQLite file is on this host."""
    if tx.dialect == "postgresql":
        now: datetime = tx.connection.execute(select(func.clock_timestamp())).scalar_one()
        return now
    return datetime.now(UTC)


def is_dead(holder: str) -> bool:
    """Whether the holder was a process of this host that has ended."""
    host, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _is_zombie(pid)


def _is_zombie(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    except OSError:
        return False
    return state.split()[:1] in (["Z"], ["X"])


def _lost(lease: Lease) -> LeaseLostError:
    return LeaseLostError(
        "the lease was lost to another process",
        hint="nothing of this step was kept; let the other run end, then launch this one again",
        lease=lease.name,
    )
