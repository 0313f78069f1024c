from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading

import pytest
from sqlalchemy import update

from schemas.errors import LeaseLostError
from store import leases
from store.engine import Store
from store.leases import Lease
from store.tables_of_change import LEASE

ME = f"{socket.gethostname()}:{os.getpid()}:test"


def take(store: Store, holder: str = ME, ttl_s: float = 60) -> Lease | None:
    return leases.take(store, "read ut11", holder, ttl_s)


def taken(store: Store, holder: str = ME, ttl_s: float = 60) -> Lease:
    lease = take(store, holder, ttl_s)
    assert lease is not None
    return lease


def run_out(store: Store) -> None:
    with store.transaction() as tx:
        tx.connection.execute(update(LEASE).values(expires_at=LEASE.c.taken_at))


def check(store: Store, lease: Lease) -> None:
    with store.transaction() as tx:
        leases.check(tx, lease)


def test_one_holder_at_a_time_and_the_token_grows(store: Store) -> None:
    first = taken(store)
    assert take(store, "elsewhere:1:x") is None
    leases.release(store, first)
    second = taken(store, "elsewhere:1:x")
    assert second.token > first.token
    assert take(store) is None


def test_leases_of_other_names_are_free(store: Store) -> None:
    taken(store)
    assert leases.take(store, "read other", "elsewhere:1:x", 60) is not None


def test_a_lease_that_ran_out_may_be_taken_and_its_holder_cannot_write(store: Store) -> None:
    slept = taken(store, ttl_s=0.01)
    run_out(store)
    check(store, slept)  # nobody took it: still its own
    taken(store, "elsewhere:1:x")
    with pytest.raises(LeaseLostError, match="launch this one again"):
        check(store, slept)
    with pytest.raises(LeaseLostError):
        leases.renew(store, slept)
    leases.release(store, slept)
    assert take(store) is None  # what is lost cannot be given away


def test_a_renewed_lease_runs_on(store: Store) -> None:
    lease = taken(store)
    run_out(store)
    leases.renew(store, lease)
    assert take(store, "elsewhere:1:x") is None


def test_a_dead_process_of_this_host_loses_its_lease_at_once(store: Store) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    holder = f"{socket.gethostname()}:{child.pid}:run"
    taken(store, holder)
    child.wait()
    assert take(store) is not None


def test_a_killed_process_that_nobody_buried_counts_as_dead(store: Store) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    taken(store, f"{socket.gethostname()}:{child.pid}:run")
    assert take(store) is None
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert take(store) is not None
    child.communicate()


def test_the_same_process_number_elsewhere_is_not_known_to_be_dead(store: Store) -> None:
    taken(store, f"elsewhere:{2**22 + 1}:run")
    assert take(store) is None


def test_a_taker_waits_for_the_writer_that_checked(store: Store) -> None:
    lease = taken(store)
    found: list[Lease | None] = []
    with store.transaction() as tx:
        leases.check(tx, lease)
        other = threading.Thread(target=lambda: found.append(take(store, "elsewhere:1:x")))
        other.start()
        other.join(0.1)
        assert other.is_alive()
    other.join()
    assert found == [None]


def test_a_held_lease_is_renewed_and_given_back(store: Store) -> None:
    waiting = threading.Event()
    with leases.held(store, "read ut11", holder=ME, ttl_s=0.09, wait_s=0) as lease:
        for _ in range(4):
            waiting.wait(0.05)
            assert take(store, "elsewhere:1:x") is None
        check(store, lease)
    assert take(store, "elsewhere:1:x") is not None


def test_a_lease_taken_without_waiting_is_renewed_and_given_back(store: Store) -> None:
    waiting = threading.Event()
    with leases.if_free(store, "read ut11", holder=ME, ttl_s=0.09) as lease:
        assert lease is not None
        for _ in range(4):
            waiting.wait(0.05)
            with leases.if_free(store, "read ut11", holder="elsewhere:1:x", ttl_s=0.09) as other:
                assert other is None
        check(store, lease)
    assert take(store, "elsewhere:1:x") is not None


def test_waiting_for_a_lease_ends(store: Store) -> None:
    taken(store, "elsewhere:1:x")
    slept: list[float] = []
    with (
        pytest.raises(LeaseLostError, match="a dead holder loses the lease"),
        leases.held(store, "read ut11", holder=ME, ttl_s=60, wait_s=1.2, sleep=slept.append),
    ):
        pass
    assert sum(slept) == pytest.approx(1.2)


def test_one_who_waits_gets_it_when_it_is_free(store: Store) -> None:
    other = taken(store, "elsewhere:1:x")
    with leases.held(
        store,
        "read ut11",
        holder=ME,
        ttl_s=60,
        wait_s=60,
        sleep=lambda _: leases.release(store, other),
    ) as lease:
        assert lease.token == other.token + 1
