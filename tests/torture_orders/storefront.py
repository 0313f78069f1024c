"""The storefront over the real API: it loses answers, repeats itself, polls, and sends again what the hub forgot."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from typing import Any
from urllib.parse import unquote

import httpx
from litestar import Litestar
from litestar.testing import TestClient

from tests.torture_orders.books import SOURCE
from tests.torture_orders.figures import Figures
from tests.torture_orders.wanted import Wanted

LOSES = 0.1  # of all answers
REPEATS = 0.08  # of all orders are sent twice at once
TRIES = 20
STATES_OF_REFUSAL = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY)


@dataclass(slots=True)
class Storefront:
    """`keys` are those of the API: of the storefront itself, and of who approves."""

    chance: Random
    figures: Figures
    client: TestClient[Litestar]
    keys: Mapping[str, str]
    calm: bool = False  # nothing is lost, nothing is sent twice
    reposted: int = field(default=0)

    def place(self, wanted: Wanted) -> None:
        """Send it until an answer came, or an answer was lost: then it is sent again another time."""
        wanted.key = wanted.key or str(uuid.uuid4())
        twice = not self.calm and self.chance.random() < REPEATS
        answers = (
            self._at_once(wanted) if twice else [self._post("/v1/orders", self.body(wanted), wanted.key)]
        )
        for answer in answers:
            self._hear(wanted, answer)

    def place_again(self, wanted: Wanted) -> None:
        """Hours later nobody knows the key any more: another one, and the same reference."""
        self.figures.add("duplicate deliveries")
        wanted.key, wanted.key_is_kept = str(uuid.uuid4()), False
        self._hear(wanted, self._post("/v1/orders", self.body(wanted), wanted.key))

    def misuse(self, wanted: Wanted) -> None:
        """The same key with another body: refused, and nothing is done."""
        if not wanted.key_is_kept:
            return
        body = {**self.body(wanted), "comment": "another body under a key that was used"}
        answer = self._post("/v1/orders", body, wanted.key)
        self.figures.add("keys used twice")
        if answer is not None and answer.status_code not in (
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.CONFLICT,
        ):
            self.figures.find(
                "wrong answers", f"{wanted.reference}: {answer.status_code} to a key used twice"
            )

    def look(self, wanted: Wanted) -> dict[str, Any] | None:
        """What the hub says of it; None where it does not know it."""
        answer = self.client.get(f"/v1/orders/{wanted.id}", headers=self._as("storefront"))
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        if answer.status_code != HTTPStatus.OK:
            self.figures.find("wrong answers", f"{answer.status_code} to a look at {wanted.reference}")
            return {}
        told: dict[str, Any] = answer.json()
        wanted.state = told["state"]
        return told

    def change(self, wanted: Wanted, version: int) -> None:
        body = {**wanted.content.terms(wanted.buyer), "version": version}
        self._note(self.client.put(f"/v1/orders/{wanted.id}", json=body, headers=self._as("storefront")))

    def submit(self, wanted: Wanted) -> None:
        self._act(wanted, "submit", {}, "storefront")

    def decide(self, wanted: Wanted, version: int, *, yes: bool) -> None:
        body = {"version": version, "note": "it is needed" if yes else "too dear"}
        self._act(wanted, "approve" if yes else "reject", body, "approver")

    def cancel(self, wanted: Wanted) -> None:
        wanted.cancel_said = True
        self._act(wanted, "cancel", {"note": "not needed any more"}, "storefront")

    def _act(self, wanted: Wanted, what: str, body: dict[str, Any], who: str) -> None:
        answer = self._post(f"/v1/orders/{wanted.id}/{what}", body, str(uuid.uuid4()), who)
        if answer is not None:
            self._note(answer)

    def _note(self, answer: httpx.Response) -> None:
        """Somebody may have been faster: that is no wrong answer. The hub must not fail."""
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.figures.find(
                "wrong answers", f"{answer.status_code} {answer.request.url.path}: {answer.text}"
            )
        elif answer.is_error:
            self.figures.errors[f"API {answer.json().get('code')}"] += 1

    def body(self, wanted: Wanted) -> dict[str, Any]:
        mine = {"reference": wanted.reference, "counterparty_id": f"{SOURCE}:{wanted.buyer.counterparty}"}
        return {**wanted.content.terms(wanted.buyer), **mine}

    def _at_once(self, wanted: Wanted) -> list[httpx.Response | None]:
        """Two at the same moment: under one key, or under two with the same reference."""
        self.figures.add("duplicate deliveries")
        keys = (wanted.key, wanted.key if self.chance.random() < 0.5 else str(uuid.uuid4()))
        answers: list[httpx.Response | None] = []
        threads = [
            threading.Thread(
                target=lambda key=key: answers.append(self._send("/v1/orders", self.body(wanted), key))
            )
            for key in keys
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def _post(
        self, path: str, body: dict[str, Any], key: str, who: str = "storefront"
    ) -> httpx.Response | None:
        """The answer; None where it was lost: the work is done, or the request never came."""
        draw = 1.0 if self.calm else self.chance.random()
        if draw < LOSES / 2:
            self.figures.add("lost requests")
            return None
        answer = self._send(path, body, key, who)
        if draw < LOSES:
            self.figures.add("lost answers")
            return None
        return answer

    def _send(self, path: str, body: dict[str, Any], key: str, who: str = "storefront") -> httpx.Response:
        return self.client.post(path, json=body, headers={**self._as(who), "Idempotency-Key": key})

    def _as(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[who]}"}

    def _hear(self, wanted: Wanted, answer: httpx.Response | None) -> None:
        """What an answer to an order says: accepted, known already, refused, or nothing."""
        if answer is None:
            wanted.unanswered = True
            return
        told = answer.json()
        code = told.get("code")
        if answer.status_code == HTTPStatus.ACCEPTED:
            self._accept(wanted, told["id"])
            wanted.key_is_kept = True
        elif code == "order_exists":
            self._accept(wanted, unquote(answer.headers["Location"].rpartition("/")[2]))
        elif code == "idempotency_key_in_use":
            wanted.unanswered = True
        elif answer.status_code in STATES_OF_REFUSAL and not wanted.accepted:
            wanted.refused, wanted.unanswered = str(code), False
            self.figures.errors[f"API {code}"] += 1
        else:
            self.figures.find(
                "wrong answers", f"{answer.status_code} to {wanted.reference}: {answer.text[:500]}"
            )

    def _accept(self, wanted: Wanted, order_id: str) -> None:
        if wanted.id and wanted.id != order_id:
            self.figures.find("wrong answers", f"{wanted.reference} is {wanted.id} and {order_id}")
        if not wanted.accepted:
            self.figures.add("accepted")
        wanted.id, wanted.accepted, wanted.unanswered = order_id, True, False
