"""Every state and reason of an order has its words; links to documents are understood."""

from __future__ import annotations

import dataclasses
from typing import Any, get_args

import pytest

from desk.frame import translations
from desk.orders import attempts, candidates, told, words
from desk.orders.narrowing import SHOWS, VIEWS, Narrowed
from schemas.languages import Language
from schemas.submissions import STATES, STATUSES, WHYS
from store.outbox_attempts import ACTIONS, OUTCOMES
from store.submissions import Submission
from tests.unit.api.books import guid


def order(state: str, why: str | None) -> Submission:
    empty: dict[str, Any] = {one.name: None for one in dataclasses.fields(Submission)}
    return Submission(**{**empty, "state": state, "why": why})


@pytest.mark.parametrize("language", get_args(Language))
def test_every_state_and_reason_has_words(language: Language) -> None:
    text = translations.texts(language)
    assert set(words.states(text)) == set(words.happened(text)) == set(words.STATE_BADGES) == set(STATES)
    assert set(words.statuses(text)) == set(words.STATUS_BADGES) == set(STATUSES)
    assert set(words.whys(text)) == set(WHYS)
    assert set(attempts.actions(text)) == set(ACTIONS)
    assert set(attempts.outcomes(text)) == set(attempts.BADGES) == set(OUTCOMES)
    for state in STATES:
        for why in (None, *WHYS):
            assert all(told.of(order(state, why), text)), (state, why)


def test_what_people_refused_is_not_told_as_the_books_refusal() -> None:
    text = translations.texts("en")
    for why in ("declined", "over_limit", "overdue", "over_stock", "not_checked"):
        assert "1C" not in told.of(order("rejected", why), text).text, why


def test_every_state_has_a_tab_and_addresses_say_what_they_show() -> None:
    shown = {state for view in VIEWS if view != "all" for state in SHOWS[view]}
    assert shown == set(STATES) - {"draft"}
    asked = {"view": "trouble", "state": "uncertain", "q": "УТ", "base": "ut11", "after": "17"}
    narrowed = Narrowed.of(asked)
    assert Narrowed.of({"view": "decide", "state": "uncertain"}).state is None
    assert (
        narrowed.beyond(17) == "/desk/orders?view=trouble&state=uncertain&q=%D0%A3%D0%A2&base=ut11&after=17"
    )


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (f"http://hub/desk/documents/ut11:{guid(7)}", guid(7)),
        (f"Document_ЗаказКлиента(guid'{guid(7).upper()}')", guid(7)),
        (
            "e1cib/data/Документ.ЗаказКлиента?ref=80c6cc1a7e58902811ebcda8cb07c0f5",
            "cb07c0f5-cda8-11eb-80c6-cc1a7e589028",
        ),
        ("УТ00-000123", None),
        ("e1cib/data/Документ.ЗаказКлиента?ref=80c6", None),
    ],
)
def test_a_link_of_ours_or_of_1c_tells_the_reference(given: str, key: str | None) -> None:
    assert candidates.key_in(given) == key
