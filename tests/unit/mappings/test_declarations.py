"""The standard suite: every declaration is held against the configuration it reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mappings import MAPPINGS
from mappings.compiled import compile_entity
from mappings.entity import Entity
from mappings.values import Context
from schemas.source import WireRow
from simulator.configuration import TRADE
from simulator.edm import Edm, EntityType
from simulator.virtual_types import result_type

REAL_METADATA = Path(__file__).parents[4] / "shared/corpus/onec/odata/ut_demo_8.5/msg001_metadata.xml"
ENTITIES = [pytest.param(entity, id=entity.name) for entity in MAPPINGS["ut11"]]


@pytest.fixture(scope="module")
def edm() -> Edm:
    return Edm(TRADE)


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_field_that_is_read_is_in_the_configuration(entity: Entity, edm: Edm) -> None:
    declared = served(edm, entity)
    assert declared is not None
    names = {item.name for item in declared.properties}
    parts = {item.name: {row.name for row in item.rows} for item in declared.properties if item.rows}
    row = entity.source_set.row
    assert {wire.name for wire in row.fields} <= names
    for part, inside in row.parts:
        assert {wire.name for wire in inside.fields} <= parts[part]


def served(edm: Edm, entity: Entity) -> EntityType | None:
    """What the configuration answers with: the rows of a set, or those of a virtual table."""
    name, _, function = entity.source.partition("/")
    if function == "Balance":
        record = edm.published(f"{name}_RecordType")
        return record and result_type(record, function)
    return edm.published(name)


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_name_is_written_in_one_alphabet_per_word(entity: Entity) -> None:
    """A Latin letter inside a Cyrillic name looks right and finds nothing."""
    for _, _, paths in entity.paths():
        for word in re.findall(r"[^\W\d_]+", " ".join(paths)):
            assert word.isascii() or not re.search(r"[A-Za-z]", re.sub("(Key|Balance)$", "", word)), word


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_declaration_compiles_into_one_loop(entity: Entity) -> None:
    mapper = compile_entity(entity, Context())
    assert mapper.map_page([], 1).rows.keys() == {
        entity.table.name,
        *(rows.table.name for rows in entity.rows),
    }


@pytest.mark.parametrize("entity", ENTITIES)
def test_what_a_declaration_needs_is_mapped_before_it(entity: Entity) -> None:
    names = [other.name for other in MAPPINGS["ut11"]]
    assert all(names.index(needed) < names.index(entity.name) for needed in entity.needs)


@pytest.mark.skipif(not REAL_METADATA.exists(), reason="the corpus of real answers (../shared) is not here")
@pytest.mark.parametrize(
    "name",
    [
        "Catalog_Контрагенты",
        "Document_ЗаказКлиента",
        "Document_РеализацияТоваровУслуг",
        "Catalog_Номенклатура",
        "AccumulationRegister_ТоварыНаСкладах/Balance",
    ],
)
def test_a_real_base_has_the_fields_that_are_read(name: str) -> None:
    entity = next(entity for entity in MAPPINGS["ut11"] if entity.source == name)
    text = REAL_METADATA.read_text(encoding="utf-8")
    for declared, row in [(name.replace("/", "_"), entity.source_set.row), *_parts(entity)]:
        found = re.search(
            rf'<(?:Entity|Complex)Type Name="{declared}".*?</(?:Entity|Complex)Type>', text, re.S
        )
        assert found, declared
        real = set(re.findall(r'<Property Name="(\w+)"', found[0]))
        assert {wire.name for wire in row.fields} <= real


def _parts(entity: Entity) -> list[tuple[str, WireRow]]:
    return [(f"{entity.source}_{part}_RowType", row) for part, row in entity.source_set.row.parts]


def test_no_two_declarations_map_alike() -> None:
    assert len({entity.digest for entity in MAPPINGS["ut11"]}) == len(MAPPINGS["ut11"])
