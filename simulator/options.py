"""The query part of an address. 1C decodes `%20` and leaves `+` alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

from simulator.errors import ODataError

Format = Literal["atom", "json"]
Level = Literal["minimalmetadata", "nometadata", "fullmetadata"]


@dataclass(frozen=True, slots=True)
class Options:
    select: str | None = None
    expand: str | None = None
    filter: str | None = None
    orderby: str | None = None
    top: int | None = None
    skip: int = 0
    count: bool = False  # $inlinecount=allpages
    allowed_only: bool = False
    arguments: Mapping[str, str] = field(default_factory=dict)  # of a function, given as options


def pairs(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for piece in query.split("&"):
        key, _, value = piece.partition("=")
        if key:
            found[unquote(key)] = unquote(value)
    return found


def options(query: Mapping[str, str]) -> Options:
    inline = query.get("$inlinecount", "none")
    if inline not in ("none", "allpages"):
        raise _refused("$inlinecount", inline)
    allowed = query.get("$allowedOnly", query.get("allowedOnly", "false"))
    if allowed not in ("true", "false"):
        raise _refused("allowedOnly", allowed)
    return Options(
        select=query.get("$select") or None,
        expand=query.get("$expand") or None,
        filter=query.get("$filter") or None,
        orderby=query.get("$orderby") or None,
        top=_whole("$top", query["$top"]) if "$top" in query else None,
        skip=_whole("$skip", query.get("$skip", "0")),
        count=inline == "allpages",
        allowed_only=allowed == "true",
        arguments={k: v for k, v in query.items() if not k.startswith("$")},
    )


def _whole(option: str, text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise _refused(option, text)
    return int(text)


def _refused(option: str, value: str) -> ODataError:
    return ODataError(14, f"Ошибка при разборе опции запроса {option}: недопустимое значение {value}")


def representation(query: Mapping[str, str], accept: str) -> tuple[Format, Level]:
    """Atom unless JSON is asked for, by `$format` or by `Accept`."""
    asked = query.get("$format", "")
    if not asked:
        accepted = [a.strip() for a in accept.split(",") if a.strip().startswith("application/json")]
        asked = accepted[0] if accepted else "atom"
    form, *parameters = (p.strip() for p in asked.split(";"))
    if form in ("atom", "application/atom+xml", "application/xml"):
        return "atom", "minimalmetadata"
    if form not in ("json", "application/json"):
        raise ODataError(3, f"Тип представления {asked} не поддерживается!")
    for one in parameters:
        level = one.removeprefix("odata=")
        if level in ("minimalmetadata", "nometadata", "fullmetadata"):
            return "json", level  # type: ignore[return-value]
        if one.startswith("odata="):
            raise ODataError(3, f"Тип представления {asked} не поддерживается!")
    return "json", "minimalmetadata"
