"""Texts of the simulator: parsing what comes in, cutting what goes out."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from simulator import filter_parser
from simulator.codec import number_text
from simulator.configuration import TRADE
from simulator.edm import Edm
from simulator.errors import ODataError
from simulator.filter_parser import Binary, Call, Lambda, Member, Name, Unary
from simulator.literals import Literal
from simulator.options import options, pairs, representation
from simulator.paths import Segment, segments
from simulator.slicing import cut, cut_links
from simulator.tables import ObjectTable

RECORDED = Path(__file__).parents[4] / "shared/corpus/onec/odata/custom_2016"


def number(text: str) -> Literal:
    return Literal("number", Decimal(text))


class TestPrecedence:
    def test_order_binds_tighter_than_equality(self) -> None:
        tree = filter_parser.parse("a eq b gt 1")
        assert tree == Binary("eq", Name("a"), Binary("gt", Name("b"), number("1")))

    def test_and_binds_tighter_than_or(self) -> None:
        tree = filter_parser.parse("a or b and c")
        assert tree == Binary("or", Name("a"), Binary("and", Name("b"), Name("c")))

    def test_equal_operators_are_taken_from_left_to_right(self) -> None:
        tree = filter_parser.parse("1 sub 2 sub 3")
        assert tree == Binary("sub", Binary("sub", number("1"), number("2")), number("3"))

    def test_not_takes_the_nearest(self) -> None:
        tree = filter_parser.parse("not a eq b")
        assert tree == Binary("eq", Unary("not", Name("a")), Name("b"))

    def test_brackets_decide(self) -> None:
        tree = filter_parser.parse("(a or b) and c")
        assert tree == Binary("and", Binary("or", Name("a"), Name("b")), Name("c"))


def test_paths_casts_and_lambdas_make_one_tree() -> None:
    tree = filter_parser.parse("Товары/any(d: cast(d/Х, 'Catalog_Х')/Имя eq 'O''Нил')")
    cast = Call("cast", (Member(Name("d"), "Х"), Literal("string", "Catalog_Х")))
    body = Binary("eq", Member(cast, "Имя"), Literal("string", "O'Нил"))
    assert tree == Lambda(Name("Товары"), "any", "d", body)


@pytest.mark.parametrize("text", ["1e5", "1E+20", "5L", "1.", "datetime'2026-13-01T00:00:00'", "guid'12'"])
def test_literals_1c_does_not_read_are_refused(text: str) -> None:
    with pytest.raises(ODataError):
        filter_parser.parse(f"a eq {text}")


def test_a_path_may_hold_slashes_and_brackets_inside_quotes() -> None:
    path = "Reg_Х/Balance(Condition='(Валюта/Code eq ''6/4,3'')',Period=datetime'2026-01-01T00:00:00')"
    register, call = segments(path)
    assert register == Segment("Reg_Х")
    assert call.named() == {
        "Condition": Literal("string", "(Валюта/Code eq '6/4,3')"),
        "Period": Literal("date", "2026-01-01T00:00:00"),
    }


def test_only_percent_signs_are_decoded() -> None:
    assert pairs("$filter=a%20eq+b&x=%D0%A5") == {"$filter": "a eq+b", "x": "Х"}


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ({}, "", ("atom", "minimalmetadata")),
        ({}, "application/json", ("json", "minimalmetadata")),
        ({}, "text/html, application/json;odata=fullmetadata", ("json", "fullmetadata")),
        ({"$format": "json;odata=nometadata"}, "", ("json", "nometadata")),
        ({"$format": "application/json"}, "application/atom+xml", ("json", "minimalmetadata")),
        ({"$format": "atom"}, "application/json", ("atom", "minimalmetadata")),
    ],
)
def test_the_representation_is_chosen_by_option_then_header(
    query: dict[str, str], accept: str, expected: tuple[str, str]
) -> None:
    assert representation(query, accept) == expected


@pytest.mark.parametrize("written", ["$allowedOnly", "allowedOnly"])
def test_allowed_only_is_written_in_two_ways(written: str) -> None:
    assert options({written: "true"}).allowed_only


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("150129.00", "150129"),
        ("22729.17", "22729.17"),
        ("0.00", "0"),
        ("-0.0", "0"),
        ("1E+3", "1000"),
        ("1E-7", "0.0000001"),
    ],
)
def test_numbers_have_no_exponent_and_no_spare_zeros(value: str, text: str) -> None:
    assert number_text(Decimal(value)) == text


class TestCuts:
    EDM = Edm(TRADE)
    TYPE = EDM.types["Document_РеализацияТоваровУслуг"]

    def stored(self) -> tuple[str, str]:
        rows = [{"Цена": 1}, {"Цена": 2}]
        values = {"Ref_Key": "r", "Комментарий": 'a "b",\n"c": 1', "Товары": rows, "Контрагент_Key": "c"}
        _, _, _, body, links = ObjectTable(self.TYPE, self.EDM).encode(values, "v")
        return body, links

    def test_the_whole_is_left_alone(self) -> None:
        body, _ = self.stored()
        assert cut(self.TYPE.properties, self.TYPE.properties)(body) is body

    def test_a_value_that_looks_like_a_line_does_not_mislead(self) -> None:
        body, _ = self.stored()
        comment = self.TYPE.by_name["Комментарий"]
        assert cut(self.TYPE.properties, (comment,))(body) == r'"Комментарий": "a \"b\",\n\"c\": 1"'

    def test_rows_are_cut_one_by_one(self) -> None:
        body, _ = self.stored()
        part = self.TYPE.by_name["Товары"]
        prices = type(part)("Товары", "part", rows=tuple(p for p in part.rows if p.name == "Цена"))
        assert (
            cut(self.TYPE.properties, (prices,))(body) == '"Товары": [\n{\n"Цена": 1\n},\n{\n"Цена": 2\n}\n]'
        )

    def test_links_are_kept_renamed_or_dropped(self) -> None:
        _, links = self.stored()
        assert cut_links({"Контрагент": "Клиент"}, 9)(links) == (
            ',\n"Клиент@navigationLinkUrl": "Document_РеализацияТоваровУслуг(guid\'r\')/Клиент"'
        )
        assert cut_links({}, 9)(links) == ""


def test_an_object_is_written_line_by_line_as_in_recorded_json() -> None:
    recorded = RECORDED / "06_Catalog_Номенклатура.json"
    if not recorded.exists():
        pytest.skip("the recorded bytes are not part of the repository")
    edm = Edm(TRADE)
    table = ObjectTable(edm.types["Catalog_Номенклатура"], edm)
    group = {
        "Ref_Key": "b837edfc-f36d-11e6-aede-5404a6b4b8ed",
        "IsFolder": True,
        "Description": "Женские сумки",
    }
    body = table.encode(group, "AAAABQAAAAA=")[3]
    real = recorded.read_text(encoding="utf-8")
    first = re.search(r'"value": \[\{\n(.*?)\n\}', real, re.DOTALL)
    assert first
    theirs = dict(line.split(": ", 1) for line in first[1].split(",\n"))
    ours = dict(line.split(": ", 1) for line in body.split(",\n"))
    common = [name for name in theirs if name in ours]
    assert len(common) >= 9
    assert [name for name in ours if name in theirs] == common
    assert {n: ours[n] for n in ('"Артикул"', '"IsFolder"', '"Parent_Key"')} == {
        n: theirs[n] for n in ('"Артикул"', '"IsFolder"', '"Parent_Key"')
    }
