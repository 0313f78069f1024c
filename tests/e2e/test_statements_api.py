"""A buyer's own statement over HTTP: asked for, drawn by both sides, read, answered with their books, agreed to."""

from __future__ import annotations

import hashlib
from typing import Any

from litestar.testing import TestClient

from api.app import create_app
from assets import statement_drawing
from schemas.api_keys import STOREFRONT
from schemas.statements import Asked
from store import api_keys
from tests.e2e.test_statements import extended, questions
from tests.e2e.world import SOURCE, World

__all__ = ["extended"]


def test_a_buyer_asks_reads_answers_and_agrees(extended: World) -> None:
    world, (asked,) = extended, questions(extended)
    with TestClient(create_app(world.settings, world.store)) as client:
        client.headers["Authorization"] = f"Bearer {_key(world, asked)}"
        taken = client.post("/v1/statements", json=_body(asked), headers={"Idempotency-Key": "ask"})
        assert taken.status_code == 202, taken.text
        statement_drawing.draw_waiting(world.store, world.source)
        running = client.get(taken.headers["Location"]).json()
        assert (running["state"], running["progress"]) == ("running", "comparing")
        first = client.get(f"/v1/statements/{running['statement_id']}").json()
        assert (first["verdict"], first["waits_for"], first["next_states"]) == ("pending", "asking", [])
        assert world.pull("statements").success
        ended = client.get(taken.headers["Location"]).json()
        assert (ended["state"], ended["statement_id"]) == ("succeeded", first["id"])
        address = f"/v1/statements/{first['id']}"
        told = client.get(address).json()
        assert (told["verdict"], told["sections"][0]["producer"]) == ("agrees", "soap")
        assert told["sections"][0]["lines"]
        pdf = client.get(f"{address}/files/pdf?language=uk")
        assert pdf.headers["ETag"] == f'"{hashlib.sha256(pdf.content).hexdigest()}"'
        theirs = client.post(
            f"{address}/uploads", content=_their_books(told), headers={"Idempotency-Key": "upload"}
        ).json()
        assert (theirs["disagreement_list"], theirs["off"]) == ([], "0.00")
        assert theirs["closing"] == told["sums"][0]["closing"]
        agreed = client.post(f"{address}/state", json={"state": "agreed"}, headers={"Idempotency-Key": "yes"})
        assert agreed.json()["state"] == "agreed"
        heard = [one for one in client.get("/v1/events").json()["items"] if one["type"] == "statement.ready"]
        assert [one["data"]["id"] for one in heard] == [first["id"]]


def _key(world: World, asked: Asked) -> str:
    with world.store.transaction() as tx:
        bound = {"source": SOURCE, "counterparty_id": asked.counterparty_id, "permissions": STOREFRONT}
        return api_keys.create(tx, name="buyer", by="test", **bound)[1]  # type: ignore[arg-type]


def _body(asked: Asked) -> dict[str, Any]:
    return {
        "counterparty_id": f"{SOURCE}:{asked.counterparty_id}",
        "organization_id": f"{SOURCE}:{asked.organization_id}",
        "currency": asked.currencies[0],
        "from": asked.first_on.isoformat(),
        "to": asked.last_on.isoformat(),
    }


def _their_books(told: dict[str, Any]) -> bytes:
    """The same from the other side: what is our debit is their credit."""
    (section,) = told["sections"]
    rows = [f"{x['on']};№ {x['number']};{x['credit']};{x['debit']}" for x in section["lines"]]
    whole = ["Date;Document;Debit;Credit", _balance("Opening", section), *rows, _balance("Closing", section)]
    return "\n".join(whole).encode()


def _balance(name: str, section: dict[str, Any]) -> str:
    owed = str(section[name.lower()])
    sides = f"{owed[1:]};" if owed.startswith("-") else f";{owed}"
    return f"{name} balance;;{sides}"
