"""Webhooks and events over the API: who may set up what, what is told of it, and whose they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from assets.deliver import body
from schemas.events import EVENT_TYPES
from schemas.settings import HubSettings
from schemas.webhooks import Outcome
from store import courier, events, webhooks
from store.events import NewEvent
from tests.unit.api.books import Books, guid, record

URL = "https://shop.example/saldo?shop=1"
HEAD, BRANCH, OTHER = guid(101), guid(102), guid(103)


@pytest.fixture
def company(books: Books) -> Books:
    return with_parties(books)


@pytest.fixture
def company_on_any(database_url: str, tmp_path: Path) -> Iterator[Books]:
    """On both databases: what is asked of them differently."""
    opened = with_parties(Books.open(database_url, tmp_path / "landing"))
    yield opened
    opened.store.close()


def with_parties(books: Books) -> Books:
    heads = {HEAD: None, BRANCH: HEAD, OTHER: None}
    books.put("counterparty", [record("counterparty", id=one, head_id=above) for one, above in heads.items()])
    return books


class Caller:
    """Somebody with a key; every POST gets an Idempotency-Key of its own."""

    def __init__(self, books: Books, **bound: Any) -> None:
        self.client = books.client(books.key(**bound))

    def post(self, path: str, json: Any = None, key: str | None = None, status: int = 201) -> Any:
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        answer = self.client.post(path, json=json, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        assert answer.status_code == status, answer.text
        return answer.json()

    def webhook(self, **given: Any) -> Any:
        return self.post("/v1/webhooks", {"url": URL, "events": ["*"], **given})


def happen(books: Books, *types: str, party: str | None = HEAD, source: str = "ut11") -> None:
    with books.store.transaction() as tx:
        told = [NewEvent(one, party, party or source, 7, {"id": f"{source}:{party}"}) for one in types]
        events.add(tx, source, told, tx.now)


def test_a_webhook_is_made_shown_and_removed(company_on_any: Books) -> None:
    shop = Caller(company_on_any)
    made = shop.webhook(events=["balance.changed", "access.changed"], source="ut11")
    secret = made.pop("secret")
    Verifier(secret)
    assert made == {
        "id": made["id"],
        "url": URL,
        "events": ["access.changed", "balance.changed"],
        "source": "ut11",
        "counterparty_ids": None,
        "state": "active",
        "failing_since": None,
        "disabled_at": None,
        "disabled_because": None,
        "created_at": made["created_at"],
    }
    assert shop.get(f"/v1/webhooks/{made['id']}") == made
    assert shop.get("/v1/webhooks") == {"items": [made], "next_cursor": None}
    assert secret not in str(shop.get("/v1/webhooks"))
    assert shop.client.delete(f"/v1/webhooks/{made['id']}").status_code == 204
    assert shop.get(f"/v1/webhooks/{made['id']}", 404)["code"] == "webhook_not_found"
    assert shop.client.delete(f"/v1/webhooks/{made['id']}").status_code == 404


def test_the_same_request_twice_makes_one_webhook(company: Books) -> None:
    shop = Caller(company)
    given = {"url": URL, "events": ["*"]}
    assert shop.post("/v1/webhooks", given, key="once") == shop.post("/v1/webhooks", given, key="once")
    assert len(shop.get("/v1/webhooks")["items"]) == 1


def test_webhooks_come_in_pages(company: Books) -> None:
    shop = Caller(company)
    made = [shop.webhook()["id"] for _ in range(5)]
    found: list[str] = []
    cursor = None
    while True:
        page = shop.get("/v1/webhooks", limit=2, **({"cursor": cursor} if cursor else {}))
        found += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == made


def test_a_page_goes_on_behind_a_webhook_that_was_removed_meanwhile(company: Books) -> None:
    shop = Caller(company)
    made = [shop.webhook()["id"] for _ in range(3)]
    first = shop.get("/v1/webhooks", limit=1)
    (gone,) = (one["id"] for one in first["items"])
    assert shop.client.delete(f"/v1/webhooks/{gone}").status_code == 204
    rest = shop.get("/v1/webhooks", cursor=first["next_cursor"])["items"]
    assert {one["id"] for one in rest} == {*made} - {gone}
    assert len(rest) == 2
    shop.webhook()
    again = shop.get("/v1/webhooks", limit=2)["items"]
    assert [one["id"] for one in again] == [one["id"] for one in rest]


@pytest.mark.parametrize(
    ("given", "status", "pointer"),
    [
        ({"url": "http://shop.example/"}, 422, "#/url"),
        ({"url": "https://10.0.0.1/"}, 422, "#/url"),
        ({"url": "https://user:word@shop.example/"}, 422, "#/url"),
        ({"events": ["no.such"]}, 400, None),
        ({"events": []}, 400, None),
        ({"more": 1}, 400, None),
        ({"counterparty_ids": ["nonsense"]}, 422, "#/counterparty_ids"),
        ({"counterparty_ids": [f"ut11:{HEAD}", f"kyiv:{HEAD}"]}, 422, "#/counterparty_ids"),
        ({"source": "kyiv", "counterparty_ids": [f"ut11:{HEAD}"]}, 422, "#/counterparty_ids"),
        ({"counterparty_ids": [f"ut11:{guid(999)}"]}, 404, None),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    company: Books, given: dict[str, Any], status: int, pointer: str | None
) -> None:
    shop = Caller(company)
    refused = shop.post("/v1/webhooks", {"url": URL, "events": ["*"], **given}, status=status)
    if pointer:
        assert [one["pointer"] for one in refused["errors"]] == [pointer]
    assert shop.get("/v1/webhooks")["items"] == []


def test_a_key_has_so_many_webhooks_at_most(company: Books) -> None:
    shop = Caller(company)
    for _ in range(webhooks.MOST):
        shop.webhook()
    refused = shop.post("/v1/webhooks", {"url": URL, "events": ["*"]}, status=409)
    assert refused["code"] == "too_many_webhooks"


def test_other_keys_webhooks_are_as_if_they_did_not_exist(company: Books) -> None:
    whole = Caller(company, source="ut11", counterparty_id=HEAD, reach="company")
    branch = Caller(company, source="ut11", counterparty_id=BRANCH)
    operator = Caller(company)
    made = whole.webhook()["id"]
    for path, method in (
        ("", "GET"), ("", "DELETE"), ("/deliveries", "GET"), ("/rotate", "POST"), ("/enable", "POST"),
        ("/test", "POST"), ("/replay", "POST"),
    ):  # fmt: skip
        answer = branch.client.request(
            method,
            f"/v1/webhooks/{made}{path}",
            headers={"Idempotency-Key": str(uuid.uuid4())},
            json={"given_up": True} if path == "/replay" else None,
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "webhook_not_found"), path
    assert branch.get("/v1/webhooks")["items"] == []
    assert [one["id"] for one in operator.get("/v1/webhooks")["items"]] == [made]


def test_a_bound_key_sets_up_what_it_sees_and_no_more(company: Books) -> None:
    branch = Caller(company, source="ut11", counterparty_id=BRANCH)
    assert branch.webhook()["source"] == "ut11"
    assert branch.webhook(counterparty_ids=[f"ut11:{BRANCH}"])["counterparty_ids"] == [f"ut11:{BRANCH}"]
    refused = {"url": URL, "events": ["*"], "counterparty_ids": [f"ut11:{HEAD}"]}
    assert branch.post("/v1/webhooks", refused, status=404)["code"] == "counterparty_not_found"
    assert branch.post("/v1/webhooks", {"url": URL, "events": ["*"], "source": "kyiv"}, status=422)


def test_a_key_of_one_person_hears_nothing(company: Books) -> None:
    company.put("contact", [record("contact", id=guid(7))])
    person = Caller(company, source="ut11", counterparty_id=HEAD, contact_id=guid(7), reach="own")
    assert (
        person.post("/v1/webhooks", {"url": URL, "events": ["*"]}, status=403)["code"] == "reach_too_narrow"
    )
    assert person.get("/v1/events", 403)["code"] == "reach_too_narrow"


def test_what_was_sent_can_be_looked_at_and_sent_again(company_on_any: Books) -> None:
    shop = Caller(company_on_any)
    made = shop.webhook()["id"]
    happen(company_on_any, *["balance.changed"] * 3, "document.ready")
    listed = shop.get(f"/v1/webhooks/{made}/deliveries")
    assert [one["type"] for one in listed["items"]] == ["document.ready", *["balance.changed"] * 3]
    assert {one["state"] for one in listed["items"]} == {"pending"}
    with company_on_any.store.transaction() as tx:
        found = courier.next_round(tx, made, tx.now, 99)
        assert found is not None
        for one in found.due[:2]:
            courier.note(tx, one, Outcome(204, 0.25), tx.now, 0)
        courier.note(tx, found.due[2], Outcome(None, 10.0, "timeout"), tx.now, 0)
    delivered = shop.get(f"/v1/webhooks/{made}/deliveries", state="delivered")["items"]
    assert [one["event_id"] for one in delivered] == [one.event_id for one in found.due[1::-1]]
    assert [(of["status"], of["seconds"]) for of in delivered[0]["log"]] == [(204, 0.25)]
    failed = shop.get(f"/v1/webhooks/{made}/deliveries", state="pending", limit=2)["items"][1]
    assert (failed["attempts"], failed["log"][0]["error"]) == (1, "timeout")
    assert shop.get(f"/v1/webhooks/{made}")["state"] == "failing"
    again = shop.post(f"/v1/webhooks/{made}/replay", {"event_ids": [delivered[0]["event_id"]]}, status=202)
    assert again == {"queued": 1, "event_id": None}
    assert len(shop.get(f"/v1/webhooks/{made}/deliveries", state="delivered")["items"]) == 1
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert shop.post(f"/v1/webhooks/{made}/replay", {"since": since}, status=202)["queued"] == 4
    narrowed = {"since": since, "types": ["document.ready"]}
    assert shop.post(f"/v1/webhooks/{made}/replay", narrowed, status=202)["queued"] == 1


def test_deliveries_come_in_pages(company: Books) -> None:
    shop = Caller(company)
    made = shop.webhook()["id"]
    happen(company, *["balance.changed"] * 5)
    first = shop.get(f"/v1/webhooks/{made}/deliveries", limit=3)
    happen(company, "document.ready")  # what comes meanwhile moves nothing
    rest = shop.get(f"/v1/webhooks/{made}/deliveries", limit=3, cursor=first["next_cursor"])
    ids = [one["event_id"] for one in first["items"] + rest["items"]]
    assert (len(ids), len(set(ids)), rest["next_cursor"]) == (5, 5, None)
    refused = shop.get(
        f"/v1/webhooks/{made}/deliveries", 400, limit=3, cursor=first["next_cursor"], state="pending"
    )
    assert refused["code"] == "bad_cursor"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"since": "2026-11-01T00:00:00Z", "event_ids": ["evt_1"]},
        {"event_ids": ["evt_none"]},
        {"until": "2026-11-01T00:00:00Z"},
    ],
)
def test_a_replay_that_is_not_clear_is_refused(company: Books, given: dict[str, Any]) -> None:
    shop = Caller(company)
    made = shop.webhook()["id"]
    assert shop.post(f"/v1/webhooks/{made}/replay", given, status=422)["code"] == "invalid_value"


def test_a_moment_without_its_offset_is_refused(company: Books) -> None:
    shop = Caller(company)
    made = shop.webhook()["id"]
    shop.post(f"/v1/webhooks/{made}/replay", {"since": "2026-11-01T00:00:00"}, status=400)
    assert shop.get("/v1/events", 400, since="2026-11-01T00:00:00")["errors"][0]["parameter"] == "since"


def test_a_test_goes_to_its_webhook_alone_and_into_no_list(company: Books) -> None:
    shop = Caller(company)
    made, other = shop.webhook(events=["access.changed"])["id"], shop.webhook()["id"]
    queued = shop.post(f"/v1/webhooks/{made}/test", status=202)
    (sent,) = shop.get(f"/v1/webhooks/{made}/deliveries")["items"]
    assert (sent["event_id"], sent["type"]) == (queued["event_id"], "webhook.test")
    assert shop.get(f"/v1/webhooks/{other}/deliveries")["items"] == []
    assert shop.get("/v1/events")["items"] == []


def test_a_disabled_webhook_says_so_and_can_be_enabled(company_on_any: Books) -> None:
    shop = Caller(company_on_any)
    made = shop.webhook()["id"]
    with company_on_any.store.transaction() as tx:
        webhooks.disable(tx, made, "gone", at=tx.now)
    happen(company_on_any, "balance.changed")
    assert shop.get(f"/v1/webhooks/{made}/deliveries")["items"] == []
    for path, given in (("test", None), ("replay", {"given_up": True})):
        assert shop.post(f"/v1/webhooks/{made}/{path}", given, status=409)["code"] == "webhook_disabled"
    shown = shop.get(f"/v1/webhooks/{made}")
    assert (shown["state"], shown["disabled_because"]) == ("disabled", "gone")
    assert shop.post(f"/v1/webhooks/{made}/enable", status=200)["state"] == "active"
    assert len(shop.get(f"/v1/webhooks/{made}/deliveries")["items"]) == 1


def test_a_new_secret_is_shown_once(company: Books) -> None:
    shop = Caller(company)
    made = shop.webhook()
    changed = shop.post(f"/v1/webhooks/{made['id']}/rotate", status=200)
    assert changed["secret"] != made["secret"]
    assert changed["secret"] not in str(shop.get(f"/v1/webhooks/{made['id']}"))


def test_events_are_read_as_they_are_sent(company_on_any: Books) -> None:
    shop = Caller(company_on_any)
    made = shop.webhook()["id"]
    happen(company_on_any, "balance.changed", "document.ready")
    with company_on_any.store.reading() as tx:
        found = courier.next_round(tx, made, datetime.now(UTC), 9)
    assert found is not None
    listed = shop.client.get("/v1/events")
    sent = [b'{"id":"' + one.event_id.encode() + b'",' + body(one)[1:] for one in found.due]
    assert listed.content.startswith(b'{"items":[' + b",".join(sent) + b"]")


def test_a_receiver_that_was_away_reads_on_where_it_was(company: Books) -> None:
    shop = Caller(company)
    happen(company, *["balance.changed"] * 3)
    first = shop.get("/v1/events", limit=2)
    second = shop.get("/v1/events", limit=2, cursor=first["next_cursor"])
    assert second["next_cursor"] is None
    nothing = shop.get("/v1/events", limit=2, cursor=second["resume_cursor"])
    assert nothing == {"items": [], "next_cursor": None, "resume_cursor": second["resume_cursor"]}
    happen(company, "document.ready")
    (news,) = shop.get("/v1/events", limit=2, cursor=nothing["resume_cursor"])["items"]
    assert news["type"] == "document.ready"
    ids = [one["id"] for one in [*first["items"], *second["items"], news]]
    assert len(set(ids)) == 4


def test_events_are_those_that_the_key_may_hear(company_on_any: Books) -> None:
    for party in (HEAD, BRANCH, OTHER):
        happen(company_on_any, "balance.changed", party=party)
    happen(company_on_any, "balance.changed", party=BRANCH, source="silent")
    happen(company_on_any, "sync.degraded", party=None)
    happen(company_on_any, *EVENT_TYPES, party=OTHER)

    def heard(**bound: Any) -> list[tuple[str, str]]:
        items = Caller(company_on_any, **bound).get("/v1/events")["items"]
        return [(one["type"], one["data"]["id"]) for one in items]

    of = "balance.changed"
    branch = {"source": "ut11", "counterparty_id": BRANCH}
    assert heard(**branch) == [(of, f"ut11:{BRANCH}")]
    company = heard(**{**branch, "reach": "company"})
    assert company == [(of, f"ut11:{HEAD}"), (of, f"ut11:{BRANCH}")]
    assert (of, f"silent:{BRANCH}") not in heard(source="ut11")
    papers = heard(permissions=("events:read", "documents:read"))
    assert [kind for kind, _ in papers] == [
        one for one in EVENT_TYPES if one.startswith(("document", "payment"))
    ]
    assert (
        Caller(company_on_any, permissions=("balances:read",)).get("/v1/events", 403)["code"]
        == "permission_missing"
    )


def test_events_are_filtered(company: Books) -> None:
    shop = Caller(company)
    happen(company, "balance.changed", "document.ready")
    happen(company, "balance.changed", "access.changed", party=OTHER)
    some = shop.get("/v1/events", counterparty_id=f"ut11:{OTHER}")["items"]
    assert [one["type"] for one in some] == ["balance.changed", "access.changed"]
    two = shop.get("/v1/events", type=["document.ready", "access.changed"])["items"]
    assert [one["type"] for one in two] == ["document.ready", "access.changed"]
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert shop.get("/v1/events", since=later)["items"] == []
    branch = Caller(company, source="ut11", counterparty_id=BRANCH)
    assert branch.get("/v1/events", 404, counterparty_id=f"ut11:{OTHER}")["code"] == "counterparty_not_found"


def test_settings_may_let_a_webhook_go_to_a_host_of_ours(company: Books) -> None:
    settings: HubSettings = company.settings
    assert settings.webhook_hosts == ()
    Caller(company).post("/v1/webhooks", {"url": "http://127.0.0.1:9/", "events": ["*"]}, status=422)
