"""The headers of requests and answers, for the OpenAPI document: which operation has which."""

from __future__ import annotations

from typing import Any


def _header(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", **schema}}


def _always(description: str, **schema: Any) -> dict[str, Any]:
    """One that every answer has which the document gives it."""
    return {"required": True, **_header(description, **schema)}


REQUEST_ID = "X-Request-Id"
COMPONENTS = {
    REQUEST_ID: _always("Names this request in the hub's log: the client's own where it sent a usable one."),
    "ETag": _always("A strong validator of the bytes; send it as If-None-Match.", pattern='^"[^"]+"$'),
    "RateLimit": _header("What is left of the quota, and in how many seconds more comes (IETF draft)."),
    "RateLimit-Policy": _header("How many requests this key may make in how many seconds (IETF draft)."),
    "Retry-After": _header("In how many seconds to come again.", pattern="^[0-9]+$"),
    "WWW-Authenticate": _always("`Bearer`."),
    "Idempotent-Replayed": _header(
        "`true` where this is the kept answer to an earlier request.", enum=["true"]
    ),
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of an answer that is at hand: 304 without a body while nothing has changed.",
    "required": False,
    "schema": {"type": "string"},
}
NOT_MODIFIED = {"description": "What is at hand is what would be answered now."}


def add(method: str, operation: dict[str, Any]) -> None:
    """Add what holds for every operation of its sort; a header that a handler declared itself stays."""
    keyed = any(operation.get("security", ()))
    answers: dict[str, Any] = operation["responses"]
    if keyed and method == "get":
        answers["304"] = dict(NOT_MODIFIED)
        operation.setdefault("parameters", []).append(dict(IF_NONE_MATCH))
    for status, answer in answers.items():
        named = [REQUEST_ID]
        if keyed and status != "401":
            named += ["RateLimit", "RateLimit-Policy"]
        if keyed and method == "get" and status in ("200", "304"):
            named.append("ETag")
        if keyed and status == "401":
            named.append("WWW-Authenticate")
        if status in ("202", "429"):
            named.append("Retry-After")
        if keyed and method == "post" and status.startswith("2"):
            named.append("Idempotent-Replayed")
        declared = answer.get("headers") or {}
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in named} | declared
    operation["responses"] = dict(sorted(answers.items()))
