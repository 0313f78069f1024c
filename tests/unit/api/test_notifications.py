from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.syncing import signatures
from api.web.errors import ProblemError
from schemas import signing
from schemas.settings import Secret
from store import notifications
from tests.unit.api.books import NOTIFY_KEY, READ_AT, Books, guid

ADDRESS = "/v1/sources/ut11/notifications"
NOTE = {"entity": "shipping_note", "id": guid(7)}
SENT = str(int(READ_AT.timestamp()))
DOCS = Path(__file__).parents[3] / "docs/notifications.md"


def signed(
    body: bytes, message: str = "msg-1", sent: str = SENT, key: bytes = NOTIFY_KEY.encode()
) -> dict[str, str]:
    """The headers as the standard says, made without the code under test."""
    text = message.encode() + b"." + sent.encode() + b"." + body
    signature = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return {"webhook-id": message, "webhook-timestamp": sent, "webhook-signature": f"v1,{signature}"}


def send(books: Books, what: Any, address: str = ADDRESS, **headers: str) -> Any:
    body = what if isinstance(what, bytes) else json.dumps(what).encode()
    with books.client() as client:
        return client.post(address, content=body, headers={**signed(body), **headers})


def pending(books: Books) -> list[tuple[str, str]]:
    with books.store.reading() as tx:
        return [(one.entity, one.record_id) for one in notifications.pending(tx, "ut11")]


def refused(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["hint"]


def test_a_signed_notification_waits_for_the_pull(books: Books) -> None:
    answer = send(books, NOTE)
    assert answer.status_code == 202
    assert answer.json() == {"accepted": 1, "pending": 1}
    assert pending(books) == [("shipping_note", guid(7))]


def test_a_list_is_taken_whole_and_repeats_in_it_once(books: Books) -> None:
    other = {"entity": "Document_РеализацияТоваровУслуг", "id": guid(8).upper()}
    assert send(books, [NOTE, other, NOTE]).json() == {"accepted": 2, "pending": 2}
    assert pending(books) == [("shipping_note", guid(7)), ("Document_РеализацияТоваровУслуг", guid(8))]


def test_the_same_message_twice_is_taken_once(books: Books) -> None:
    send(books, NOTE)
    assert send(books, NOTE).json() == {"accepted": 0, "pending": 1}
    with books.store.transaction() as tx:
        notifications.done(tx, [one.id for one in notifications.pending(tx, "ut11")], "run")
    assert send(books, NOTE).json() == {"accepted": 0, "pending": 0}


def test_a_new_message_about_the_same_record_waits_again(books: Books) -> None:
    send(books, NOTE)
    with books.store.transaction() as tx:
        notifications.done(tx, [one.id for one in notifications.pending(tx, "ut11")], "run")
    again = send(books, NOTE, **signed(json.dumps(NOTE).encode(), "msg-2"))
    assert again.json() == {"accepted": 1, "pending": 1}


def test_one_fitting_signature_of_several_is_enough(books: Books) -> None:
    body = json.dumps(NOTE).encode()
    right = signed(body)["webhook-signature"]
    wrong = signed(body, key=b"the old key")["webhook-signature"]
    assert send(books, NOTE, **{"webhook-signature": f"v1a,xx {wrong} {right}"}).status_code == 202


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "another"},
        {"webhook-timestamp": str(int(SENT) + 1)},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-timestamp": "yesterday"},
        {"webhook-id": ""},
    ],
)
def test_a_message_whose_signature_does_not_fit_is_refused(books: Books, changed: dict[str, str]) -> None:
    refused(send(books, NOTE, **changed), 401, "invalid_signature")
    assert pending(books) == []


def test_a_changed_body_is_refused(books: Books) -> None:
    own = signed(json.dumps(NOTE).encode())
    refused(send(books, {**NOTE, "id": guid(9)}, **own), 401, "invalid_signature")


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-300, 202), (300, 202), (301, 401)])
def test_a_message_is_taken_for_five_minutes(books: Books, seconds: int, status: int) -> None:
    body = json.dumps(NOTE).encode()
    assert send(books, NOTE, **signed(body, sent=str(int(SENT) + seconds))).status_code == status


def test_a_key_in_the_standards_own_form_is_its_bytes(books: Books) -> None:
    key = bytes(range(32))
    body, secret = b"{}", Secret("whsec_" + base64.b64encode(key).decode())
    assert signatures.verify(signed(body, key=key), body, secret, READ_AT) == "msg-1"


@pytest.mark.parametrize(
    "what",
    [
        b"",
        b"not json",
        b"\xff",
        [],
        "text",
        {"entity": "shipping_note"},
        {**NOTE, "id": "7"},
        {**NOTE, "entity": ""},
        {**NOTE, "entity": "a b"},
        {**NOTE, "more": 1},
        {**NOTE, "id": None},
        [NOTE] * 1001,
    ],
)
def test_what_is_not_of_the_agreed_form_is_refused_whole(books: Books, what: Any) -> None:
    refused(send(books, what), 422, "malformed_notification")
    assert pending(books) == []


def test_a_source_without_a_key_takes_none(books: Books) -> None:
    refused(send(books, NOTE, "/v1/sources/silent/notifications"), 403, "notifications_off")


def test_an_unknown_source_is_not_found(books: Books) -> None:
    refused(send(books, NOTE, "/v1/sources/other/notifications"), 404, "source_not_found")


def test_more_than_the_limit_is_not_even_read(books: Books) -> None:
    refused(send(books, b"[" + b" " * 300_000 + b"]"), 413, "too_large")


@given(
    st.dictionaries(st.sampled_from(signing.HEADERS), st.text(st.characters(max_codepoint=255))),
    st.binary(),
)
def test_no_header_or_body_breaks_the_check(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(ProblemError):
        signatures.verify(headers, body, Secret(NOTIFY_KEY), READ_AT)


@pytest.mark.skipif(not shutil.which("openssl"), reason="the documented line needs openssl")
def test_the_line_in_the_docs_signs_as_the_hub_expects(tmp_path: Path) -> None:
    (script,) = re.findall(r"```sh\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)
    fake = tmp_path / "curl"
    fake.write_text(
        '#!/bin/sh\nfor argument in "$@"; do printf "%s\\n" "$argument"; done\n', encoding="utf-8"
    )
    fake.chmod(0o755)
    environ = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "NOTIFY_KEY": NOTIFY_KEY,
        "HUB": "http://hub",
    }
    ran = subprocess.run(["sh", "-c", script], env=environ, capture_output=True, text=True, check=True)
    given = ran.stdout.splitlines()
    headers = dict(
        re.fullmatch(r"(\S+): (.*)", line).groups() for line in given if line.startswith("webhook-")
    )  # type: ignore[union-attr]
    body = given[-1].encode()
    expected = signed(body, headers["webhook-id"], headers["webhook-timestamp"])
    assert headers == expected
