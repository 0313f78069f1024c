"""What an operation may answer instead of what was asked: said once, for the document and for readers."""

from __future__ import annotations

from litestar.openapi.datastructures import ResponseSpec

from api.web.errors import MEDIA_TYPE, PROBLEMS, Problem

OPEN = ("store_unavailable",)  # of operations that ask for no key
ALWAYS = ("bad_request", "unauthenticated", "permission_missing", "rate_limited", *OPEN)


def of(*codes: str, always: tuple[str, ...] = ALWAYS) -> dict[int, ResponseSpec]:
    """Refusals by status, with the codes that each may carry; `always` are those of every operation with a key."""
    by_status: dict[int, list[str]] = {}
    for code in (*always, *codes):
        by_status.setdefault(PROBLEMS[code][0], []).append(code)
    return {
        status: ResponseSpec(
            Problem,
            media_type=MEDIA_TYPE,
            description=" | ".join(dict.fromkeys(found)),
            generate_examples=False,  # they are random: the document would differ with every start
        )
        for status, found in sorted(by_status.items())
    }
