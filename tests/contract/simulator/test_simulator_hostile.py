"""Who is let in, what an installation may refuse, and what goes wrong on request."""

from __future__ import annotations

import base64
import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from simulator.faults import Fault
from tests.contract.simulator.small_base import OTHER_PARTY, PARTY, SETTLEMENTS, SHIPMENT, Client, guid

Serve = Callable[..., Client]
BOM = b"\xef\xbb\xbf"


def basic(text: str, encoding: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(text.encode(encoding)).decode()}"}


class TestDoor:
    def test_only_utf8_tokens_are_understood(self, client: Client) -> None:
        login = f"{client.user}:{client.password}"
        assert client.get("Catalog_Валюты", headers=basic(login, "utf-8")).status == 200
        refused = client.get("Catalog_Валюты", headers=basic(login, "cp1251"))
        assert refused.status == 401
        assert refused.headers["WWW-Authenticate"].startswith("Basic ")

    @pytest.mark.parametrize("header", ["", "Bearer x", "Basic ???", "Basic"])
    def test_anything_else_is_refused(self, client: Client, header: str) -> None:
        assert client.get("Catalog_Валюты", headers={"Authorization": header}).status == 401

    def test_a_wrong_password_is_refused(self, client: Client) -> None:
        assert replace(client, password="Обмен").get("Catalog_Валюты").status == 401

    def test_another_base_is_not_here(self, client: Client) -> None:
        assert client.raw("../../../other/odata/standard.odata/").status == 404


class TestRefusals:
    def test_a_locked_base_answers_403_in_the_third_shape(self, serve: Serve) -> None:
        answer = serve(locked=True).get("Catalog_Валюты")
        assert (answer.status, answer.body[:3]) == (403, BOM)
        inner = json.loads(answer.text)["exception"]["inner"]["descr"]
        assert inner.startswith("Начало сеанса с информационной базой запрещено.")

    def test_without_a_licence_the_server_tells_so(self, serve: Serve) -> None:
        answer = serve(licence_free=False).get("Catalog_Валюты")
        assert answer.status == 500
        assert "Не обнаружено свободной лицензии!" in answer.text

    def test_batches_are_not_supported(self, client: Client) -> None:
        answer = client.raw("$batch", method="POST")
        assert answer.status == 501
        assert b"<m:code>0</m:code>" in answer.body

    def test_errors_are_xml_unless_json_is_asked_for(self, client: Client) -> None:
        answer = client.get("Catalog_Нет", format="")
        assert answer.status == 404
        assert answer.body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\r\n<m:error xmlns:m=')
        assert b"<m:code>8</m:code>" in answer.body


class TestSessions:
    def test_a_session_is_started_used_and_finished(self, serve: Serve) -> None:
        client = serve(pool_size=1, pool_timeout_s=0.1)
        started = client.get("Catalog_Валюты", headers={"IBSession": "start"})
        cookie = {"Cookie": started.headers["Set-Cookie"].partition(";")[0]}
        assert client.get("Catalog_Валюты", headers=cookie).status == 200
        assert client.get("Catalog_Валюты").status == 406  # the only session is kept
        assert client.get("Catalog_Валюты", headers={**cookie, "IBSession": "finish"}).status == 200
        assert client.get("Catalog_Валюты", headers=cookie).status == 400
        assert client.get("Catalog_Валюты").status == 200

    def test_a_full_pool_answers_406_in_the_third_shape(self, serve: Serve) -> None:
        client = serve(pool_size=1, pool_timeout_s=0.05)
        client.get("Catalog_Валюты", headers={"IBSession": "start"})
        answer = client.get("Catalog_Валюты")
        assert answer.status == 406
        assert b'<exception xmlns="http://v8.1c.ru/8.2/virtual-resource-system" reason="406">' in answer.body
        assert "Истекло время ожидания сеанса" in answer.text

    def test_an_unknown_session_is_400(self, client: Client) -> None:
        assert client.get("Catalog_Валюты", headers={"Cookie": "ibsession=1234"}).status == 400

    def test_a_session_nobody_uses_ends_by_itself(self, serve: Serve) -> None:
        client = serve(pool_size=1, pool_timeout_s=0.05, session_max_age_s=0.05)
        client.get("Catalog_Валюты", headers={"IBSession": "start"})
        time.sleep(0.1)
        assert client.get("Catalog_Валюты").status == 200

    def test_some_bases_bring_no_cookie(self, serve: Serve) -> None:
        client = serve(session_cookie=False)
        assert client.get("Catalog_Валюты", headers={"IBSession": "start"}).headers["Set-Cookie"] is None

    def test_requests_wait_for_a_session_and_are_counted(self, serve: Serve) -> None:
        client = serve(pool_size=2, latency_ms=30)
        statuses: list[int] = []
        threads = [
            threading.Thread(target=lambda: statuses.append(client.get("Catalog_Валюты").status))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses == [200] * 6
        assert 2 <= client.server.peak_concurrency <= 6


class TestInstallations:
    def test_sets_may_be_missing(self, serve: Serve) -> None:
        client = serve(hide_sets=frozenset({"Catalog_Контрагенты", "Document_ЗаказКлиента"}))
        assert client.get("Catalog_Контрагенты").error[:2] == (404, "8")
        assert "Catalog_Контрагенты" not in client.get("$metadata").text
        row = client.get(SHIPMENT, top="1").value[0]
        assert row["ЗаказКлиента_Type"].startswith("UnavailableEntities.UnavailableEntity_")
        assert not any(name.startswith(("Контрагент@", "ЗаказКлиента@")) for name in row)
        assert client.get(SHIPMENT, filter="Контрагент/ИНН eq '1'").error[:2] == (400, "6")

    def test_fields_may_have_other_names(self, serve: Serve) -> None:
        client = serve(
            rename={"Catalog_Контрагенты.ИНН": "_НКС_ИНН", f"{SHIPMENT}_Товары.Цена": "ЦенаПродажи"}
        )
        assert client.get(
            "Catalog_Контрагенты", filter="_НКС_ИНН eq '7700000001'", select="_НКС_ИНН"
        ).value == [{"_НКС_ИНН": "7700000001"}]
        assert client.get("Catalog_Контрагенты", select="ИНН").error[:2] == (400, "6")
        rows = client.get(f"{SHIPMENT}(guid'{guid(101)}')").data["Товары"]
        assert "ЦенаПродажи" in rows[0]
        assert "Цена" not in rows[0]
        assert '"_НКС_ИНН"' in client.get("$metadata").text
        expanded = client.get(
            SHIPMENT, expand="Контрагент", filter="Контрагент/_НКС_ИНН eq '7700000002'"
        ).value
        assert expanded[0]["Контрагент"]["_НКС_ИНН"] == "7700000002"

    def test_renamed_dimensions_and_resources_reach_virtual_tables(self, serve: Serve) -> None:
        client = serve(
            rename={f"{SETTLEMENTS}.Валюта_Key": "ВалютаРасчетов_Key", f"{SETTLEMENTS}.Сумма": "Итог"}
        )
        (row,) = client.get(f"{SETTLEMENTS}/Balance(Condition='ВалютаРасчетов/Code eq ''643''')").value
        assert {"ВалютаРасчетов_Key", "ИтогBalance"} <= row.keys()

    def test_fields_may_be_missing(self, serve: Serve) -> None:
        client = serve(drop_fields=frozenset({f"{SHIPMENT}.СуммаДокумента"}))
        assert "СуммаДокумента" not in client.get(SHIPMENT, top="1").value[0]
        assert client.get(SHIPMENT, filter="СуммаДокумента gt 1").error[:2] == (400, "6")

    def test_hidden_rows_refuse_the_set_unless_only_allowed_ones_are_asked_for(self, serve: Serve) -> None:
        client = serve(hidden_rows=frozenset({OTHER_PARTY}))
        assert client.get("Catalog_Контрагенты").error[:2] == (401, "20")
        assert len(client.get("Catalog_Контрагенты", allowedOnly="true").value) == 1
        allowed = client.get("Catalog_Контрагенты", filter=f"Ref_Key eq guid'{PARTY}'")
        assert len(allowed.value) == 1

    def test_the_charset_may_lie_about_utf8(self, serve: Serve) -> None:
        answer = serve(charset="windows-1251").get("Catalog_Контрагенты")
        assert answer.headers["Content-Type"] == "application/json;charset=windows-1251"
        assert "АВИКА" in answer.body.decode("utf-8")

    def test_the_clock_may_be_wrong(self, serve: Serve) -> None:
        date = parsedate_to_datetime(serve(clock_skew_s=-3600).get("Catalog_Валюты").headers["Date"])
        assert abs(datetime.now(UTC) - timedelta(hours=1) - date) < timedelta(seconds=30)

    def test_an_installation_may_change_while_it_runs(self, serve: Serve) -> None:
        client = serve()
        client.server.change(locked=True)
        assert client.get("Catalog_Валюты").status == 403
        client.server.change(locked=False)
        assert client.get("Catalog_Валюты").status == 200


class TestFaults:
    @pytest.mark.parametrize(
        ("shape", "beginning"),
        [(1, b"<?xml"), (2, b'{\n"odata.error"'), (3, BOM + b'{"#exception"'), (4, b"<!DOCTYPE html>")],
    )
    def test_an_error_comes_in_any_shape_and_goes_away(
        self, serve: Serve, shape: int, beginning: bytes
    ) -> None:
        client = serve()
        client.server.faults.add(Fault("status", status=503, shape=shape, times=2))  # type: ignore[arg-type]
        answers = [client.get("Catalog_Валюты") for _ in range(3)]
        assert [a.status for a in answers] == [503, 503, 200]
        assert answers[0].body.startswith(beginning)

    def test_a_login_page_comes_with_200(self, serve: Serve) -> None:
        client = serve()
        client.server.faults.add(Fault("html"))
        answer = client.get("Catalog_Валюты")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html;charset=utf-8")

    def test_a_fault_waits_for_its_request(self, serve: Serve) -> None:
        client = serve()
        client.server.faults.add(Fault("status", match="Catalog_Валюты", after=1, times=0))
        statuses = [
            client.get(name).status for name in ("Catalog_Склады", "Catalog_Валюты", "Catalog_Валюты")
        ]
        assert statuses == [200, 200, 500]
        client.server.faults.clear()
        assert client.get("Catalog_Валюты").status == 200

    def test_a_body_may_break_off(self, serve: Serve) -> None:
        client = serve()
        client.server.faults.add(Fault("truncate"))
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            client.get(SHIPMENT)

    def test_a_connection_may_break_before_any_answer(self, serve: Serve) -> None:
        client = serve()
        client.server.faults.add(Fault("drop"))
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            client.get("Catalog_Валюты")

    def test_json_may_be_broken_inside_a_whole_body(self, serve: Serve) -> None:
        client = serve()
        client.server.faults.add(Fault("malformed"))
        answer = client.get("Catalog_Валюты")
        assert answer.status == 200
        with pytest.raises(ValueError, match=r"Unterminated|Expecting|delimiter"):
            json.loads(answer.text)

    def test_an_answer_may_be_replaced(self, serve: Serve) -> None:
        client = serve()
        client.server.faults.add(Fault("body", body=b'{"value": []}'))
        assert client.get(SHIPMENT).value == []

    def test_an_answer_may_be_late(self, serve: Serve) -> None:
        client = serve()
        client.server.faults.add(Fault("delay", delay_s=0.1))
        began = time.monotonic()
        assert client.get("Catalog_Валюты").status == 200
        assert time.monotonic() - began >= 0.1

    def test_a_page_may_repeat(self, serve: Serve) -> None:
        client = serve()
        first = client.get(SHIPMENT, orderby="Number", top="10").value
        client.server.faults.add(Fault("shift", rows=-10))
        assert client.get(SHIPMENT, orderby="Number", top="10", skip="10").value == first

    def test_rows_may_move_between_two_pages(self, serve: Serve) -> None:
        client = serve()
        client.server.faults.add(Fault("shift", rows=1))
        page = client.get(SHIPMENT, orderby="Number", top="10", skip="10").value
        assert page[0]["Number"] == "ТД00-000011"


def test_the_server_remembers_what_it_was_asked(serve: Serve) -> None:
    client = serve()
    client.get("Catalog_Валюты", filter="Code eq '643'")
    client.get("Catalog_Нет")
    (first, second) = client.server.requests
    assert first[0] == "GET"
    assert first[1].endswith("/Catalog_Валюты?$format=json&$filter=Code eq '643'")
    assert [first[2], second[2]] == [200, 404]
    assert client.server.peak_concurrency == 1
