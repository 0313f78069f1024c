"""`$metadata` against the recorded one: the same document wherever both describe the same thing."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from simulator.configuration import TRADE
from simulator.edm import Edm, View
from simulator.metadata import metadata

RECORDED = Path(__file__).parents[4] / "shared/corpus/onec/odata/ut_demo_8.5/msg001_metadata.xml"
EDM = "{http://schemas.microsoft.com/ado/2009/11/edm}"


@pytest.fixture(scope="module")
def made() -> str:
    return metadata(Edm(TRADE))


@pytest.fixture(scope="module")
def real() -> str:
    if not RECORDED.exists():
        pytest.skip("the recorded $metadata is not part of the repository")
    return RECORDED.read_bytes().decode()


def block(text: str, tag: str, name: str) -> str:
    found = re.search(rf'\t\t\t<{tag} Name="{name}".*?</{tag}>\r\n', text, re.DOTALL)
    assert found, f"{tag} {name} is missing"
    return found[0]


def shape(text: str) -> list[str]:
    """The order of the elements inside the schema, repeats folded."""
    schema = next(iter(ElementTree.fromstring(text).iter(f"{EDM}Schema")))
    tags = [child.tag.removeprefix(EDM) for child in schema]
    return [tag for place, tag in enumerate(tags) if place == 0 or tags[place - 1] != tag]


def test_the_frame_is_the_same(made: str, real: str) -> None:
    start = '\t\t\t<EntityType Name="'
    assert made[: made.index(start)] == real[: real.index(start)]
    end = "\t\t\t</EntityContainer>"
    assert made[made.index(end) :] == real[real.index(end) :]
    assert shape(made) == shape(real)


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        *(
            ("EntityType", "AccumulationRegister_ЗаказыКлиентов"),
            ("EntityType", "Catalog_Контрагенты_ИсторияКПП"),
        ),
        *(("ComplexType", "Catalog_Контрагенты_ИсторияКПП_RowType"), ("ComplexType", "TypeDescription")),
        *(("ComplexType", "StringQualifiers"), ("ComplexType", "PointInTime"), ("EnumType", "AllowedLength")),
    ],
)
def test_what_both_describe_is_equal_byte_for_byte(made: str, real: str, tag: str, name: str) -> None:
    assert block(made, tag, name) == block(real, tag, name)


def properties(text: str, tag: str, name: str) -> list[tuple[str, str, str]]:
    (schema,) = ElementTree.fromstring(text).iter(f"{EDM}Schema")
    (one,) = (e for e in schema.iter(f"{EDM}{tag}") if e.get("Name") == name)
    return [(p.get("Name", ""), p.get("Type", ""), p.get("Nullable", "")) for p in one.iter(f"{EDM}Property")]


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        *(
            ("EntityType", "AccumulationRegister_ЗаказыКлиентов_RecordType"),
            ("EntityType", "ExchangePlan_ДляODATA"),
        ),
        *(
            ("ComplexType", "AccumulationRegister_ЗаказыКлиентов_RowType"),
            ("EntityType", "Catalog_Контрагенты"),
        ),
        *(
            ("ComplexType", "AccumulationRegister_ЗаказыКлиентов_Balance"),
            ("EntityType", "Document_ЗаказКлиента"),
        ),
        ("ComplexType", "AccumulationRegister_ЗаказыКлиентов_Turnover"),
        ("ComplexType", "AccumulationRegister_ЗаказыКлиентов_BalanceAndTurnover"),
        ("ComplexType", "AccumulationRegister_ТоварыНаСкладах_Balance"),
    ],
)
def test_properties_both_have_stand_in_the_same_order_with_the_same_types(
    made: str, real: str, tag: str, name: str
) -> None:
    ours, theirs = properties(made, tag, name), properties(real, tag, name)
    common = {p[0] for p in ours} & {p[0] for p in theirs}
    assert len(common) > 3
    standard = [p for p in theirs if p[0] in common and p[0].isascii()]
    assert [p for p in ours if p[0] in common and p[0].isascii()] == standard
    types = dict.fromkeys(p for p in theirs if p[0] in common)
    assert {p for p in ours if p[0] in common} == set(types)


def test_numbers_have_no_other_types_than_in_the_recorded_one(made: str) -> None:
    types = Counter(re.findall(r'\tType="(Edm\.[A-Za-z0-9]+)"', made))
    assert set(types) == {
        f"Edm.{t}" for t in ("String", "Guid", "DateTime", "Boolean", "Double", "Int64", "Int16")
    }


def test_functions_repeat_their_names_and_differ_by_what_they_bind_to(made: str) -> None:
    (schema,) = ElementTree.fromstring(made).iter(f"{EDM}Schema")
    imports = list(schema.iter(f"{EDM}FunctionImport"))
    names = Counter(f.get("Name") for f in imports)
    assert names["Balance"] == 4
    assert names["Turnovers"] == 5  # one register has turnovers only
    assert names["SliceLast"] == 2
    bindings = [(f.get("Name"), f[0].get("Type")) for f in imports]
    assert len(bindings) == len(set(bindings))
    assert ("SliceLast", "StandardODATA.InformationRegister_ЦеныНоменклатуры_RecordType") in bindings
    assert ("SliceLast", "StandardODATA.InformationRegister_КурсыВалют") in bindings


def test_allowed_length_stands_there_twice_and_members_have_no_values(made: str) -> None:
    assert made.count('<EnumType Name="AllowedLength"') == 2
    assert 'Value="' not in made


def test_a_reference_is_navigable_only_if_its_target_is_published(made: str) -> None:
    row = block(made, "EntityType", "AccumulationRegister_ТоварыНаСкладах_RecordType")
    assert 'NavigationProperty Name="Номенклатура"' in row
    assert 'NavigationProperty Name="Серия"' not in row
    hidden = metadata(Edm(TRADE, View(hidden=frozenset({"Catalog_Номенклатура"}))))
    assert 'Name="Номенклатура"\r\n\t\t\t\t\t\tRelationship' not in hidden
    assert "StandardODATA.Catalog_Номенклатура" not in hidden


def test_a_register_with_one_kind_of_recorder_has_a_recorder_key(made: str) -> None:
    row = block(made, "EntityType", "AccumulationRegister_ВыручкаИСебестоимостьПродаж_RecordType")
    assert '<PropertyRef Name="Recorder_Key"/>' in row
    assert "Recorder_Type" not in row
