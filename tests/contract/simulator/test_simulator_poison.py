"""Records that break the answers they are in, and answers too large for the server's memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from tests.contract.simulator.small_base import PARTY, SETTLEMENTS, SHIPMENT, Client, guid

Serve = Callable[..., Client]
BAD, GOOD = guid(107), guid(108)
JANUARY_8 = "Date ge datetime'2026-01-08T00:00:00' and Date lt datetime'2026-01-09T00:00:00'"
NOT_BAD = f"Ref_Key ne guid'{BAD}'"


class TestError:
    @pytest.fixture
    def client(self, serve: Serve) -> Client:
        return serve(poison={BAD: "error"})

    @pytest.mark.parametrize("form", ["json", "atom"])
    def test_an_answer_with_the_record_is_a_refusal(self, client: Client, form: str) -> None:
        assert client.get(SHIPMENT, format=form).status == 500
        assert client.get(SHIPMENT, format=form, filter=JANUARY_8).status == 500
        assert client.get(f"{SHIPMENT}(guid'{BAD}')", format=form).status == 500
        assert client.get(SHIPMENT).error[:2] == (500, "-1")

    def test_the_others_come(self, client: Client) -> None:
        assert len(client.get(SHIPMENT, filter=NOT_BAD).value) == 59
        assert client.get(f"{SHIPMENT}(guid'{GOOD}')").status == 200
        assert client.get("Catalog_Контрагенты").status == 200
        assert client.get(SETTLEMENTS + "_RecordType").status == 200

    def test_counting_and_keys_with_versions_go_through(self, client: Client) -> None:
        assert client.get(f"{SHIPMENT}/$count", format="").text == "60"
        rows = client.get(SHIPMENT, select="Ref_Key,DataVersion,Date").value
        assert BAD in {row["Ref_Key"] for row in rows}
        assert client.get(f"{SHIPMENT}(guid'{BAD}')", select="Ref_Key,DataVersion,Date").status == 200
        assert client.get(SHIPMENT, select="Ref_Key,СуммаДокумента").status == 500

    def test_what_hangs_below_it_does_not_come_either(self, client: Client) -> None:
        assert client.get(f"{SHIPMENT}(guid'{BAD}')/Товары").status == 500
        assert client.get(f"{SHIPMENT}_Товары").status == 500

    def test_it_may_begin_and_end_while_the_server_runs(self, client: Client) -> None:
        client.server.change(poison={})
        assert len(client.get(SHIPMENT).value) == 60
        client.server.change(poison={GOOD: "error"})
        assert client.get(SHIPMENT).status == 500


def test_movements_are_poisoned_by_register_and_recorder(serve: Serve) -> None:
    client = serve(poison={f"{SETTLEMENTS}/{BAD}": "error"})
    assert client.get(SHIPMENT).status == 200
    assert client.get(SETTLEMENTS).status == 500
    assert client.get(SETTLEMENTS + "_RecordType").status == 500
    window = "RecordSet/any(r: r/Period ge datetime'{}' and r/Period lt datetime'{}')"
    assert (
        client.get(SETTLEMENTS, filter=window.format("2026-01-08T00:00:00", "2026-01-09T00:00:00")).status
        == 500
    )
    assert (
        client.get(SETTLEMENTS, filter=window.format("2026-01-09T00:00:00", "2026-01-10T00:00:00")).status
        == 200
    )


def test_a_malformed_record_breaks_the_text_where_it_stands(serve: Serve) -> None:
    client = serve(poison={BAD: "malformed"})
    answer = client.get(SHIPMENT)
    assert answer.status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)
    assert f'"Ref_Key": "{GOOD}"' in answer.text  # what follows it is there
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(client.get(SHIPMENT, format="atom").body)
    assert len(client.get(SHIPMENT, filter=NOT_BAD).value) == 59


def test_a_control_character_is_escaped_in_json_and_fails_atom(serve: Serve) -> None:
    client = serve(poison={BAD: "control", PARTY: "control"})
    answer = client.get(SHIPMENT, filter=f"Ref_Key eq guid'{BAD}'")
    assert b"\\u0002" in answer.body
    assert b"\x02" not in answer.body
    assert answer.value[0]["Комментарий"] == "\x02"
    assert client.get(SHIPMENT, format="atom").status == 400
    assert client.get(SHIPMENT, format="atom", select="Ref_Key,СуммаДокумента").status == 200
    assert client.get("Catalog_Контрагенты", format="atom").status == 400


def test_a_wide_answer_does_not_fit_in_memory(serve: Serve) -> None:
    client = serve(answer_rows_limit=20)
    assert client.get(SHIPMENT).error == (
        500,
        "-1",
        "Недостаточно памяти для получения результата запроса к базе данных",
    )
    assert len(client.get(SHIPMENT, top="20").value) == 20
    assert client.get(SHIPMENT, top="21").status == 500
    assert len(client.get(SHIPMENT, skip="40").value) == 20
    assert client.get(SHIPMENT, filter=JANUARY_8).status == 200
    assert client.get(f"{SHIPMENT}/$count", format="").text == "60"
    assert client.get(f"{SETTLEMENTS}/Balance").status == 200
    client.server.change(answer_rows_limit=None)
    assert len(client.get(SHIPMENT).value) == 60
