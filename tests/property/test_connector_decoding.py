"""Readers never crash: whatever arrives, it is records, rejected records or one of our errors."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import addresses, exchange, metadata
from connectors.answers import decode_error
from connectors.decode import decoder_for
from connectors.decode_atom import AtomDecoder
from connectors.dialects import ONEC, V2, V4, Dialect
from connectors.window_plan import Plan, Reach, halves
from schemas.errors import HubError
from schemas.source import RawPage, Scope, WireField, WireRow

ROW = WireRow(
    (WireField("Ref_Key", "text"), WireField("Сумма", "decimal"), WireField("Код", "integer", nullable=True)),
    (("Товары", WireRow((WireField("Цена", "decimal"), WireField("Отменено", "flag")))),),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
LINES = st.fixed_dictionaries({"Цена": ANYTHING, "Отменено": ANYTHING})
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "Ref_Key": st.text(max_size=8) | ANYTHING,
        "Сумма": st.integers() | ANYTHING,
        "Код": ANYTHING,
        "Товары": st.lists(LINES, max_size=3) | ANYTHING,
    },
)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**30), max_value=10**30)


def answer(dialect: Dialect, rows: Any) -> bytes:
    for name in reversed(dialect.rows_in):
        rows = {name: rows}
    return json.dumps(rows, ensure_ascii=False).encode()


@pytest.mark.parametrize("dialect", [ONEC, V2, V4])
@given(data=st.data())
def test_every_record_is_either_read_or_rejected(dialect: Dialect, data: st.DataObject) -> None:
    records = data.draw(st.lists(RECORDS | ANYTHING, max_size=4))
    with contextlib.suppress(HubError):
        decoded = decoder_for(ROW, dialect).rows(answer(dialect, records))
        assert len(decoded.rows) + len(decoded.rejected) == len(records)
        places = [*decoded.places, *(bad.place for bad in decoded.rejected)]
        assert sorted(places) == list(range(len(records)))


@pytest.mark.parametrize("dialect", [ONEC, V2, V4])
@given(data=st.data())
def test_a_cut_answer_is_our_error(dialect: Dialect, data: st.DataObject) -> None:
    good = {"Ref_Key": "a", "Сумма": 1, "Код": None, "Товары": [{"Цена": 1, "Отменено": False}]}
    whole = answer(dialect, [good, good])
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(HubError):
        decoder_for(ROW, dialect).rows(whole[:cut])


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_never_crash_a_reader(body: bytes) -> None:
    for read in (
        decoder_for(ROW, ONEC).rows,
        decoder_for(ROW, V2).rows,
        AtomDecoder(ROW).rows,
        AtomDecoder(ROW, "AccumulationRegister_X_RecordType").rows,
        lambda text: exchange.names(RawPage("", text, datetime(2026, 1, 1), 0.0, "")),
        metadata.parse,
    ):
        with contextlib.suppress(HubError):
            read(body)
    assert isinstance(decode_error(500, body, request="", source="").error, HubError)


@given(st.binary(max_size=80), st.integers(100, 599))
def test_every_answer_has_a_verdict_with_a_hint(body: bytes, status: int) -> None:
    for prefix in (b"", b"{", b"<", b'{"odata.error":', b'{"exception":{'):
        error = decode_error(status, prefix + body, request="", source="").error
        assert error.hint
        assert error.message


@given(ANYTHING)
def test_any_json_where_an_error_should_be_has_a_verdict(value: Any) -> None:
    for form in (
        value,
        {"odata.error": value},
        {"error": {"code": value, "message": value}},
        {"exception": value},
    ):
        assert decode_error(500, json.dumps(form).encode(), request="", source="").error.hint


@given(st.lists(AMOUNTS, min_size=1, max_size=5))
def test_money_is_exact_through_json_and_atom(amounts: list[Decimal]) -> None:
    row = WireRow((WireField("Сумма", "decimal"),))
    text = '{"value":[' + ",".join(f'{{"Сумма":{amount}}}' for amount in amounts) + "]}"
    assert [record.Сумма for record in decoder_for(row, ONEC).rows(text.encode()).rows] == amounts
    meta = "http://schemas.microsoft.com/ado/2007/08/dataservices"
    entries = "".join(
        f"<entry><content><m:properties><d:Сумма>{amount}</d:Сумма></m:properties></content></entry>"
        for amount in amounts
    )
    names = f'xmlns="http://www.w3.org/2005/Atom" xmlns:d="{meta}" xmlns:m="{meta}/metadata"'
    feed = f"<feed {names}>{entries}</feed>"
    assert [record.Сумма for record in AtomDecoder(row).rows(feed.encode()).rows] == amounts


BOTH_FORMS = WireRow(
    (
        WireField("Имя", "text"),
        WireField("Сумма", "decimal"),
        WireField("Код", "integer", nullable=True),
        WireField("Проведен", "flag"),
    ),
    (("Строки", WireRow((WireField("Цена", "decimal"), WireField("Текст", "text", nullable=True)))),),
)
PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=9)
SAME = st.fixed_dictionaries(
    {
        "Имя": PLAIN,
        "Сумма": AMOUNTS,
        "Код": st.none() | st.integers(-(2**63), 2**63 - 1),
        "Проведен": st.booleans(),
        "Строки": st.lists(st.fixed_dictionaries({"Цена": AMOUNTS, "Текст": st.none() | PLAIN}), max_size=3),
    }
)


def as_json(value: Any) -> str:
    """As 1C writes it: whole numbers of 64 bits as strings, amounts as numbers of any length."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{as_json(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return f"[{','.join(map(as_json, value))}]"
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(str(value) if type(value) is int else value, ensure_ascii=False)


def as_atom(name: str, value: Any) -> str:
    """As 1C writes it: what is empty is an empty element, null says so."""
    if value is None:
        return f'<d:{name} m:null="true"/>'
    if isinstance(value, list):
        rows = "".join(f"<d:element>{properties(row)}</d:element>" for row in value)
        return f'<d:{name} m:type="Collection(X)">{rows}</d:{name}>'
    text = escape(str(value).lower() if isinstance(value, bool) else str(value))
    return f"<d:{name}>{text}</d:{name}>" if text else f"<d:{name}/>"


def properties(record: dict[str, Any]) -> str:
    return "".join(as_atom(name, value) for name, value in record.items())


@given(st.lists(SAME, min_size=1, max_size=4))
def test_both_forms_of_the_same_records_are_read_alike(records: list[dict[str, Any]]) -> None:
    plain = decoder_for(BOTH_FORMS, ONEC).rows(f'{{"value":{as_json(records)}}}'.encode())
    data = "http://schemas.microsoft.com/ado/2007/08/dataservices"
    entries = "".join(
        '<entry><category term="StandardODATA.Document_X"/><content>'
        f"<m:properties>{properties(record)}</m:properties></content></entry>"
        for record in records
    )
    names = f'xmlns="http://www.w3.org/2005/Atom" xmlns:d="{data}" xmlns:m="{data}/metadata"'
    packed = AtomDecoder(BOTH_FORMS, "Document_X").rows(f"<feed {names}>{entries}</feed>".encode())
    assert (packed.rejected, plain.rejected) == ([], [])
    assert packed.rows == plain.rows


@given(TEXTS, TEXTS)
def test_any_text_travels_in_a_query_as_plain_letters(name: str, value: str) -> None:
    target = addresses.target("Catalog_X", [("$filter", value), ("$select", name)])
    assert target.isascii()
    assert not set(target) & set(' +"<>#\\')
    assert target.count("?") == target.count("&") == 1


MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(3998, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)


@given(
    MOMENTS, MOMENTS, st.none() | st.integers(0, 10**7),
    st.lists(st.floats(0, 50), max_size=30), st.booleans(), st.booleans(),
)  # fmt: skip
def test_windows_meet_without_gap_or_overlap_whatever_answers_weigh(
    one: datetime, other: datetime, count: int | None, weights: list[float], opens: bool, closes: bool
) -> None:
    start, end = sorted((one, other))
    end = min(max(end, start + timedelta(seconds=1)), start + timedelta(days=3_000))
    reach = Reach(None if opens else start.isoformat(), None if closes else end.isoformat())  # type: ignore[arg-type]
    plan = Plan.make(reach, start, end, count, 1_600, timedelta(days=31), 0.8)
    taken: list[Scope] = []
    for weight in [*weights, *[0.1] * 400]:
        if (scope := plan.take()) is None:
            break
        taken.append(scope)
        plan.learn(scope, weight)
    assert taken[0].start == reach.start
    assert all(before.end == after.start for before, after in pairwise(taken))
    if plan.take() is None:
        assert taken[-1].end == reach.end


@given(MOMENTS, MOMENTS, st.booleans(), st.booleans())
def test_halves_meet_and_end_at_a_second(one: datetime, other: datetime, opens: bool, closes: bool) -> None:
    start, end = sorted((one, other))
    scope = Scope(None if opens else start.isoformat(), None if closes else end.isoformat())  # type: ignore[arg-type]
    for _ in range(5_000):
        split = halves(scope, datetime(2026, 1, 1), datetime(2027, 1, 1))
        if split is None:
            break
        first, second = split
        assert (first.start, first.end, second.end) == (scope.start, second.start, scope.end)
        scope = second if first.start is None else first
    assert scope.start is None or scope.end is None or scope.end <= (
        (datetime.fromisoformat(scope.start) + timedelta(seconds=1)).isoformat()
    )  # fmt: skip
