"""Rate limits: what an answer tells of them, and when a key has to wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from api.web.rates import MOST_BUCKETS, Rates
from schemas.api_keys import ApiKey
from tests.unit.api.books import PARTY, READ_AT, Books

KEY = ApiKey("k", "test", (), None, None, None, "branch", 60, READ_AT, "test", None, None, None)
BALANCE = f"/v1/counterparties/ut11:{PARTY}/balance"


def test_every_answer_to_a_key_tells_what_it_has_left(books: Books) -> None:
    books.parties()
    with books.client(books.key(per_minute=3)) as client:
        answers = [
            client.get(BALANCE),
            client.get("/v1/counterparties/nobody/balance"),
            client.get("/v1/nothing-here"),
            client.get(BALANCE),
            client.get(BALANCE),
        ]
    assert [one.status_code for one in answers] == [200, 400, 404, 200, 429]
    assert {one.headers["RateLimit-Policy"] for one in answers} == {'"key";q=3;w=60'}
    left = [one.headers["RateLimit"] for one in answers]
    assert left == ['"key";r=2;t=20', '"key";r=1;t=40', '"key";r=1;t=40', '"key";r=0;t=60', '"key";r=0;t=60']
    assert answers[-1].headers["Retry-After"] == "20"
    assert answers[-1].json()["code"] == "rate_limited"


def test_what_a_key_may_not_do_counts_too(books: Books) -> None:
    with books.client(books.key(per_minute=2, permissions=["access:read"])) as client:
        statuses = [client.get(BALANCE).status_code for _ in range(3)]
    assert statuses == [403, 403, 429]


def test_nobody_without_a_key_is_told_of_a_quota(books: Books) -> None:
    with books.client("saldo_0_0") as client:
        refused = client.get(BALANCE)
        opened = client.get("/healthz")
    assert refused.status_code == 401
    assert "RateLimit" not in refused.headers
    assert "RateLimit" not in opened.headers


def test_a_bucket_fills_up_again_and_no_further() -> None:
    rates, now = Rates(600), READ_AT
    for _ in range(60):
        rates.take(KEY, now)
    assert rates.quota(KEY, now).left == 0
    assert rates.quota(KEY, now + timedelta(seconds=5)).left == 5
    assert rates.quota(KEY, now - timedelta(hours=1)).left == 0
    assert rates.quota(KEY, now + timedelta(hours=1)).left == 60


def test_buckets_of_keys_that_ask_no_more_are_forgotten() -> None:
    rates = Rates(600)
    for number in range(MOST_BUCKETS):
        rates.take(replace(KEY, number=f"k{number}"), READ_AT)
    later = READ_AT + timedelta(minutes=2)
    rates.take(replace(KEY, number="new"), later)
    assert len(rates._left) == 1
