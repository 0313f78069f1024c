from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web import paging
from api.web.errors import ProblemError

KEYS = st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.text(), max_size=4).map(tuple)


@given(KEYS)
def test_a_cursor_gives_back_the_key_it_was_made_of(key: tuple[str | int | None, ...]) -> None:
    about = {"list": "documents", "kind": ["order"], "since": None}
    assert paging.opened(paging.closed(key, about), about) == key


def test_a_filter_that_is_not_given_is_no_other_filter() -> None:
    cursor = paging.closed(("a",), {"kind": "order"})
    assert paging.opened(cursor, {"kind": "order", "status": None}) == ("a",)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "ж",
        "!!!!",
        base64.urlsafe_b64encode(b"[]").decode(),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        base64.urlsafe_b64encode(b'["0000000000000000","a"]').decode(),
        paging.closed(("a",), {"kind": "invoice"}),
        paging.closed(("a",), {"kind": "order"})[:-4],
    ],
)
def test_anything_else_is_refused(cursor: str) -> None:
    with pytest.raises(ProblemError) as refused:
        paging.opened(cursor, {"kind": "order"})
    assert refused.value.code == "bad_cursor"


def test_the_first_page_needs_no_cursor() -> None:
    assert paging.opened(None, {}) is None


@pytest.mark.parametrize("key", [(), ("a",), (None,), (1, 2)])
def test_a_list_of_numbered_rows_takes_no_other_key(key: tuple[str | int | None, ...]) -> None:
    with pytest.raises(ProblemError) as refused:
        paging.number(key)
    assert refused.value.code == "bad_cursor"
    assert paging.number((7,)) == 7
    assert paging.number(None) is None
