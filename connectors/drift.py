"""Where a base no longer has what the mappings need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from connectors.metadata import Metadata
from schemas.source import Finding

Needs = Mapping[str, Mapping[str, str]]


def drift(metadata: Metadata, needs: Needs) -> list[Finding]:
    """Compare `needs` (set -> field or `Part/Field` -> "entity.site_field") with what is published."""
    return [finding for name, fields in needs.items() for finding in _of_set(metadata, name, fields)]


def _of_set(metadata: Metadata, name: str, needed: Mapping[str, str]) -> Iterator[Finding]:
    published = metadata.fields(name)
    if not published:
        users = ", ".join(sorted({user.partition(".")[0] for user in needed.values()}))
        yield Finding(
            name, False, f"`{name}` is not published; mapping `{users}` needs it",
            f"include it in the composition of the standard OData interface{_near(name, metadata.sets)}",
        )  # fmt: skip
        return
    for path, user in needed.items():
        part, _, field = path.rpartition("/")
        fields = metadata.part(published, part) if part else published
        if part and not fields:
            yield _gone(name, part, user, published)
        elif field not in fields:
            yield _gone(name, path, user, fields)


def _gone(name: str, path: str, user: str, there: Iterable[str]) -> Finding:
    return Finding(
        f"{name}.{path}", False, f"`{name}.{path}` is gone from the base; mapping `{user}` needs it",
        f"name its replacement in `fields` of the source's settings{_near(path.rpartition('/')[2], there)}",
    )  # fmt: skip


def _near(name: str, there: Iterable[str]) -> str:
    close = get_close_matches(name, list(there), n=3, cutoff=0.6)
    return f"; near names: {', '.join(close)}" if close else ""
