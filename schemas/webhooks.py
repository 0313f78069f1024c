"""Where events are sent: which addresses may be, when an attempt follows on a failed one, when to stop."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

DisabledBecause = Literal["failing", "gone", "key_invalid", "by_hand"]
DeliveryState = Literal["pending", "delivered", "given_up"]

# After the first failed attempt, the second, and so on (Standard Webhooks' example); then every last of these.
WAITS_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
SPREAD = 0.2  # so much longer at most: receivers that failed together do not come back together
GIVEN_UP_AFTER = timedelta(hours=75)  # about three days: the tenth attempt, where none was hastened
DISABLED_AFTER = timedelta(days=5)
LEAST_REST, MOST_REST = timedelta(seconds=5), timedelta(minutes=5)
OUTAGE = timedelta(minutes=1)  # a receiver that answers after so long may have all that waits at once
OLD_SECRET_SIGNS_FOR = timedelta(hours=24)
LONGEST_ASKED = timedelta(hours=24)  # of Retry-After

MOST_URL = 2_000
PORTS = {"http": 80, "https": 443}
_FORM = "is not an address like https://host/path"
_PLAIN = re.compile(r"[\x21-\x7e]+")
_EMBEDDING = ipaddress.IPv6Network("64:ff9b::/96")  # NAT64: the last 32 bits are an IPv4 address


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect to. `is_own`: the settings name its host, so it may be plain HTTP and in our network."""

    scheme: str
    host: str
    port: int
    target: str
    is_own: bool

    @property
    def authority(self) -> str:
        """What the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt came to: the receiver's status, or the reason why there is none.

    error: timeout | name_unknown | address_refused | not_connected | certificate_not_trusted | no_answer.
    """

    status: int | None
    seconds: float
    error: str | None = None
    asked: timedelta = timedelta(0)

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """The receiver says that nobody is there and nobody will be."""
        return self.status == 410


def address(url: str, own_hosts: tuple[str, ...]) -> Address:
    """Take a webhook's URL apart. Errors: ValueError that tells what is wrong with it."""
    if len(url) > MOST_URL or not _PLAIN.fullmatch(url):
        raise ValueError(f"is not at most {MOST_URL} printable ASCII characters without spaces")
    try:
        parts = urlsplit(url)
        host, given_port = parts.hostname or "", parts.port
    except ValueError as error:  # a port that is none, a bracket without its other half
        raise ValueError(_FORM) from error
    if parts.scheme not in PORTS or not host:
        raise ValueError(_FORM)
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a login: whoever reads the log would have it")
    if parts.fragment:
        raise ValueError("has a part after #, which no server gets")
    port = PORTS[parts.scheme] if given_port is None else given_port
    is_own = host in own_hosts or f"{host}:{port}" in own_hosts
    if parts.scheme == "http" and not is_own:
        raise ValueError("is not https")
    if not is_own and _is_literal(host) and not is_public(host):
        raise ValueError("is in a private network")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, host, port, target, is_own)


def is_public(ip: str) -> bool:
    """Whether an address is one of the open Internet, also where it is an IPv4 address within an IPv6 one."""
    parsed = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if parsed in _EMBEDDING:
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if parsed.teredo is not None:
            return False
        if inner is not None:
            return is_public(str(inner))
    return parsed.is_global and not parsed.is_multicast


def next_attempt(
    failed: int, tried_since: datetime, now: datetime, spread: float, asked: timedelta = timedelta(0)
) -> datetime | None:
    """When to try again after `failed` attempts, the first at `tried_since`; None: it is given up.

    `spread` is a random part of 0 to 1; `asked` is how long the receiver wants to be left alone.
    """
    if now - tried_since >= GIVEN_UP_AFTER:
        return None
    wait = WAITS_S[min(failed, len(WAITS_S)) - 1] * (1 + SPREAD * spread)
    return now + max(timedelta(seconds=wait), min(asked, LONGEST_ASKED))


def rest(failing_since: datetime, now: datetime, asked: timedelta = timedelta(0)) -> datetime:
    """Until when a receiver that failed is left alone altogether: the longer it fails, the longer, to a limit."""
    wait = min(max((now - failing_since) / 2, LEAST_REST), MOST_REST)
    return now + max(wait, min(asked, LONGEST_ASKED))


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
