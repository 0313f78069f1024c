from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from connectors.decode import Decoder, decoder_for, decoder_of
from connectors.decode_atom import AtomDecoder
from connectors.dialects import ONEC, V2, V4
from connectors.wire_types import attribute
from schemas.errors import SourceContractError
from schemas.source import SourceSet, WireField, WireRow, WireType


def fields(**types: WireType) -> tuple[WireField, ...]:
    return tuple(WireField(name, kind) for name, kind in types.items())


LINE = WireRow(fields(LineNumber="integer", Цена="decimal"))
DOCUMENT = WireRow(fields(Ref_Key="text", Posted="flag", Сумма="decimal"), (("Товары", LINE),))
GOOD = {
    "Ref_Key": "a",
    "Posted": True,
    "Сумма": 1,
    "Товары": [{"LineNumber": "1", "Цена": 1}],
    "Лишнее": {"x": [1]},
}


def body(*rows: Any, **around: Any) -> bytes:
    return json.dumps({**around, "value": rows}, ensure_ascii=False).encode()


def decoder() -> Decoder:
    return decoder_for(DOCUMENT, ONEC)


def test_only_declared_fields_are_read_under_their_own_names() -> None:
    (row,) = decoder().rows(body(GOOD, **{"odata.metadata": "x"})).rows
    assert (row.Ref_Key, row.Posted, row.Сумма) == ("a", True, Decimal(1))
    assert row.Товары[0].LineNumber == 1
    assert not hasattr(row, "Лишнее")


@pytest.mark.parametrize(
    "written",
    ["0.1", "22729.17", "9999999999999999.99", "12345678901234567890123456789012345678", "-0.00", "1E+3"],
)
def test_a_number_is_exactly_what_was_written(written: str) -> None:
    text = body(GOOD).replace('"Сумма": 1'.encode(), f'"Сумма": {written}'.encode())
    amount = decoder().rows(text).rows[0].Сумма
    assert isinstance(amount, Decimal)
    assert amount == Decimal(written)


def test_a_byte_order_mark_is_no_part_of_the_answer() -> None:
    assert len(decoder().rows(b"\xef\xbb\xbf" + body(GOOD)).rows) == 1


def test_null_is_none_only_where_it_is_allowed() -> None:
    row = WireRow((WireField("Ref_Key", "text"), WireField("Артикул", "text", nullable=True)))
    reader = decoder_for(row, ONEC)
    assert reader.rows(body({"Ref_Key": "a", "Артикул": None})).rows[0].Артикул is None
    (bad,) = reader.rows(body({"Ref_Key": None, "Артикул": None})).rejected
    assert (bad.path, bad.record_id) == ("Ref_Key", "")


def test_a_missing_field_is_not_a_null() -> None:
    row = WireRow((WireField("Ref_Key", "text"), WireField("Артикул", "text", nullable=True)))
    decoded = decoder_for(row, ONEC).rows(body({"Ref_Key": "a"}, {"Ref_Key": "b", "Артикул": "1"}))
    assert [(bad.path, bad.missing) for bad in decoded.rejected] == [("Артикул", True)]


def test_one_bad_record_is_rejected_with_its_field_and_the_others_go_on() -> None:
    bad = {
        **GOOD,
        "Ref_Key": "b",
        "Товары": [{"LineNumber": "1", "Цена": 1}, {"LineNumber": "2", "Цена": "много"}],
    }
    decoded = decoder().rows(body(GOOD, bad, {**GOOD, "Ref_Key": "c"}))
    assert [row.Ref_Key for row in decoded.rows] == ["a", "c"]
    assert list(decoded.places) == [0, 2]
    (rejected,) = decoded.rejected
    assert (rejected.place, rejected.record_id, rejected.path) == (1, "b", "Товары[].Цена")
    assert "много" not in rejected.reason


@pytest.mark.parametrize("name", ["Сумма", "Товары"])
def test_a_field_that_no_record_has_is_drift_and_names_it(name: str) -> None:
    rows = [{key: value for key, value in GOOD.items() if key != name} for _ in range(3)]
    with pytest.raises(SourceContractError, match=f"no record has the field {name}") as drift:
        decoder().rows(body(*rows))
    assert drift.value.received
    assert drift.value.context["field"] == name


def test_a_field_that_no_line_has_is_drift_even_beside_documents_without_lines() -> None:
    without = {**GOOD, "Товары": [{"LineNumber": "1"}]}
    with pytest.raises(SourceContractError, match="no record has the field Товары/Цена"):
        decoder().rows(body(without, {**GOOD, "Товары": []}))


def test_a_text_that_is_no_utf_8_rejects_its_record_only() -> None:
    decoded = decoder().rows(body(GOOD, {**GOOD, "Ref_Key": "?"}).replace(b"?", b"\xff"))
    assert ([row.Ref_Key for row in decoded.rows], [bad.place for bad in decoded.rejected]) == (["a"], [1])


def test_an_empty_answer_is_no_drift() -> None:
    assert decoder().rows(body()).rows == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (body(GOOD)[:-3], "ends in the middle"),
        (b"", "ends in the middle"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b'{"odata.error":{"code":"9","message":{"lang":"ru","value":"x"}}}', "error of the service"),
        (b'{"value":{}}', "not a list"),
        (b'{"d":[]}', "not a list"),
        (b"[" * 100_000 + b"]" * 100_000, "not a list"),
    ],
)
def test_what_is_no_page_says_what_it_is_instead(text: bytes, what: str) -> None:
    with pytest.raises(SourceContractError, match=what) as error:
        decoder().rows(text)
    assert error.value.received == text


def test_a_v4_answer_is_read_by_the_same_declaration() -> None:
    row = WireRow(fields(Id="text", Amount="decimal"), (("Lines", WireRow(fields(Price="decimal"))),))
    text = b'{"@odata.context":"x","value":[{"Id":"1","Amount":10.50,"Lines":[{"Price":5.25}]}]}'
    (found,) = decoder_for(row, V4).rows(text).rows
    assert (found.Amount, found.Lines[0].Price) == (Decimal("10.50"), Decimal("5.25"))


@pytest.mark.parametrize(
    "text",
    [
        rb'{"d":{"results":[{"Id":"1","At":"\/Date(1700000000000)\/","Amount":"10.50","Lines":{"results":[{"N":"7"}]}}]}}',
        rb'{"d":[{"Id":"1","At":"/Date(1700000000000)/","Amount":"10.50","Lines":[{"N":"7"}]}]}',
    ],
)
def test_a_v2_answer_is_unwrapped_and_its_dates_are_plain(text: bytes) -> None:
    lines = WireRow(fields(N="integer"))
    row = WireRow(fields(Id="text", At="text", Amount="decimal"), (("Lines", lines),))
    (found,) = decoder_for(row, V2).rows(text).rows
    assert (found.At, found.Amount, found.Lines[0].N) == ("2023-11-14T22:13:20", Decimal("10.50"), 7)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ref_Key", "Ref_Key"),
        ("Сумма", "Сумма"),
        ("_НКС_Днів", "_НКС_Днів"),
        ("class", "class_"),
        ("a.b@c", "a_b_c"),
        ("1С", "_1С"),
    ],
)
def test_an_attribute_is_the_name_itself_where_python_can_say_it(name: str, expected: str) -> None:
    assert attribute(name) == expected
    (row,) = decoder_for(WireRow((WireField(name, "text"),)), ONEC).rows(body({name: "x"})).rows
    assert getattr(row, expected) == "x"


FEED = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"
 xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">{}</feed>"""
ENTRY = "<entry><content><m:properties>{}</m:properties></content></entry>"


def atom(*entries: str) -> bytes:
    return FEED.format("".join(ENTRY.format(entry) for entry in entries)).encode()


def test_atom_rejects_a_bad_record_and_keeps_the_rest() -> None:
    row = WireRow((WireField("Ref_Key", "text"), WireField("Сумма", "decimal", nullable=True)))
    decoded = AtomDecoder(row).rows(
        atom(
            "<d:Ref_Key>a</d:Ref_Key><d:Сумма>10.10</d:Сумма>",
            "<d:Ref_Key>b</d:Ref_Key><d:Сумма>много</d:Сумма>",
            '<d:Ref_Key>c</d:Ref_Key><d:Сумма m:null="true"/>',
        )
    )
    assert [(row.Ref_Key, row.Сумма) for row in decoded.rows] == [("a", Decimal("10.10")), ("c", None)]
    assert [(bad.place, bad.record_id, bad.path) for bad in decoded.rejected] == [(1, "b", "Сумма")]


def test_an_empty_element_is_the_empty_value_of_its_type() -> None:
    row = WireRow(fields(A="text", B="decimal", C="integer", D="flag"))
    nullable = WireRow(tuple(WireField(field.name, field.type, nullable=True) for field in row.fields))
    empty = atom("<d:A/><d:B/><d:C/><d:D/>")
    (plain,) = AtomDecoder(row).rows(empty).rows
    assert ("", Decimal(0), 0, False) == (plain.A, plain.B, plain.C, plain.D)
    (perhaps,) = AtomDecoder(nullable).rows(empty).rows
    assert (perhaps.A, perhaps.B, perhaps.C, perhaps.D) == ("", None, None, None)


def test_movements_come_out_of_record_sets_and_places_count_them_through_the_feed() -> None:
    row = WireRow(fields(Recorder="text", LineNumber="integer", Сумма="decimal"))
    body = FEED.format(
        "".join(
            f'<entry><category term="StandardODATA.{term}"/><content><m:properties><d:Recorder>{key}</d:Recorder>'
            f"<d:RecordSet>{lines}</d:RecordSet></m:properties></content></entry>"
            for term, key, lines in (
                ("AccumulationRegister_A", "1", line(1, "1.10") + line(2, "x")),
                ("AccumulationRegister_A_RowType", "9", line(1, "9")),
                ("AccumulationRegister_AB", "8", line(1, "8")),
                ("AccumulationRegister_A", "2", ""),
                ("AccumulationRegister_A", "3", line(1, "3.30")),
            )
        )
    ).encode()
    decoded = decoder_of(
        SourceSet("AccumulationRegister_A_RecordType", row, "Period"), ONEC, "application/atom+xml;type=feed"
    ).rows(body)
    assert [(r.Recorder, r.LineNumber, r.Сумма) for r in decoded.rows] == [
        ("1", 1, Decimal("1.10")),
        ("3", 1, Decimal("3.30")),
    ]
    assert list(decoded.places) == [0, 2]
    assert [(bad.place, bad.record_id, bad.path) for bad in decoded.rejected] == [(1, "1", "Сумма")]


def line(number: int, amount: str) -> str:
    """A row that leaves its recorder to the record set around it."""
    return f"<d:element><d:LineNumber>{number}</d:LineNumber><d:Сумма>{amount}</d:Сумма></d:element>"


def test_an_entry_expanded_inside_a_link_is_no_record_of_its_own() -> None:
    inside = "<entry><content><m:properties><d:A>inner</d:A></m:properties></content></entry>"
    outside = ENTRY.replace("<content>", f"<link><m:inline>{inside}</m:inline></link><content>")
    decoded = AtomDecoder(WireRow(fields(A="text"))).rows(
        FEED.format(outside.format("<d:A>outer</d:A>") * 2).encode()
    )
    assert [row.A for row in decoded.rows] == ["outer", "outer"]


@pytest.mark.parametrize(
    ("media_type", "atom_expected"),
    [
        ("application/atom+xml;type=feed;charset=utf-8", True),
        ("application/xml", True),
        ("application/json;charset=utf-8", False),
        ("", False),
    ],
)
def test_the_media_type_chooses_the_decoder(media_type: str, atom_expected: bool) -> None:
    decoder = decoder_of(SourceSet("Document_X", WireRow(fields(A="text")), "Date"), ONEC, media_type)
    assert isinstance(decoder, AtomDecoder) is atom_expected


def test_atom_without_a_field_is_drift() -> None:
    with pytest.raises(SourceContractError, match="no record has the field Сумма"):
        AtomDecoder(WireRow(fields(Сумма="decimal"))).rows(atom("<d:A>1</d:A>", "<d:A>2</d:A>"))


@pytest.mark.parametrize("text", [atom("<d:A>1</d:A>")[:-20], b"", b"<x/>", b'{"value":[]}'])
def test_what_is_no_feed_is_an_error_with_the_bytes(text: bytes) -> None:
    with pytest.raises(SourceContractError) as error:
        AtomDecoder(WireRow(fields(A="text"))).rows(text)
    assert error.value.received == text


def test_an_entity_in_a_feed_is_not_resolved() -> None:
    bomb = b'<!DOCTYPE feed [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + atom("<d:A>&e;</d:A>")
    assert AtomDecoder(WireRow(fields(A="text"))).rows(bomb).rows[0].A == ""
