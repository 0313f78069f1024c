"""What SQL answers of a filter never changes the result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.base import Base
from simulator.configuration import TRADE
from simulator.filter_eval import Scope
from simulator.filter_parser import parse
from simulator.options import Options
from simulator.query import Reader
from simulator.settings import ServerOptions

SHIPMENT = "Document_РеализацияТоваровУслуг"
RECORDS = "AccumulationRegister_РасчетыСКлиентами_RecordType"
PARTY = [str(UUID(int=n)) for n in range(1, 4)]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with closing(Base(TRADE)) as base:
        base.write("Catalog_Контрагенты", [{"Ref_Key": ref, "ИНН": f"77{n}"} for n, ref in enumerate(PARTY)])
        documents = [
            {
                "Ref_Key": str(UUID(int=100 + n)),
                "Number": f"Т-{n % 7} ",
                "Date": f"2026-01-{n % 9 + 1:02}T10:00:00",
                "Posted": n % 2 == 0,
                "Контрагент_Key": PARTY[n % 3],
                "СуммаДокумента": Decimal(n) / 4 - 3,
            }
            for n in range(40)
        ]
        base.write(SHIPMENT, documents)
        sets = [
            (
                d["Ref_Key"],
                SHIPMENT,
                [{"Period": d["Date"], "Сумма": d["СуммаДокумента"], "Сторно": d["Posted"]}],
            )
            for d in documents
        ]
        base.write_record_sets(RECORDS.removesuffix("_RecordType"), sets)
        yield Reader(base, base.edm, ServerOptions(record_set_limit=1000))


def leaves(amount: str, date: str, flag: str) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
    numbers = st.decimals(-4, 8, places=3).map(lambda d: format(d, "f"))
    days = st.integers(1, 10).map(lambda d: f"datetime'2026-01-{d:02}T10:00:00'")
    return st.one_of(
        st.tuples(st.just(amount), operators, numbers).map(" ".join),
        st.tuples(numbers, operators, st.just(amount)).map(" ".join),
        st.tuples(st.just(date), operators, days).map(" ".join),
        st.sampled_from(["true", "false"]).map(lambda v: f"{flag} eq {v}"),
    )


def conditions(leaf: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
                lambda t: f"({t[0]}) {t[1]} ({t[2]})"
            ),
            inner.map(lambda text: f"not ({text})"),
        ),
        max_leaves=5,
    )


OF_DOCUMENTS = st.one_of(
    leaves("СуммаДокумента", "Date", "Posted"),
    st.sampled_from(PARTY).map(lambda ref: f"Контрагент_Key eq guid'{ref}'"),
    st.integers(0, 3).map(lambda n: f"Контрагент/ИНН eq '77{n}'"),
    st.integers(0, 7).map(lambda n: f"Number eq 'Т-{n}'"),
    st.integers(95, 145).map(lambda n: f"Ref_Key eq guid'{UUID(int=n)}'"),
)


def check(reader: Reader, name: str, condition: str, key: str) -> None:
    type_ = reader.edm.types[name]
    naive = Scope(reader.edm, type_, type_.properties, reader.lookup()).compile(parse(condition))
    expected = {row[key] for row in reader.query(type_, Options()).rows() if naive(row)}
    query = reader.query(type_, Options(filter=condition))
    found = [row[key] for row in query.rows()]
    assert set(found) == expected
    assert len(found) == len(expected) == query.count()


@given(condition=conditions(OF_DOCUMENTS))
def test_documents_are_the_same_with_and_without_sql(reader: Reader, condition: str) -> None:
    check(reader, SHIPMENT, condition, "Ref_Key")


@given(condition=conditions(leaves("Сумма", "Period", "Сторно")))
def test_records_are_the_same_with_and_without_sql(reader: Reader, condition: str) -> None:
    check(reader, RECORDS, condition, "Recorder")
