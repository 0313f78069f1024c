"""1C clients that other people wrote read the simulator as they read a 1C base.

Get them by `pip install python-1c-odata PyOData1C`; without them these tests skip.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.contract.simulator.small_base import GOODS, PARTY, SETTLEMENTS, SHIPMENT, USD, Client, guid


def asked(client: Client, work: Callable[[Any, Any], Coroutine[Any, Any, None]], **options: str) -> None:
    """Run one conversation with python-1c-odata, an asynchronous client on aiohttp."""
    library: Any = pytest.importorskip("python_1c_odata", reason="pip install python-1c-odata")
    server, _, rest = client.server.url.partition("/ut11")
    assert rest == "/odata/standard.odata"

    async def talk() -> None:
        async with library.Infobase(server, "ut11", client.user, client.password, **options) as infobase:
            await work(library, infobase)

    asyncio.run(talk())


class TestPython1cOdata:
    def test_it_pages_through_a_set(self, client: Client) -> None:
        async def work(library: Any, infobase: Any) -> None:
            documents = library.Document(infobase, "РеализацияТоваровУслуг")
            rows = [row["Number"] async for row in documents.iterate(page_size=25, orderby="Number")]
            assert rows == [f"ТД00-{n:06}" for n in range(60)]
            assert await documents.count(odata_filter=library.F("Posted") == True) == 48  # noqa: E712

        asked(client, work)

    def test_it_reads_one_object_and_its_reference(self, client: Client) -> None:
        async def work(library: Any, infobase: Any) -> None:
            one = await library.Catalog(infobase, "Контрагенты").get(PARTY)
            assert one["ИНН"] == "7700000001"
            page = await library.Document(infobase, "РеализацияТоваровУслуг").query(
                top=1, expand="Контрагент", select="Number,Контрагент/ИНН", orderby="Number"
            )
            assert page.value[0]["Контрагент"] == {"ИНН": "7700000002"}

        asked(client, work)

    def test_it_calls_virtual_tables(self, client: Client) -> None:
        async def work(library: Any, infobase: Any) -> None:
            balance = await library.AccumulationRegister(infobase, "РасчетыСКлиентами").balance(
                period="2026-01-01T23:59:59"
            )
            assert round(balance["value"][0]["СуммаBalance"], 2) == 68271.51
            rates = await library.InformationRegister(infobase, "КурсыВалют").slice_last(
                condition=f"Валюта_Key eq guid''{USD}''"  # the client leaves the doubling to its user
            )
            assert rates["value"][0]["Period"] == "2026-01-03T00:00:00"

        asked(client, work)

    def test_it_understands_the_metadata(self, client: Client) -> None:
        async def work(library: Any, infobase: Any) -> None:
            await infobase.metadata()
            model = infobase._metadata_model
            assert SHIPMENT in {one.name for one in model.entity_sets}
            assert model.entity_type_for_set(f"{SETTLEMENTS}_RecordType") is not None

        asked(client, work)

    def test_it_reads_atom_too(self, client: Client) -> None:
        async def work(library: Any, infobase: Any) -> None:
            page = await library.Catalog(infobase, "Контрагенты").query()
            assert {row["Description"] for row in page.value} == {"АВИКА", 'ООО "Альтаир" & Ко'}

        asked(client, work, format="atom")

    def test_it_recognises_a_refusal(self, client: Client) -> None:
        async def work(library: Any, infobase: Any) -> None:
            with pytest.raises(library.ODataError) as refused:
                await library.Catalog(infobase, "Нет").query()
            assert refused.value.status == 404

        asked(client, work)


class TestPyOData1C:
    """A synchronous client with Pydantic models."""

    def test_it_reads_models_with_their_references(self, client: Client) -> None:
        reason = "pip install PyOData1C"
        models: Any = pytest.importorskip("PyOData1C.models", reason=reason)
        odata: Any = pytest.importorskip("PyOData1C.odata", reason=reason)
        http: Any = pytest.importorskip("PyOData1C.http", reason=reason)
        pydantic: Any = pytest.importorskip("pydantic", reason=reason)

        fields = {
            "uid": (uuid.UUID, pydantic.Field(alias="Ref_Key")),
            "article": (str, pydantic.Field(alias="Артикул")),
        }
        goods = pydantic.create_model("Goods", __base__=models.ODataModel, **fields)
        names = {"database": "ut11", "entity_model": goods, "entity_name": "Catalog_Номенклатура"}
        entity = type("GoodsOData", (odata.OData,), names)
        host = client.server.url.removeprefix("http://").partition("/")[0]
        login = http.auth.HTTPBasicAuth(client.user.encode(), client.password.encode())
        with http.Connection(host, "http", login) as connection:
            found = entity.manager(connection).filter(article="12-5").all()
            assert [str(one.uid) for one in found] == [GOODS]
            assert str(entity.manager(connection).get(guid=guid(5)).uid) == GOODS
