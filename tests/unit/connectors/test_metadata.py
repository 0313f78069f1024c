from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from connectors import metadata
from connectors.drift import drift
from schemas.errors import SourceContractError

REAL = Path("../shared/corpus/onec/odata/ut_demo_8.5/msg001_metadata.xml")
recorded = pytest.mark.skipif(not REAL.exists(), reason="the corpus of real 1C answers is not here")

ONEC = """<?xml version="1.0" encoding="UTF-8"?>
<edmx:Edmx xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" Version="1.0"><edmx:DataServices>
<Schema xmlns="http://schemas.microsoft.com/ado/2009/11/edm" Namespace="StandardODATA">
<EntityType Name="Catalog_Договоры"><Key><PropertyRef Name="Ref_Key"/></Key>
<Property Name="Ref_Key" Type="Edm.Guid" Nullable="false"/>
<Property Name="СрокОплатыПоДоговору" Type="Edm.Int64"/>
<Property Name="Этапы" Type="Collection(StandardODATA.Catalog_Договоры_Этапы_RowType)"/></EntityType>
<ComplexType Name="Catalog_Договоры_Этапы_RowType"><Property Name="Процент" Type="Edm.Double"/></ComplexType>
<ComplexType Name="R_Balance"><Property Name="СуммаBalance" Type="Edm.Double"/></ComplexType>
<EntityType Name="R"><Property Name="Recorder" Type="Edm.String"/></EntityType>
<EnumType Name="AllowedLength"><Member Name="Variable"/></EnumType>
<EnumType Name="AllowedLength"><Member Name="Variable"/></EnumType>
<EntityContainer Name="EnterpriseV8">
<EntitySet Name="Catalog_Договоры" EntityType="StandardODATA.Catalog_Договоры"/>
<EntitySet Name="R" EntityType="StandardODATA.R"/>
<FunctionImport Name="Balance" IsBindable="true" IsSideEffecting="false"
 ReturnType="Collection(StandardODATA.R_Balance)">
<Parameter Name="bindingParameter" Type="StandardODATA.R"/>
<Parameter Name="Period" Type="Edm.DateTime"/></FunctionImport>
<FunctionImport Name="Balance" IsBindable="true" IsSideEffecting="false"
 ReturnType="Collection(StandardODATA.Q_Balance)">
<Parameter Name="bindingParameter" Type="StandardODATA.Q"/></FunctionImport>
</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>""".encode()

V4 = b"""<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0"><edmx:DataServices>
<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="erp.v1">
<EntityType Name="Party" Abstract="true"><Property Name="Id" Type="Edm.Guid" Nullable="false"/></EntityType>
<EntityType Name="Customer" BaseType="erp.v1.Party"><Property Name="Name" Type="Edm.String"/>
<NavigationProperty Name="Orders" Type="Collection(erp.v1.Order)"/></EntityType>
<EntityType Name="Order"><Property Name="Amount" Type="Edm.Decimal"/></EntityType>
<Function Name="Debt" IsBound="true">
<Parameter Name="it" Type="erp.v1.Customer"/><ReturnType Type="Edm.Decimal"/></Function>
<EntityContainer Name="C"><EntitySet Name="Customers" EntityType="erp.v1.Customer"/>
<FunctionImport Name="Debt" Function="erp.v1.Debt"/>
</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"""


@recorded
def test_the_real_document_is_read_with_all_its_functions() -> None:
    found = metadata.parse(REAL.read_bytes())
    assert (len(found.sets), len(found.functions)) == (38, 19)
    assert len({(function.binding, function.name) for function in found.functions}) == 19
    assert found.types["Document_ЗаказКлиента"].key == ("Ref_Key",)
    order = found.fields("Document_ЗаказКлиента")
    assert order["СуммаДокумента"].type == "Edm.Double"
    assert not order["Ref_Key"].nullable
    assert found.part(order, "Товары")["LineNumber"].type == "Edm.Int64"
    assert "ЗаказаноBalance" in found.fields("AccumulationRegister_ЗаказыКлиентов/Balance")
    balance = found.function("AccumulationRegister_ТоварыОрганизаций", "Balance")
    assert balance
    assert list(balance.parameters) == ["Condition", "Dimensions", "Period"]


def test_functions_of_one_name_are_told_apart_by_what_they_are_bound_to() -> None:
    found = metadata.parse(ONEC)
    assert len(found.functions) == 2
    assert list(found.fields("R/Balance")) == ["СуммаBalance"]
    assert found.fields("R/Turnovers") == {}


def test_a_v4_document_is_read_with_inherited_fields() -> None:
    found = metadata.parse(V4)
    customers = found.fields("Customers")
    assert set(customers) == {"Id", "Name", "Orders"}
    assert set(found.part(customers, "Orders")) == {"Amount"}
    debt = found.function("Customers", "Debt")
    assert debt
    assert debt.returns == "Edm.Decimal"


FULL_SIZE = """
import resource, sys
from connectors import metadata
start, _, rest = sys.stdin.buffer.read().partition(b"<EntityType")
entity, _, rest = rest.partition(b"</EntityType>")
fields = b"".join(f'<Property Name="P{n}" Type="Edm.String"/>'.encode() for n in range(90))
named = (entity.replace(b'Name="Catalog_', f'Name="Catalog_{n}'.encode()) for n in range(4_000))
document = start + b"".join(b"<EntityType" + one + fields + b"</EntityType>" for one in named) + rest
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
types = metadata.parse(document).types
print(len(document), len(types), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_stays_flat_over_a_document_of_full_size() -> None:
    done = subprocess.run([sys.executable, "-c", FULL_SIZE], input=ONEC, capture_output=True, check=True)
    size, types, grown_kb = map(int, done.stdout.split())
    assert size > 15_000_000
    assert types == 4_003
    assert grown_kb < 120_000


def test_a_document_is_parsed_once_and_then_comes_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = metadata.read(ONEC, tmp_path)
    monkeypatch.setattr(metadata, "parse", None)
    assert metadata.read(ONEC, tmp_path) == first
    assert len(first.digest) == 64
    assert [path.suffix for path in tmp_path.iterdir()] == [".msgpack"]


def test_a_spoilt_cache_is_written_anew(tmp_path: Path) -> None:
    first = metadata.read(ONEC, tmp_path)
    next(tmp_path.iterdir()).write_bytes(b"\xc1")
    assert metadata.read(ONEC, tmp_path) == first


@pytest.mark.parametrize("document", [b"", b"<html/>", ONEC[:900], b"<a", b'{"value":[]}'])
def test_what_is_no_metadata_is_an_error_with_the_bytes(document: bytes) -> None:
    with pytest.raises(SourceContractError, match="metadata document cannot be read") as error:
        metadata.parse(document)
    assert error.value.received == document


def test_entities_and_bombs_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "' + b"x" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]>'
    document = ONEC.split(b"?>", 1)[1].replace(b'Name="EnterpriseV8"', b'Name="&b;"')
    with pytest.raises(SourceContractError):
        metadata.parse(bomb + b"<x>" + b"&b;" * 1000 + document + b"</x>"[:3])


def test_drift_names_the_field_the_mapping_and_what_is_near() -> None:
    needs = {
        "Catalog_Договоры": {
            "Ref_Key": "contract.id",
            "СрокОплаты": "contract.payment_terms_days",
            "Этапы/Процент": "contract.stages.percent",
            "Этапы/Сумма": "contract.stages.amount",
            "Товары/Цена": "contract.lines.price",
        },
        "R/Balance": {"СуммаBalance": "balance.amount"},
        "Catalog_Договор": {"Ref_Key": "agreement.id"},
    }
    found = drift(metadata.parse(ONEC), needs)
    assert [finding.message for finding in found] == [
        "`Catalog_Договоры.СрокОплаты` is gone from the base; mapping `contract.payment_terms_days` needs it",
        "`Catalog_Договоры.Этапы/Сумма` is gone from the base; mapping `contract.stages.amount` needs it",
        "`Catalog_Договоры.Товары` is gone from the base; mapping `contract.lines.price` needs it",
        "`Catalog_Договор` is not published; mapping `agreement` needs it",
    ]
    assert "СрокОплатыПоДоговору" in found[0].hint
    assert "Catalog_Договоры" in found[3].hint
    assert not any(finding.ok for finding in found)
