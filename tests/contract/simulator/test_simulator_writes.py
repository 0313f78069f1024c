"""What 1C does with what it is sent; the quotations are of `onec.md`, a.8 and a.10."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from simulator.base import Base
from simulator.configuration import TRADE
from simulator.edm import EMPTY_DATE, ZERO_GUID
from simulator.server import running
from tests.contract.simulator.small_base import GOODS, OTHER_PARTY, PARTY, RUB, Client, fill, guid

Serve = Callable[..., Client]
ORDER = "Document_ЗаказКлиента"
PARTIES = "Catalog_Контрагенты"
INTERNAL = "Произошла внутренняя ошибка OData сервиса"


def line(number: int, **more: Any) -> dict[str, Any]:
    row = {"LineNumber": str(number), "Номенклатура_Key": GOODS, "Количество": 2, "Цена": Decimal("50.05")}
    return {**row, "Сумма": Decimal("100.10"), "СуммаСНДС": Decimal("100.10"), **more}


def order(**more: Any) -> dict[str, Any]:
    return {"Контрагент_Key": PARTY, "Валюта_Key": RUB, "Товары": [line(1), line(2)], **more}


def created(client: Client, **more: Any) -> dict[str, Any]:
    answer = client.write("POST", ORDER, order(**more))
    assert answer.status == 201, answer.text
    found: dict[str, Any] = answer.data
    return found


@pytest.fixture(scope="module")
def books() -> Iterator[Client]:
    """Shared: no test relies on what another one left."""
    with closing(Base(TRADE)) as base:
        fill(base)
        with running(base) as server:
            yield Client(server, server.user, server.password)


class TestCreating:
    def test_the_answer_is_201_with_the_whole_object_and_its_address_in_raw_utf8(self, books: Client) -> None:
        answer = books.write("POST", ORDER, order(Комментарий="до 18:00"))
        ref = answer.data["Ref_Key"]
        assert answer.status == 201
        told = answer.headers["Location"].encode("latin-1").decode()
        assert told == f"{books.server.url}/{ORDER}(guid'{ref}')"
        assert answer.data == books.get(f"{ORDER}(guid'{ref}')").data
        assert answer.data["Комментарий"] == "до 18:00"
        assert answer.data["СуммаДокумента"] == Decimal("200.20")
        assert [row["LineNumber"] for row in answer.data["Товары"]] == ["1", "2"]
        assert (answer.data["Posted"], answer.data["ДатаОтгрузки"]) == (False, EMPTY_DATE)

    def test_the_base_gives_date_number_and_version(self, books: Client) -> None:
        first, second = created(books), created(books)
        assert int(second["Number"].removeprefix("00-")) == int(first["Number"].removeprefix("00-")) + 1
        assert first["Date"][:10] == books.server.base.now().isoformat()[:10]
        assert first["DataVersion"] != second["DataVersion"]
        assert first["Ref_Key"] != second["Ref_Key"]

    def test_numbers_run_by_organisation_and_year(self, books: Client) -> None:
        base, ours = books.server.base, guid(70)
        base.write("Catalog_Организации", [{"Ref_Key": ours, "Префикс": "ТД"}])
        old = {"Ref_Key": guid(71), "Организация_Key": ours, "Date": "2026-03-01T00:00:00"}
        base.write(ORDER, [{**old, "Number": "ТД00-000041"}])
        asked = {"Организация_Key": ours, "Date": "2026-05-05T12:00:00"}
        assert [created(books, **asked)["Number"] for _ in range(2)] == ["ТД00-000042", "ТД00-000043"]
        assert created(books, **{**asked, "Date": "2027-01-01T00:00:00"})["Number"] == "ТД00-000001"

    def test_a_reference_of_ones_own_is_kept_and_taken_only_once(self, books: Client) -> None:
        ref = str(uuid.uuid4())
        assert created(books, Ref_Key=ref.upper())["Ref_Key"] == ref
        status, code, _ = books.write("POST", ORDER, order(Ref_Key=ref)).error
        assert (status, code) == (400, "15")

    def test_some_bases_choose_the_reference_themselves(self, serve: Serve) -> None:
        books, ref = serve(chosen_keys=False), str(uuid.uuid4())
        assert created(books, Ref_Key=ref)["Ref_Key"] not in (ref, created(books, Ref_Key=ref)["Ref_Key"])

    def test_catalogue_items_get_the_next_code(self, books: Client) -> None:
        books.server.base.write("Catalog_Партнеры", [{"Ref_Key": guid(80), "Code": "00-00000007"}])
        answers = [books.write("POST", "Catalog_Партнеры", {"Description": "Азимут"}) for _ in range(2)]
        assert [one.data["Code"] for one in answers] == ["00-00000008", "00-00000009"]

    def test_what_is_written_is_registered_for_the_other_nodes(self, books: Client) -> None:
        base = books.server.base
        base.write("ExchangePlan_ДляODATA", [{"Ref_Key": guid(90), "Code": "002"}])
        created(books)
        before = base.exchange.pending()["002"].unsent
        created(books)
        assert base.exchange.pending()["002"].unsent == before + 1

    def test_atom_is_answered_unless_json_is_asked_for(self, books: Client) -> None:
        answer = books.write("POST", f"{ORDER}?$format=atom", order())
        assert (answer.status, answer.body.lstrip()[:6]) == (201, b"<entry")


class TestValues:
    """Silent where 1C is silent, refused where it refuses."""

    def test_unknown_fields_are_ignored_and_long_strings_are_cut(self, books: Client) -> None:
        found = created(books, Нет="x", НомерПоДаннымКлиента="9" * 60, АдресДоставки=None)
        assert "Нет" not in found
        assert found["НомерПоДаннымКлиента"] == "9" * 50
        assert found["АдресДоставки"] == ""

    def test_references_are_not_checked(self, books: Client) -> None:
        assert created(books, Склад_Key=guid(12345))["Склад_Key"] == guid(12345)

    def test_posted_in_a_body_is_ignored(self, books: Client) -> None:
        assert created(books, Posted=True)["Posted"] is False

    def test_text_for_an_integer_silently_becomes_zero(self, books: Client) -> None:
        stages = [{"LineNumber": 1, "Сдвиг": "скоро"}, {"LineNumber": 2, "Сдвиг": "14"}]
        assert [row["Сдвиг"] for row in created(books, ЭтапыГрафикаОплаты=stages)["ЭтапыГрафикаОплаты"]] == [
            "0",
            "14",
        ]

    @pytest.mark.parametrize(
        ("field", "value", "type_name"),
        [
            ("Склад_Key", "склад", "Edm.Guid"),
            ("Склад_Key", 7, "Edm.Guid"),
            ("Согласован", "да", "Edm.Boolean"),
            ("Согласован", 1, "Edm.Boolean"),
            ("ДатаОтгрузки", "01.02.2026", "Edm.DateTime"),
            ("Статус", "Готов", "StandardODATA.СтатусыЗаказовКлиентов"),
        ],
    )
    def test_what_cannot_be_parsed_is_400_with_code_1(
        self, books: Client, field: str, value: object, type_name: str
    ) -> None:
        message = f"Не удалось разобрать строку '{value}' как значение типа {type_name}!"
        assert books.write("POST", ORDER, order(**{field: value})).error == (400, "1", message)

    def test_an_array_in_a_string_is_an_internal_error(self, books: Client) -> None:
        assert books.write("POST", ORDER, order(Комментарий=["a"])).error == (500, "-1", INTERNAL)

    def test_a_composite_needs_its_type(self, books: Client) -> None:
        basis = {"ДокументОснование": guid(900), "ДокументОснование_Type": f"StandardODATA.{ORDER}"}
        with_type = books.write("POST", "Document_СчетНаОплатуКлиенту", basis).data
        assert with_type["ДокументОснование"] == guid(900)
        basis.pop("ДокументОснование_Type")
        assert books.write("POST", "Document_СчетНаОплатуКлиенту", basis).data["ДокументОснование"] == ""

    def test_references_may_be_bound_by_their_address(self, books: Client) -> None:
        bound = order() | {"Контрагент@odata.bind": f"{PARTIES}(guid'{OTHER_PARTY}')"}
        bound.pop("Контрагент_Key")
        assert books.write("POST", ORDER, bound).data["Контрагент_Key"] == OTHER_PARTY

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            (b'{"a": ', (500, "-1", "Непредвиденный символ при чтении JSON")),
            (b"", (500, "-1", "Непредвиденный символ при чтении JSON")),
            (b"[]", (400, "2", "Неверный формат запроса!")),
            (b'{"a": 1, "a": 2}', (500, "18", "Свойство a указано в объекте более одного раза!")),
        ],
    )
    def test_a_broken_body_is_told(self, books: Client, body: bytes, error: tuple[int, str, str]) -> None:
        assert books.write("POST", ORDER, body).error == error

    @pytest.mark.parametrize(
        ("numbers", "error"), [((2, 3), (400, "4")), ((1, 1), (400, "4")), ((1, None), (500, "-1"))]
    )
    def test_rows_are_numbered_from_one_without_gaps(
        self, books: Client, numbers: tuple[int | None, ...], error: tuple[int, str]
    ) -> None:
        rows = [{**line(1), "LineNumber": number} for number in numbers]
        assert books.write("POST", ORDER, order(Товары=rows)).error[:2] == error


class TestChanging:
    def test_a_patch_answers_the_whole_object_and_replaces_whole_sections(self, books: Client) -> None:
        before = created(books, Комментарий="было")
        address = f"{ORDER}(guid'{before['Ref_Key']}')"
        answer = books.write("PATCH", address, {"Товары": [line(1, Количество=5)], "Нет": 1})
        assert (answer.status, answer.data["Комментарий"]) == (200, "было")
        assert [row["Количество"] for row in answer.data["Товары"]] == [5]
        assert answer.data["DataVersion"] != before["DataVersion"]
        assert answer.data["Number"] == before["Number"]

    def test_if_match_is_ignored(self, books: Client) -> None:
        address = f"{ORDER}(guid'{created(books)['Ref_Key']}')"
        assert books.write("PATCH", address, {"Комментарий": "x"}, {"If-Match": "W/old"}).status == 200

    def test_a_key_cannot_be_patched(self, books: Client) -> None:
        address = f"{ORDER}(guid'{created(books)['Ref_Key']}')"
        assert books.write("PATCH", address, {"Ref_Key": guid(4)}).error[:2] == (404, "9")

    def test_put_wants_every_property(self, books: Client) -> None:
        whole = created(books)
        address = f"{ORDER}(guid'{whole['Ref_Key']}')"
        assert books.write("PUT", address, order()).error[:2] == (400, "5")
        assert books.write("PUT", address, {**whole, "Комментарий": "стало"}).data["Комментарий"] == "стало"

    def test_deletion_is_physical_and_answers_nothing(self, books: Client) -> None:
        address = f"{ORDER}(guid'{created(books)['Ref_Key']}')"
        answer = books.write("DELETE", address)
        assert (answer.status, answer.body) == (204, b"")
        assert books.get(address).error[:2] == (404, "9")
        assert books.write("DELETE", address).error[:2] == (404, "9")

    def test_marking_for_deletion_is_a_field(self, books: Client) -> None:
        address = f"{ORDER}(guid'{created(books)['Ref_Key']}')"
        assert books.write("PATCH", address, {"DeletionMark": True}).data["DeletionMark"] is True


class TestRefusals:
    @pytest.mark.parametrize(
        ("method", "path", "error"),
        [
            ("POST", "Catalog_Нет", (404, "8")),
            ("POST", f"{ORDER}_Товары", (400, "13")),
            ("POST", "AccumulationRegister_РасчетыСКлиентами", (405, "19")),
            ("PATCH", ORDER, (405, "19")),
            ("MERGE", f"{ORDER}(guid'{guid(900)}')", (405, "19")),
            ("PATCH", f"{ORDER}(guid'{guid(5)}')", (404, "9")),
            ("POST", f"{ORDER}(guid'{guid(5)}')/Post", (404, "9")),
            ("POST", f"{ORDER}(guid'{guid(900)}')/Start", (400, "11")),
            ("POST", f"{PARTIES}(guid'{PARTY}')/Post", (400, "11")),
            ("POST", f"{ORDER}(guid'{guid(900)}')/Post(PostingModeOperational=7)", (400, "21")),
        ],
    )
    def test_each_mistake_has_its_code(
        self, books: Client, method: str, path: str, error: tuple[int, str]
    ) -> None:
        assert books.write(method, path, {}).error[:2] == error

    def test_writing_wants_a_right_of_its_own(self, serve: Serve) -> None:
        books = serve(read_only=True)
        assert books.get(ORDER).status == 200
        assert books.write("POST", ORDER, order()).error[:2] == (401, "20")

    def test_a_handler_speaks_with_code_minus_one(self, books: Client) -> None:
        status, code, words = books.write("POST", ORDER, order(Контрагент_Key=ZERO_GUID)).error
        assert (status, code) == (500, "-1")
        assert words == '{Документ.ЗаказКлиента.МодульОбъекта(112)}: Поле "Контрагент" не заполнено'

    def test_a_contract_of_another_company_is_refused(self, books: Client) -> None:
        contract = {"Ref_Key": guid(60), "Description": "Договор № 1", "Контрагент_Key": OTHER_PARTY}
        books.server.base.write("Catalog_ДоговорыКонтрагентов", [contract])
        words = books.write("POST", ORDER, order(Договор_Key=guid(60))).error[2]
        assert words.endswith('Договор "Договор № 1" заключен с другим контрагентом')

    def test_load_mode_asks_no_handler(self, books: Client) -> None:
        mode = {"1C_OData-DataLoadMode": "true"}
        assert books.write("POST", ORDER, order(Контрагент_Key=ZERO_GUID), mode).status == 201

    def test_load_mode_may_be_unsupported(self, serve: Serve) -> None:
        mode = {"1C_OData-DataLoadMode": "true"}
        assert serve(load_mode=False).write("POST", ORDER, order(), mode).error[:2] == (400, "17")

    def test_a_twin_by_tax_numbers_is_refused_where_the_books_want_it(self, serve: Serve) -> None:
        twin, books = {"Description": "Двойник", "ИНН": "7700000001"}, serve()
        assert books.write("POST", PARTIES, twin).status == 201
        books.server.change(unique_tax_ids=True)
        status, code, words = books.write("POST", PARTIES, twin).error
        assert (status, code) == (500, "-1")
        assert "7700000001" in words
        assert "АВИКА" in words
