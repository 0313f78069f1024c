from __future__ import annotations

from collections import Counter
from itertools import pairwise

from simulator.base import Base
from tests.unit.simulator.companies import SETTLEMENTS, SHIPMENT, ZERO_GUID, documents, sets


def test_some_documents_are_drafts_marked_or_backdated(small: Base) -> None:
    posted = Counter(
        (one["Posted"], one["DeletionMark"]) for kind in documents() for one in small.iterate(kind)
    )
    assert posted[False, False] > 10
    assert posted[False, True] > 5
    assert posted[True, True] == 0
    assert posted[True, False] > 0.9 * posted.total()
    shipments = sorted(
        small.iterate(SHIPMENT), key=lambda one: one["Number"][:2] + one["Date"][:4] + one["Number"]
    )
    earlier_than_before = sum(
        left["Number"][:2] == right["Number"][:2]
        and left["Date"][:4] == right["Date"][:4]
        and right["Date"] < left["Date"]
        for left, right in pairwise(shipments)
    )
    assert 2 <= earlier_than_before < len(shipments) * 0.1


def test_numbers_are_never_given_twice(small: Base) -> None:
    for kind in documents():
        given_numbers = Counter((one["Number"], one["Date"][:4]) for one in small.iterate(kind))
        assert all(count == 1 for count in given_numbers.values()), kind


def test_documents_stand_at_the_edges_of_days_and_months(small: Base) -> None:
    moments = {one["Date"] for kind in documents() for one in small.iterate(kind)}
    assert any(moment.endswith("T23:59:59") for moment in moments)
    assert any(moment.endswith("T00:00:00") for moment in moments)
    assert any(moment[5:10] in ("01-31", "03-31", "04-30", "05-31", "12-31") for moment in moments)


def test_every_reference_leads_somewhere(small: Base) -> None:
    known = {row["Ref_Key"] for name in sets() if "Register" not in name for row in small.iterate(name)}
    for name in sets():
        for row in small.iterate(name):
            for field, value in row.items():
                if field.endswith("_Key") and value and value != ZERO_GUID:
                    assert value in known, f"{name}.{field}"


def test_some_documents_point_to_what_is_not_published(small: Base) -> None:
    shipments = list(small.iterate(SHIPMENT))
    assert any(one["ДопоставкаПоРеализации_Type"].startswith("UnavailableEntities.") for one in shipments)
    series = {row["Серия_Key"] for one in shipments for row in one["Товары"]}
    assert len(series - {ZERO_GUID}) > 3


def test_offsets_storno_and_namesakes_occur(small: Base) -> None:
    assert small.count("Document_ВзаимозачетЗадолженности") > 0
    assert any(record["Сторно"] and record["Сумма"] < 0 for record in small.iterate(SETTLEMENTS))
    names = Counter(row["Description"] for row in small.iterate("Catalog_Контрагенты"))
    assert max(names.values()) > 1


def test_a_branch_shares_the_tax_id_of_its_head(small: Base) -> None:
    rows = {row["Ref_Key"]: row for row in small.iterate("Catalog_Контрагенты")}
    branches = [row for row in rows.values() if row["ОбособленноеПодразделение"]]
    assert branches
    for branch in branches:
        head = rows[branch["ГоловнойКонтрагент_Key"]]
        assert head["ГоловнойКонтрагент_Key"] == head["Ref_Key"] != branch["Ref_Key"]
        assert branch["ИНН"] == head["ИНН"]
        assert branch["КПП"] != head["КПП"]
