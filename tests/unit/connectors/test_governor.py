from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.asking import Ask
from connectors.governor import LONGEST_PAUSE_S, Governor
from connectors.odata import ODataClient
from schemas.errors import HubError, SourceUnavailableError
from schemas.settings import Limits
from tests.unit.connectors.fake_base import Asked, FakeBase, Reply, client, exception, html, page, settings


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def answered(governor: Governor, *seconds: float, kind: str = "Document_X", size: int = 1_000) -> None:
    for each in seconds:
        with governor.turn():
            governor.answered(kind, each, size)


def test_answers_that_stay_as_they_are_change_nothing() -> None:
    governor = Governor(4)
    answered(governor, *[2.0, 3.0, 4.0] * 20)
    assert (governor.allowed, governor.pause_s) == (4, 0.0)


def test_answers_three_times_slower_than_the_best_half_halve_what_is_asked() -> None:
    governor = Governor(8)
    answered(governor, *[1.0] * 10)
    answered(governor, *[9.0] * 2)
    assert governor.allowed == 4
    assert governor.pause_s > 0


def test_another_kind_of_request_is_not_compared() -> None:
    governor = Governor(8)
    answered(governor, *[0.4] * 20)
    answered(governor, *[9.0] * 20, kind="AccumulationRegister_R/Balance")
    assert governor.allowed == 8


def test_a_full_window_after_empty_ones_is_not_slow() -> None:
    governor = Governor(8)
    answered(governor, *[0.1] * 20)
    answered(governor, *[4.0] * 20, size=4 * 2**20)
    assert governor.allowed == 8
    answered(governor, *[20.0] * 3, size=4 * 2**20)
    assert governor.allowed < 8


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("D?$select=A&$filter=Date%20ge%20x", "D?$select=A&$filter=Date%20ge%20y%20and%20z", True),
        ("D?$select=A&$filter=Date%20ge%20x", "D?$select=A,B&$filter=Date%20ge%20x", False),
        ("D?$filter=Date%20ge%20x", "D?$filter=Ref_Key%20eq%20x", False),
        ("R/Balance(Period=1)?a=1", "R/Balance(Period=2)?a=2", True),
        ("D", "D/$count", False),
    ],
)
def test_requests_of_one_kind_differ_only_in_what_in_particular_they_ask(
    one: str, other: str, alike: bool
) -> None:
    assert (Ask(one, "json", 1).kind == Ask(other, "json", 1).kind) is alike


def test_milliseconds_are_never_slow() -> None:
    governor = Governor(8)
    answered(governor, *[0.001] * 20, *[0.3] * 20)
    assert governor.allowed == 8


def test_refusals_cut_to_one_and_the_pause_has_an_end() -> None:
    governor = Governor(8)
    for _ in range(20):
        with governor.turn():
            governor.refused()
    assert (governor.allowed, governor.pause_s) == (1, LONGEST_PAUSE_S)


def test_one_wave_of_refusals_cuts_once() -> None:
    governor = Governor(8)
    together, done = threading.Barrier(8), threading.Barrier(8)

    def refused(_: int) -> None:
        with governor.turn():
            together.wait(5)
            governor.refused()
            done.wait(5)

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(refused, range(8)))
    assert governor.allowed == 4


def test_good_answers_bring_back_one_request_after_another() -> None:
    governor = Governor(4)
    while governor.allowed > 1:
        governor.refused()
    seen = []
    for _ in range(200):
        answered(governor, 0.1)
        seen.append(governor.allowed)
    assert seen == sorted(seen)
    assert set(seen) == {1, 2, 3, 4}
    assert seen.index(2) >= 3
    assert governor.pause_s == 0.0


def test_a_pause_lies_between_requests_and_passes() -> None:
    clock = Clock()
    governor = Governor(2, clock)
    with governor.turn():
        governor.refused()
    assert governor.rest_s() == pytest.approx(governor.pause_s)
    clock.now += governor.pause_s
    assert governor.rest_s() == 0.0


def test_fewer_requests_are_under_way_after_a_refusal() -> None:
    replies = [exception(406, "Истекло время ожидания сеанса")] * 2

    def answer(_: Asked) -> Reply:
        return replies.pop() if replies else page([])

    base = FakeBase(answer, linger_s=0.005)
    naps: list[float] = []
    with client(base, naps, limits=Limits(sessions=4)) as reader, ThreadPoolExecutor(4) as crowd:
        reader.get("Catalog_X")
        base.peak = 0
        list(crowd.map(lambda _: reader.get("Catalog_X"), range(6)))
        assert reader.transport.governor.allowed < 4
    assert base.peak < 4


def test_a_licence_refusal_slows_the_run_down() -> None:
    replies = [exception(500, "Не обнаружено свободной лицензии!"), page([])]
    with client(FakeBase(lambda _: replies.pop(0)), limits=Limits(sessions=4)) as reader:
        reader.get("Catalog_X")
        assert reader.transport.governor.allowed == 2


class SwitchedOff(HubError):
    pass


def test_the_gate_is_asked_before_every_request_and_what_it_raises_ends_the_reading() -> None:
    replies = [html(503), page([]), page([])]
    base = FakeBase(lambda _: replies.pop(0))
    passed = 0

    def gate() -> None:
        nonlocal passed
        if passed == 2:
            raise SwitchedOff("the source is paused", hint="resume it")
        passed += 1

    with ODataClient(settings(), session_factory=base.session, sleep=lambda _: None, gate=gate) as reader:
        reader.get("Catalog_X")
        with pytest.raises(SwitchedOff):
            reader.get("Catalog_X")
        assert len(base.asked) == 2
        with pytest.raises(SwitchedOff):
            reader.transport.post("SelectChanges", expect="atom", wait_s=1)
    assert len(base.asked) == 2


def test_sessions_of_1c_are_counted_once_each_and_again_when_they_were_lost() -> None:
    given = iter(["s1", "s2", "s3"])
    dead = {"s1"}

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("IBSession") == "start":
            return Reply(body=page([]).body, cookies={"ibsession": next(given)})
        cookie = asked.headers.get("Cookie", "").removeprefix("ibsession=")
        return exception(400, "Сеанс не найден") if cookie in dead else page([])

    with client(FakeBase(answer)) as reader:
        reader.get("Catalog_A")
        assert reader.statistics.sessions == 1
        for _ in range(3):
            reader.get("Catalog_A")
        assert reader.statistics.sessions == 2


def test_a_base_without_cookies_takes_one_session_a_lane() -> None:
    with client(FakeBase(lambda _: page([]), linger_s=0.01), limits=Limits(sessions=2)) as reader:
        with ThreadPoolExecutor(2) as crowd:
            list(crowd.map(reader.get, ["A", "B", "C", "D"]))
        assert reader.statistics.sessions == 2


def test_the_pace_of_answers_is_a_moving_average() -> None:
    with client(FakeBase(lambda _: page([]), linger_s=0.02)) as reader:
        reader.get("A")
        reader.get("A")
        assert 0.015 < reader.statistics.pace_s < 0.2
        assert reader.statistics.seconds > reader.statistics.pace_s


def test_waiting_for_a_turn_ends_with_the_client() -> None:
    base = FakeBase(lambda _: Reply(503))
    reader = ODataClient(settings(limits=Limits(sessions=1)), session_factory=base.session)
    waiting = [reader.pool.submit(reader.get, "Catalog_X") for _ in range(3)]
    while not base.asked:
        time.sleep(0.001)
    began = time.monotonic()
    reader.close()
    assert time.monotonic() - began < 2
    with pytest.raises(SourceUnavailableError):
        waiting[0].result()
