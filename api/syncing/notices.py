"""Word from an accounting base that records have changed: POST /v1/sources/{source}/notifications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, Operation, Reference, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import PathParameter, RawBody

from api.syncing import signatures
from api.web import callers, refusals
from api.web.errors import ProblemError
from api.web.hub import Hub
from store import notifications

MAX_BODY = 256 * 1024
MAX_RECORDS = 1_000
ENTITY, ID = r"^\w{1,200}$", r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"

SourceId = Annotated[str, PathParameter(description="The id of the source in this hub's settings.")]


class Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record that changed: `entity` is the hub's word or the source's entity set, `id` its reference."""

    entity: Annotated[str, msgspec.Meta(pattern=ENTITY)]
    id: Annotated[str, msgspec.Meta(pattern=ID)]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """`accepted` is what this message added (0 for one that came before), `pending` what waits for the pull."""

    accepted: int
    pending: int


_ONE: msgspec.json.Decoder[Notice] = msgspec.json.Decoder(Notice)
_MANY = msgspec.json.Decoder(Annotated[list[Notice], msgspec.Meta(min_length=1, max_length=MAX_RECORDS)])


@dataclass
class _Documented(Operation):
    """The body is read as it came, because it is signed; what it is, is said here."""

    def __post_init__(self) -> None:
        text = OpenAPIType.STRING
        fields = {"entity": Schema(type=text, pattern=ENTITY), "id": Schema(type=text, pattern=ID)}
        properties: dict[str, Reference | Schema] = {**fields}
        one = Schema(type=OpenAPIType.OBJECT, properties=properties, required=[*fields])
        many = Schema(type=OpenAPIType.ARRAY, items=one, min_items=1, max_items=MAX_RECORDS)
        content = {"application/json": OpenAPIMediaType(schema=Schema(one_of=[one, many]))}
        self.request_body = RequestBody(content=content, required=True)


@post(
    "/v1/sources/{source:str}/notifications",
    sync_to_thread=True,
    status_code=202,
    request_max_body_size=MAX_BODY,
    operation_class=_Documented,
    summary="Tell that records have changed",
    operation_id="notifySource",
    tags=["notifications"],
    security=callers.OPEN,
    responses=refusals.of(
        "bad_request",
        "invalid_signature",
        "notifications_off",
        "source_not_found",
        "too_large",
        "malformed_notification",
        always=refusals.OPEN,
    ),
)
def notify(
    source: SourceId, request: Request[Any, Any, Any], body: RawBody, hub: NamedDependency[Hub]
) -> Taken:
    """Takes one `{"entity": ..., "id": ...}` or a list, signed by the headers webhook-id, webhook-timestamp and
    webhook-signature (Standard Webhooks). The same webhook-id twice is taken once: repeat after a lost answer."""
    secret = hub.source(source).notify_secret
    if secret is None:
        raise ProblemError(
            "notifications_off",
            "This source takes no notifications.",
            hint="Its operator sets notify_secret_env: docs/notifications.md.",
        )
    message_id = signatures.verify(request.headers, body, secret, hub.clock())
    named = [(notice.entity, notice.id.lower()) for notice in _notices(body)]
    with hub.store.transaction() as tx:
        accepted = notifications.add(tx, source, message_id, named)
        return Taken(accepted=accepted, pending=notifications.count(tx, source))


def _notices(body: bytes) -> list[Notice]:
    try:
        return _MANY.decode(body) if body.lstrip()[:1] == b"[" else [_ONE.decode(body)]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ProblemError(
            "malformed_notification",
            f"The message is not of the agreed form: {error}.",
            hint='Send {"entity": "<entity set>", "id": "<reference>"} or a list of at most 1000 of these.',
        ) from error
