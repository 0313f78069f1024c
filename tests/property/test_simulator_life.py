"""Whatever happens to the simulated company, its documents and both registers agree."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator.base import Base
from simulator.company import CompanyOptions, build, totals
from simulator.configuration import TRADE
from simulator.life import Life

TODAY = date(2026, 11, 22)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), currency=st.sampled_from(["RUB", "UAH"]), silent=st.floats(0, 0.3))
@example(seed=20, currency="RUB", silent=0.1)  # a company without any service
def test_any_life_keeps_the_books_closed(seed: int, currency: str, silent: float) -> None:
    with closing(Base(TRADE)) as base:
        build(base, CompanyOptions(seed=seed, size=60, currency=currency, today=TODAY))
        base.clock.stop(datetime(2026, 11, 22, 12))
        life = Life(base, seed, silent)
        for _ in range(4):
            for _ in range(30):
                life.step()
            assert totals(base)
