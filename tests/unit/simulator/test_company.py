from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.base import Base
from simulator.company import CompanyOptions, build, totals
from simulator.configuration import TRADE
from tests.unit.simulator.companies import TODAY, company, documents, sets


def contents(base: Base) -> dict[str, list[dict[str, Any]]]:
    return {name: list(base.iterate(name)) for name in sets()}


def test_the_same_options_give_the_same_company() -> None:
    assert contents(company(seed=7)) == contents(company(seed=7))


def test_the_company_does_not_depend_on_how_python_hashes_strings() -> None:
    program = (
        "from datetime import date\n"
        "from simulator.base import Base\n"
        "from simulator.company import CompanyOptions, build\n"
        "from simulator.configuration import TRADE\n"
        "base = Base(TRADE)\n"
        "build(base, CompanyOptions(size=60, today=date(2026, 11, 22)))\n"
        f"print([list(base.iterate(name)) for name in {sets()}])\n"
    )
    root = Path(__file__).parents[3]
    told = {
        subprocess.check_output(
            [sys.executable, "-c", program],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        )
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_another_seed_or_currency_gives_another_company() -> None:
    first = {row["Ref_Key"] for row in company(seed=1).iterate("Catalog_Контрагенты")}
    assert not first & {row["Ref_Key"] for row in company(seed=2).iterate("Catalog_Контрагенты")}
    assert not first & {row["Ref_Key"] for row in company(currency="UAH").iterate("Catalog_Контрагенты")}


def test_customers_keep_their_identity_from_one_day_to_the_next() -> None:
    first = [row["Ref_Key"] for row in company().iterate("Catalog_Контрагенты")]
    later = [row["Ref_Key"] for row in company(today=date(2026, 11, 23)).iterate("Catalog_Контрагенты")]
    assert first == later


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10**6), currency=st.sampled_from(("RUB", "UAH")), size=st.sampled_from(("tiny", 700))
)
def test_the_books_close_whatever_the_seed(seed: int, currency: str, size: str | int) -> None:
    base = company(size, seed, currency)
    assert len(totals(base)) > 5
    base.close()


@settings(max_examples=8, deadline=None)
@given(today=st.dates(date(2020, 1, 1), date(2031, 12, 31)))
def test_the_books_close_whatever_the_day(today: date) -> None:
    base = company(today=today)
    assert totals(base)
    dated = [document["Date"] for kind in documents() for document in base.iterate(kind)]
    assert today.toordinal() - date.fromisoformat(max(dated)[:10]).toordinal() == 1
    base.close()


@pytest.mark.parametrize("size", ["tiny", "small", 700, 4_000])
def test_a_size_means_about_that_many_documents(size: str | int) -> None:
    base = company(size)
    wanted = {"tiny": 300, "small": 1_500}.get(str(size)) or int(size)
    assert abs(sum(base.count(kind) for kind in documents()) - wanted) < wanted * 0.12
    base.close()


@pytest.mark.parametrize("size", ["huge", 3, 2_000_000, "-1"])
def test_an_unknown_size_is_refused_with_the_known_ones(size: str | int) -> None:
    with pytest.raises(ValueError, match="tiny, small, demo, or a number of documents from 50 to 1000000"):
        company(size)


def test_an_unknown_currency_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="give one of RUB, USD, EUR, UAH, KZT"):
        company(currency="GBP")


@pytest.mark.parametrize("currency", ["USD", "KZT"])
def test_any_known_currency_can_be_the_base_one(currency: str) -> None:
    assert totals(company(currency=currency))


def test_progress_ends_at_the_whole() -> None:
    seen: list[tuple[int, int]] = []
    build(
        Base(TRADE), CompanyOptions(size="tiny", today=TODAY), lambda done, whole: seen.append((done, whole))
    )
    assert seen == sorted(seen)
    assert seen[-1] == (300, 300)


def test_a_tiny_company_is_built_in_a_moment() -> None:
    def cpu() -> float:
        began = time.process_time()
        company(seed=3).close()
        return time.process_time() - began

    assert min(cpu() for _ in range(3)) < 0.3
