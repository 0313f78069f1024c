"""Writes: done once however often they are asked for, and written down with who asked (Idempotency-Key)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, cast

from litestar import MediaType, Request, Response
from litestar.di import NamedDependency
from litestar.params import HeaderParameter
from litestar.serialization import encode_json

from api.web import callers, request_ids
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.hub import Hub
from store import audit, repeats
from store.engine import Tx
from store.repeats import Kept

T = TypeVar("T")
HEADER, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
CODES = ("idempotency_key_missing", "idempotency_key_in_use", "idempotency_key_reused")  # for `refusals.of`
MAX_BODY = 64 * 1024  # of a request that sets something; see `request_max_body_size` of handlers
_FORM = re.compile(r"[\x20-\x7e]{1,255}")

_TEXT = {"type": "string", "oneOf": None, "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name=HEADER,
        required=True,
        description="Your own name for this one attempt, such as a new UUID: 1 to 255 printable ASCII characters."
        " The same again within 24 hours, with the same address and body, does nothing more and gives the"
        " same answer. Keep it until you have an answer.",
        schema_extra=_TEXT,
    ),
]


@dataclass(frozen=True, slots=True)
class Repeat:
    """One POST under the key its client gave it: a dependency of every handler that takes POST."""

    hub: Hub
    caller: Caller
    request_id: str
    key: str
    digest: str

    def once(
        self,
        operation: str,
        work: Callable[[Tx], T],
        *,
        status: int = 201,
        source: str | None = None,
        counterparty_id: str | None = None,
        subject: str | Callable[[T], str] | None = None,
        details: Mapping[str, object] | None = None,
        headers: Callable[[T], Mapping[str, str]] | None = None,
    ) -> Response[T]:
        """Do `work` in one transaction with its audit row and its kept answer; the second time give that answer.

        What `work` refuses is undone and not kept: the same key may be tried again. `subject`, where the work
        gives it its name, and `headers` are made from the answer; `details` is what was set, without secrets.
        Errors: ProblemError idempotency_key_in_use, idempotency_key_reused, and those of `work`.
        """
        number = self.caller.key.number
        with self.hub.store.transaction() as tx:
            if not repeats.claim(tx, number, self.key):
                raise _in_use()
            kept = repeats.find(tx, number, self.key)
            if kept is not None:
                return self._again(kept)
            answer = work(tx)
            kept = Kept(self.digest, status, headers(answer) if headers else {}, encode_json(answer))
            audit.add(
                tx,
                operation=operation,
                request_id=self.request_id,
                key_number=number,
                source=source,
                counterparty_id=counterparty_id,
                subject=subject(answer) if callable(subject) else subject,
                details=details,
            )
            repeats.keep(tx, number, self.key, kept)
        return _response(kept)

    def _again(self, kept: Kept) -> Response[Any]:
        if kept.digest != self.digest:
            raise ProblemError(
                "idempotency_key_reused",
                "This Idempotency-Key came before with another address or body.",
                hint="Make a new key for every new request; use one again only to repeat the very same request.",
            )
        return _response(kept, {REPLAYED: "true"})


def audited(
    request: Request[Any, Any, Any],
    hub: Hub,
    work: Callable[[Tx], T],
    *,
    operation: str,
    source: str | None = None,
    counterparty_id: str | None = None,
    subject: str | None = None,
    details: Mapping[str, object] | None = None,
) -> T:
    """Do `work` in one transaction with its audit row: for PUT and DELETE, which do no more a second time."""
    with hub.store.transaction() as tx:
        answer = work(tx)
        audit.add(
            tx,
            operation=operation,
            request_id=request_ids.of(request.scope),
            key_number=callers.of(request).key.number,
            source=source,
            counterparty_id=counterparty_id,
            subject=subject,
            details=details,
        )
    return answer


async def provide(
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    idempotency_key: IdempotencyKey = None,
) -> Repeat:
    """The dependency `repeat`. Errors: ProblemError idempotency_key_missing."""
    if idempotency_key is None or not _FORM.fullmatch(idempotency_key):
        raise ProblemError(
            "idempotency_key_missing",
            f"The header {HEADER} is missing, or not 1 to 255 printable ASCII characters.",
            hint="Send a new UUID in it with every new request, and the same one when you repeat that request.",
        )
    digest = hashlib.sha256(_named(request))
    digest.update(await request.body())
    return Repeat(hub, caller, request_ids.of(request.scope), idempotency_key, digest.hexdigest())


def _named(request: Request[Any, Any, Any]) -> bytes:
    scope = request.scope
    return b"%s %s?%s\n" % (scope["method"].encode(), scope["path"].encode(), scope["query_string"])


def _response(kept: Kept, more: Mapping[str, str] | None = None) -> Response[Any]:
    """The bytes as they are kept: Litestar sends bytes as they come."""
    headers = {**kept.headers, **(more or {})}
    answer = Response(kept.body, status_code=kept.status, media_type=MediaType.JSON, headers=headers)
    return cast("Response[Any]", answer)


def _in_use() -> ProblemError:
    return ProblemError(
        "idempotency_key_in_use",
        "A request with this Idempotency-Key is being worked on right now.",
        hint="Repeat it after as many seconds as Retry-After says: then its answer is there.",
        headers={"Retry-After": "1"},
    )
