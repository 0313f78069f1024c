"""Whatever companies, documents, people and keys there are: an answer holds what the model lets the key see."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from api.reference import document
from schemas import TABLES
from schemas.api_keys import PERMISSIONS, REACHES, Reach
from schemas.statements import Asked
from store import api_keys, balances
from tests.company import rows, walk
from tests.company.asking import Told, ask
from tests.company.company import PLENTY, Company
from tests.company.owners import SOURCE, guid
from tests.unit.api.drawings import drawn

NAMES = ("p1", "p2", "p3", "p4", "p5")
STATED = NAMES[:2]  # who have a statement
GROUPS = ("g1", "g2")  # partners: of each one contact person
_ID = re.compile(rf"{SOURCE}:[0-9a-f-]{{36}}")


@dataclass(frozen=True)
class Paper:
    owner: str
    placed_by: str | None

    def tag(self, number: int) -> str:
        return f"{self.owner}.d{number}"


@dataclass(frozen=True)
class World:
    """`heads` names the head office of each counterparty; circles are mistakes that real books have."""

    heads: dict[str, str | None]
    groups: dict[str, str]
    papers: list[Paper]

    def below(self, top: str) -> set[str]:
        found = {top}
        while more := {one for one, head in self.heads.items() if head in found} - found:
            found |= more
        return found

    def top(self, name: str) -> str:
        seen = [name]
        while (head := self.heads[seen[-1]]) is not None and head not in seen:
            seen.append(head)
        return seen[-1]


@dataclass(frozen=True)
class Key:
    """`owner` None: bound to nobody."""

    owner: str | None
    reach: Reach
    contact: str | None

    def parties(self, world: World) -> set[str]:
        if self.owner is None:
            return set(NAMES)
        if self.reach in ("own", "branch"):
            return {self.owner}
        start = world.top(self.owner) if self.reach == "company" else self.owner
        return {self.owner, *world.below(start)}

    def papers(self, world: World) -> set[int]:
        seen = self.parties(world)
        return {
            number
            for number, paper in enumerate(world.papers)
            if paper.owner in seen and (self.contact is None or paper.placed_by == self.contact)
        }


@st.composite
def worlds(draw: st.DrawFn) -> World:
    heads = {name: draw(st.sampled_from([None, *(one for one in NAMES if one != name)])) for name in NAMES}
    groups = {name: draw(st.sampled_from(GROUPS)) for name in NAMES}
    papers = st.builds(Paper, st.sampled_from(NAMES), st.sampled_from([None, *GROUPS]))
    return World(heads, groups, draw(st.lists(papers, min_size=2, max_size=6)))


@st.composite
def keys(draw: st.DrawFn) -> Key:
    owner = draw(st.sampled_from([None, *NAMES, *NAMES]))
    reach = draw(st.sampled_from(REACHES)) if owner else "branch"
    return Key(owner, reach, draw(st.sampled_from(GROUPS)) if reach == "own" else None)


@pytest.fixture
def books(database_url: str, tmp_path: Path) -> Iterator[Company]:
    opened = Company.open(database_url, tmp_path / "landing")
    opened.merge(SOURCE, TABLES["organization"], [rows.row(TABLES["organization"], "sh")])
    for settled in ("settlement_key", "settlement_entry", "due_entry"):
        opened.merge(SOURCE, TABLES[settled], [])
    yield opened
    opened.store.close()


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds(), asked_by=st.lists(keys(), min_size=2, max_size=2, unique=True))
def test_an_answer_holds_only_what_the_model_lets_the_key_see(
    books: Company, world: World, asked_by: list[Key]
) -> None:
    _write(books, world)
    statements = {name: drawn(books, _asked(name)).id for name in STATED}
    with books.client() as client:
        told = client.get(document.ADDRESS).json()
        for key in asked_by:
            _holds(client, _text_of(books, key), key, world, told, statements)


def _holds(
    client: TestClient[Any],
    text: str,
    key: Key,
    world: World,
    told: dict[str, Any],
    statements: dict[str, str],
) -> None:
    everything = _ids(set(NAMES), set(range(len(world.papers))), world)
    seen = _ids(key.parties(world), key.papers(world), world)
    hidden = {one for name, those in everything.items() for one in those - seen[name]}
    known = {name: sorted(those) for name, those in everything.items()}
    known["statement_id"] = sorted(statements.values())
    calls = walk.calls(told, known, only_ids=True)
    answers = ask(client, text, {one for call in calls for one in (call.address, call.without(hidden))})
    for call in calls:
        answer, like_never = answers[call.address], answers[call.without(hidden)]
        assert (answer.meant[0], walk.nameless(answer.meant[1], hidden)) == like_never.meant, call
        if not hidden.intersection(call.named):
            assert not hidden.intersection(_ID.findall(answer.meant[1])), call
    _complete(answers, key, world, seen)
    parties = key.parties(world) if key.contact is None else set()
    for name, one in statements.items():
        refused = 403 if key.contact else 404
        assert answers[f"/v1/statements/{one}"].status == (200 if name in parties else refused)
    listed = json.loads(answers["/v1/statements"].body).get("items", [])
    assert {one["id"] for one in listed} == {statements[name] for name in parties & {*STATED}}


def _complete(answers: dict[str, Told], key: Key, world: World, seen: dict[str, set[str]]) -> None:
    """What the key may see it does see."""
    for name in seen["counterparty_id"]:
        status = answers[f"/v1/counterparties/{name}/summary"].status
        assert status == (403 if key.contact else 200)
    for one in seen["document_id"]:
        assert answers[f"/v1/lineage/document/{one}"].status == 200
    listed = json.loads(answers["/v1/documents"].body)["items"]
    assert {one["id"] for one in listed} == seen["document_id"]


def _asked(name: str) -> Asked:
    return Asked(
        source=SOURCE,
        organization_id=guid("organization", "sh"),
        counterparty_id=guid("counterparty", name),
        currencies=("RUB",),
        first_on=date(2026, 10, 1),
        last_on=date(2026, 10, 31),
    )


def _ids(parties: set[str], papers: set[int], world: World) -> dict[str, set[str]]:
    return {
        "counterparty_id": {f"{SOURCE}:{guid('counterparty', name)}" for name in parties},
        "contract_id": {f"{SOURCE}:{guid('contract', name)}" for name in parties},
        "document_id": {f"{SOURCE}:{guid('document', world.papers[one].tag(one))}" for one in papers},
    }


def _text_of(books: Company, key: Key) -> str:
    bound: dict[str, Any] = {}
    if key.owner is not None:
        bound = {"source": SOURCE, "counterparty_id": guid("counterparty", key.owner), "reach": key.reach}
    if key.contact is not None:
        bound["contact_id"] = guid("contact", key.contact)
    with books.store.transaction() as tx:
        given = {"name": "any", "by": "test", "permissions": PERMISSIONS, "per_minute": PLENTY}
        return api_keys.create(tx, **given, **bound)[1]


def _write(books: Company, world: World) -> None:
    """A complete set of each table: what an earlier world had is gone."""
    party, contract, paper = (TABLES[name] for name in ("counterparty", "contract", "document"))
    parties = [
        rows.row(
            party,
            name,
            head_id=guid("counterparty", head) if head else None,
            partner_id=guid("partner", world.groups[name]),
        )
        for name, head in world.heads.items()
    ]
    contacts = [rows.row(TABLES["contact"], one, partner_id=guid("partner", one)) for one in GROUPS]
    papers = [
        rows.row(
            paper,
            one.tag(number),
            kind="shipping_note",
            contact_id=guid("contact", one.placed_by) if one.placed_by else None,
            order_id=None,
            base_id=None,
            contract_id=guid("contract", one.owner),
        )
        for number, one in enumerate(world.papers)
    ]
    books.merge(SOURCE, party, parties)
    books.merge(SOURCE, TABLES["partner"], [rows.row(TABLES["partner"], one) for one in GROUPS])
    books.merge(SOURCE, TABLES["contact"], contacts)
    books.merge(SOURCE, contract, [rows.row(contract, name) for name in NAMES])
    books.merge(SOURCE, paper, papers)
    with books.store.transaction() as tx:
        balances.refresh(tx, SOURCE)
