"""A package that was made, or a confirmation that was done, and whose answer is lost or late."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from simulator.faults import Fault
from tests.contract.simulator.test_simulator_exchange import Serve, Site


def test_the_answer_may_be_lost_after_the_work_is_done(serve: Serve) -> None:
    site = Site(serve())
    address = site.edit(1)
    site.client.server.faults.add(Fault("drop_after", match="SelectChanges"))
    with pytest.raises(OSError, match=r"closed|reset"):
        site.select(1)
    assert site.state() == ("1", "0")
    assert site.changed(1) == [address]
    site.client.server.faults.add(Fault("drop_after", match="NotifyChangesReceived"))
    with pytest.raises(OSError, match=r"closed|reset"):
        site.confirm(1)
    assert site.state() == ("1", "1")
    assert site.changed(2) == []


def test_an_answer_may_linger_after_the_work_is_done(serve: Serve) -> None:
    site = Site(serve())
    address, faults = site.edit(1), site.client.server.faults
    faults.add(Fault("linger", match="SelectChanges", delay_s=0.2))
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(site.changed, 1)
        while not faults.lingering:
            assert not slow.done()
        other = site.edit(2)
        assert slow.result() == [address]
    assert sorted(site.changed(2)) == sorted([address, other])
