"""Who asks: the key that came with a request, what it may do, and whose rows it may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from anyio.to_thread import run_sync
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.types import Message, Scope

from api.web.errors import ProblemError
from api.web.rates import Rates
from schemas.api_keys import ApiKey, Permission, Tenancy
from schemas.types import Guid
from store import api_keys, tenancy
from store.engine import Store

SCHEME = "key"
PROTECTED = "/v1/"  # what lies elsewhere and says nothing of keys is the document and its pages
BY_KEY = "key:"  # begins what is kept of who did something over the API
OPEN: list[dict[str, list[str]]] = [{}]  # `security` of an operation that asks for no key
_KNOWN_FOR = timedelta(seconds=5)  # a revoked key is of use for so long at most
_MOST_KNOWN = 10_000
_STATE = "saldo_caller"


def needs(*permissions: Permission) -> list[dict[str, list[str]]]:
    """The `security` of an operation, any one of these: `admit` holds callers to it, the document tells it."""
    return [{SCHEME: [permission]} for permission in permissions]


@dataclass(frozen=True, slots=True)
class Caller:
    """A valid key with what it sees; every handler reads the store with `tenancy`."""

    key: ApiKey
    tenancy: Tenancy

    @property
    def by(self) -> str:
        """Who it is, as statements and files keep it."""
        return f"{BY_KEY}{self.key.number}"

    def must_see(self, source: str, counterparty_id: Guid) -> None:
        """Refuse as if it did not exist: whether another company is known here is nobody's business."""
        if not self.tenancy.admits(source, counterparty_id):
            raise counterparty_not_found()

    def must_see_money(self, source: str, counterparty_id: Guid) -> None:
        """The same for balances, which keys of one person of a company do not open."""
        self.must_see(source, counterparty_id)
        if self.tenancy.contact_id is not None:
            raise ProblemError(
                "reach_too_narrow",
                "This key shows what one person placed; balances are of the whole counterparty.",
                hint="Use a key whose reach is branch, subtree or company.",
            )

    def must_have(self, *permissions: Permission) -> None:
        """Refuse a key that has none of these."""
        if not set(permissions) & set(self.key.permissions):
            raise ProblemError(
                "permission_missing",
                f"This key lacks the permission {' or '.join(permissions)}.",
                hint="Ask the operator of the hub for a key that has it (`saldo keys create`).",
            )


@dataclass(slots=True)
class Callers:
    """Finds the caller of a request. What was found is remembered for some seconds, nothing else is."""

    store: Store
    clock: Callable[[], datetime]
    rates: Rates
    _known: dict[bytes, tuple[Caller, datetime]] = field(default_factory=dict)

    async def identify(self, authorization: bytes, *permissions: Permission) -> Caller:
        """Give the caller whose key came as `Bearer <key>`, if it has one of the permissions and may ask now.

        Errors: ProblemError unauthenticated, permission_missing, rate_limited.
        """
        now = self.clock()
        caller = self.remembered(authorization, now)
        if caller is None:
            caller = await run_sync(self._find, authorization, now)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[authorization] = (caller, now + _KNOWN_FOR)
        self.rates.take(caller.key, now)
        caller.must_have(*permissions)
        return caller

    def remembered(self, authorization: bytes, now: datetime) -> Caller | None:
        caller, until = self._known.get(authorization, (None, now))
        return caller if now < until and caller is not None and caller.key.is_valid(now) else None

    def quota(self, authorization: bytes) -> Mapping[bytes, bytes]:
        """What heads of answers say of a known key; nothing of any other."""
        if authorization not in self._known:
            return {}
        now = self.clock()
        caller = self.remembered(authorization, now)
        return self.rates.quota(caller.key, now).headers if caller else {}

    def _find(self, authorization: bytes, now: datetime) -> Caller:
        scheme, _, text = authorization.decode("latin-1").partition(" ")
        with self.store.reading() as tx:
            key = api_keys.find(tx, text.strip()) if scheme.lower() == "bearer" else None
            if key is None or not key.is_valid(now):
                raise _unknown(key)
            return Caller(key, tenancy.of_key(tx, key))


async def tell_quota(message: Message, scope: Scope) -> None:
    """Add to the head of every answer to a known key how many requests it has left."""
    if message["type"] != "http.response.start" or not scope["path"].startswith(PROTECTED):
        return
    authorization = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    callers: Callers = scope["litestar_app"].state.callers
    message["headers"] = [*message["headers"], *callers.quota(authorization).items()]


async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of every operation: its `security` names the permission; the document's own pages need none."""
    required = _required(handler, connection.scope["path"])
    if required is None:
        return
    callers: Callers = connection.app.state.callers
    authorization = connection.headers.get("authorization", "").encode("latin-1")
    connection.state[_STATE] = await callers.identify(authorization, *required)


def of(request: Request[Any, Any, Any]) -> Caller:
    """The caller that `admit` let in: a dependency of handlers."""
    caller: Caller = request.state[_STATE]
    return caller


def _required(handler: BaseRouteHandler, path: str) -> tuple[Permission, ...] | None:
    security: Sequence[Any] | None = getattr(handler, "security", None)
    if security == OPEN or (security is None and not path.startswith(PROTECTED)):
        return None
    if not security:
        raise RuntimeError(f"{handler} does not say which permission it needs")
    return tuple(one[SCHEME][0] for one in security)


def counterparty_not_found() -> ProblemError:
    return ProblemError(
        "counterparty_not_found",
        "The store has no counterparty with this id.",
        hint="Check the id; if the counterparty is new, it appears after the next sync of its source.",
    )


def _unknown(key: ApiKey | None) -> ProblemError:
    what = "There is no valid key in the header Authorization."
    if key is not None:
        what = f"The key {key.number} was revoked or has expired."
    return ProblemError(
        "unauthenticated",
        what,
        hint="Send `Authorization: Bearer <key>`; the operator of the hub makes keys with `saldo keys create`.",
        headers={"WWW-Authenticate": "Bearer"},
    )
