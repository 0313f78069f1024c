"""Everything that goes wrong leaves as problem+json (RFC 9457), with a stable `code` and the next action."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.params import QueryParameter

from api.web import request_ids
from schemas.errors import (
    HubError,
    InvalidValueError,
    LineageError,
    NotPrintableError,
    StoreError,
    UnreadableFileError,
)
from store import health

LOG = logging.getLogger("saldo.api")
MEDIA_TYPE = "application/problem+json"
WITH_BODY = ("POST", "PUT", "PATCH")
AGAIN = "Try again in a minute; if it stays, give the operator of the hub this request_id."

BROKEN = "`saldo verify` lists everything of this sort."

# code: status and title. Codes are a promise to clients: they are added, never changed.
PROBLEMS = {
    "malformed_id": (400, "Malformed id"),
    "bad_request": (400, "Request not understood"),
    "idempotency_key_missing": (400, "Idempotency-Key missing"),
    "bad_cursor": (400, "Cursor not accepted"),
    "unauthenticated": (401, "No valid key"),
    "invalid_signature": (401, "Signature not accepted"),
    "permission_missing": (403, "Permission missing"),
    "reach_too_narrow": (403, "Key of one person"),
    "key_is_bound": (403, "Key of one company"),
    "trading_suspended": (403, "Trading suspended"),
    "access_blocked": (403, "Access blocked"),
    "own_order": (403, "Own order"),
    "notifications_off": (403, "Notifications not taken"),
    "not_found": (404, "No such address"),
    "source_not_found": (404, "Unknown source"),
    "counterparty_not_found": (404, "Unknown counterparty"),
    "setting_not_found": (404, "Unknown number"),
    "operation_not_found": (404, "Unknown operation"),
    "webhook_not_found": (404, "Unknown webhook"),
    "record_not_found": (404, "Unknown record"),
    "document_not_found": (404, "Unknown document"),
    "statement_not_found": (404, "Unknown statement"),
    "upload_not_found": (404, "Unknown upload"),
    "order_not_found": (404, "Unknown order"),
    "party_request_not_found": (404, "Unknown request"),
    "file_not_found": (404, "No such file"),
    "item_not_found": (404, "Unknown item"),
    "method_not_allowed": (405, "Method not allowed"),
    "already_ended": (409, "Ended before"),
    "too_many_webhooks": (409, "Too many webhooks"),
    "webhook_disabled": (409, "Webhook disabled"),
    "step_refused": (409, "Step not allowed"),
    "orders_off": (409, "Orders not taken"),
    "order_exists": (409, "Reference in use"),
    "party_request_exists": (409, "Reference in use"),
    "counterparty_exists": (409, "Known already"),
    "order_changed": (409, "Order changed meanwhile"),
    "not_printable": (409, "Not printable"),
    "idempotency_key_in_use": (409, "Request under way"),
    "too_large": (413, "Request too large"),
    "idempotency_key_reused": (422, "Idempotency-Key of another request"),
    "invalid_value": (422, "Value not accepted"),
    "malformed_notification": (422, "Notification not understood"),
    "unreadable_file": (422, "File not understood"),
    "too_many_operations": (429, "Too many operations"),
    "rate_limited": (429, "Too many requests"),
    "internal_error": (500, "Internal error"),
    "lineage_broken": (500, "Broken chain"),
    "store_unavailable": (503, "Store unavailable"),
    "not_ready": (503, "Not ready"),
}


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One of the things that are wrong."""

    subject: str
    detail: str
    hint: str


class FieldError(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong with one part of a request: a place in its body (RFC 6901), or a parameter by name."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457 problem details. `code` is stable, `hint` says what to do; quote `request_id` to support."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str
    instance: str
    request_id: str
    reasons: list[Reason] = []
    errors: list[FieldError] = []


class ProblemError(HubError):
    """A request that cannot be answered; `code` is one of PROBLEMS."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str,
        reasons: tuple[Reason, ...] = (),
        errors: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.reasons = reasons
        self.errors = errors
        self.headers = dict(headers or {})


def as_problem(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Turn any error into an answer. What was not foreseen is logged with its request id and not shown."""
    known = _known(request, error)
    headers = known.headers
    if known.code in ("internal_error", "lineage_broken", "store_unavailable"):
        LOG.error("request %s failed", request_ids.of(request.scope), exc_info=error)
    status, title = PROBLEMS[known.code]
    if isinstance(error, HTTPException):
        status, headers = error.status_code, _ordered(error.headers or {})
    problem = Problem(
        type=f"urn:saldo:problem:{known.code}",
        title=title,
        status=status,
        detail=known.message,
        code=known.code,
        hint=known.hint,
        instance=request.scope["path"],
        request_id=request_ids.of(request.scope),
        reasons=list(known.reasons),
        errors=list(known.errors),
    )
    return Response(problem, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def _ordered(headers: Mapping[str, str]) -> dict[str, str]:
    """The header Allow in one order: Litestar lists a set, whose order changes with every process."""
    return {
        name: ", ".join(sorted(value.split(", "))) if name.lower() == "allow" else value
        for name, value in headers.items()
    }


def _known(request: Request[Any, Any, Any], error: Exception) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _refusal(request, error)
    if isinstance(error, UnicodeDecodeError | RecursionError) and request.scope["method"] in WITH_BODY:
        return ProblemError(
            "bad_request",
            "The body is not JSON in UTF-8, or is nested too deep.",
            hint="Send what /openapi.json describes, encoded in UTF-8.",
            errors=(FieldError(detail="not readable", pointer="#"),),
        )
    if isinstance(error, LineageError):
        return ProblemError("lineage_broken", f"{error.message}.", hint=f"{error.hint}. {BROKEN}")
    if isinstance(error, InvalidValueError):
        return _invalid(error)
    if isinstance(error, NotPrintableError):
        return ProblemError("not_printable", _sentence(error.message), hint=_sentence(error.hint))
    if isinstance(error, UnreadableFileError):
        return _unreadable(error)
    if isinstance(error, StoreError) or health.is_outage(error):
        return ProblemError("store_unavailable", "The store does not answer for now.", hint=AGAIN)
    return ProblemError("internal_error", "The hub could not answer this request.", hint=AGAIN)


def _invalid(error: InvalidValueError) -> ProblemError:
    """What the store does not take, by the place in the body: its parameters are called as the body's parts."""
    found = FieldError(detail=f"{error.message}. {error.hint}.", pointer=f"#/{error.field}")
    return ProblemError("invalid_value", f"{error.message}.", hint=f"{error.hint}.", errors=(found,))


def _unreadable(error: UnreadableFileError) -> ProblemError:
    """A file that was sent, by row and column as a spreadsheet counts them."""
    place = [f"{name} {value}" for name, value in (("row", error.row), ("column", error.column)) if value]
    where = f" ({', '.join(place)})" if place else ""
    found = FieldError(detail=f"{error.message}{where}", pointer="#")
    message, hint = _sentence(f"{error.message}{where}"), _sentence(error.hint)
    return ProblemError("unreadable_file", message, hint=hint, errors=(found,))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _refusal(request: Request[Any, Any, Any], error: HTTPException) -> ProblemError:
    if error.status_code == 404:
        return ProblemError(
            "not_found",
            "There is nothing at this address.",
            hint="See /openapi.json for the addresses of this API.",
        )
    if error.status_code == 405:
        return ProblemError(
            "method_not_allowed",
            f"{request.scope['method']} is not served at this address.",
            hint="Use a method named in the Allow header.",
        )
    if error.status_code == 413:
        return ProblemError(
            "too_large", "The request is larger than this address takes.", hint="Send less at once."
        )
    return ProblemError(
        "bad_request",
        error.detail,
        hint="Correct the request; see /openapi.json for what is expected.",
        errors=tuple(_field_errors(request, error)),
    )


def _field_errors(request: Request[Any, Any, Any], error: HTTPException) -> Iterator[FieldError]:
    """What Litestar found wrong, part by part."""
    for found in error.extra if isinstance(error.extra, list) else ():
        if not isinstance(found, dict) or "message" not in found:
            continue
        name, source = str(found.get("key", "")), getattr(found.get("source"), "value", found.get("source"))
        if source in ("query", "path", "header", "cookie"):
            yield FieldError(detail=str(found["message"]), parameter=_asked_as(request, name))
        else:
            yield FieldError(detail=str(found["message"]), pointer=_pointer(name))


def _asked_as(request: Request[Any, Any, Any], name: str) -> str:
    """Litestar names the argument of our function; the caller knows the parameter."""
    argument = request.scope["route_handler"].parsed_fn_signature.parameters.get(name)
    given = argument.kwarg_definition if argument is not None else None
    return given.name or name if isinstance(given, QueryParameter) else name


def _pointer(name: str) -> str:
    """`lines[0].quantity` by RFC 6901; what is wrong with the body as a whole Litestar calls `data`."""
    if name in ("", "data"):
        return "#"
    return "#/" + re.sub(r"\[(\d+)\]", r"/\1", name).replace(".", "/")
