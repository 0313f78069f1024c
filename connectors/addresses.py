"""Request targets that 1C and the web servers before it understand.

1C does not decode `+` as a space, so nothing here goes through a form encoder. IIS refuses a path segment
over 260 letters, and cannot carry `?`, `+` or a backslash in a path even when they are percent-encoded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urljoin, urlsplit

from schemas.errors import SourceContractError

Query = Sequence[tuple[str, str]]

RAW_IN_PATH = "$'(),="
RAW_IN_QUERY = "$'(),/:*"
LONGEST_SEGMENT = 250
NOT_IN_PATH = frozenset('?+\\"<>*%&#') | {chr(code) for code in range(32)}


def path_text(path: str) -> str:
    return "/".join(quote(segment, safe=RAW_IN_PATH) for segment in path.split("/"))


def query_text(query: Query) -> str:
    return "&".join(f"{quote(name, safe='$')}={quote(value, safe=RAW_IN_QUERY)}" for name, value in query)


def target(path: str, query: Query = ()) -> str:
    """The part of the address after the base: percent-encoded UTF-8, spaces as %20."""
    encoded = path_text(path)
    return f"{encoded}?{query_text(query)}" if query else encoded


def absolute(base_url: str, target: str) -> str:
    """The whole address; a target may be empty or a query alone, where the base is the service itself."""
    return base_url.rstrip("/") + ("" if not target or target.startswith("?") else "/") + target


def function_call(
    entity_set: str, function: str, arguments: Mapping[str, str], query: Query
) -> tuple[str, list[tuple[str, str]]]:
    """Path and query of a bound function; `arguments` are literals already.

    Arguments go into the path as documented; as query options where a path cannot carry them.
    """
    inside = ",".join(f"{name}={literal}" for name, literal in arguments.items())
    if len(function) + len(inside) + 2 > LONGEST_SEGMENT or NOT_IN_PATH & set(inside) or "/" in inside:
        return f"{entity_set}/{function}", [*arguments.items(), *query]
    return f"{entity_set}/{function}({inside})", list(query)


def following(base_url: str, here: str, link: str) -> str:
    """The target of a server's own next-page link, relative to the base.

    Errors: SourceContractError where the link leaves the base: credentials never go to another address.
    """
    base = base_url.rstrip("/") + "/"
    absolute = urljoin(urljoin(base, here), link)
    if urlsplit(absolute)[:2] != urlsplit(base)[:2] or not absolute.startswith(base):
        raise SourceContractError(
            "the next-page link points outside the service",
            hint="set base_url to the address that the service itself uses in its links",
            request=here,
        )
    return absolute[len(base) :]
