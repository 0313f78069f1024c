"""`$select` and `$expand`: what of an entity is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from simulator.edm import Edm, EntityType, Property
from simulator.errors import ODataError, segment_not_found

PRESENTATION = "____Presentation"
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Selection:
    """What is shown of one entity type, in the order of its declaration."""

    type: EntityType
    properties: tuple[Property, ...]
    links: frozenset[str]  # navigations shown as links
    whole: bool = True  # nothing was left out
    own_presentation: bool = False
    presentations: tuple[Property, ...] = ()
    expanded: Mapping[str, Expansion] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expansion:
    """One reference replaced by the object it points at; a composite may point at several types."""

    targets: Mapping[str, Selection]  # by entity set


def navigations(edm: Edm, type_: EntityType) -> frozenset[str]:
    if type_.shape in ("record_set", "virtual"):
        return frozenset()
    return frozenset(name for name, one in type_.by_navigation.items() if edm.linked(one))


def select(edm: Edm, type_: EntityType, option: str | None, expand: str | None) -> Selection:
    paths = None if option is None else [p.strip() for p in option.split(",")]
    expansions = [] if expand is None else [p.strip().split("/") for p in expand.split(",")]
    return _select(edm, type_, paths, expansions)


def _select(edm: Edm, type_: EntityType, paths: list[str] | None, expansions: list[list[str]]) -> Selection:
    chosen = _chosen(edm, type_, paths)
    expanded = dict(_expanded(edm, type_, paths, expansions))
    return replace(chosen, expanded=expanded, links=chosen.links - expanded.keys())


def _chosen(edm: Edm, type_: EntityType, paths: list[str] | None) -> Selection:
    links = navigations(edm, type_)
    if paths is None or "*" in paths:
        shown = Selection(type_, type_.properties, links)
    elif "**" in paths:
        plain = tuple(p for p in type_.properties if p.kind != "part")
        shown = Selection(type_, plain, links, whole=len(plain) == len(type_.properties))
    else:
        shown = Selection(type_, (), frozenset(), whole=False)
    extra: dict[str, Property] = {p.name: p for p in shown.properties}
    linked = set(shown.links)
    presentations: dict[str, Property] = {}
    own = False
    for path in paths or ():
        head, _, rest = path.partition("/")
        if path in ("*", "**"):
            continue
        if path == "Presentation":
            own = True
        elif head.endswith(PRESENTATION):
            presentations.update(_presented(type_, head, rest))
        elif (
            head in type_.by_navigation
            and edm.linked(type_.by_navigation[head])
            and (rest or head not in type_.by_name)
        ):
            linked.add(head)
        elif head not in type_.by_name:
            raise segment_not_found(head)
        else:
            extra[head] = _narrowed(type_.by_name[head], rest, extra.get(head))
    properties = tuple(extra[p.name] for p in type_.properties if p.name in extra)
    return replace(
        shown,
        properties=properties,
        links=frozenset(linked) & links,
        own_presentation=own,
        presentations=tuple(presentations.values()),
    )


def _presented(type_: EntityType, head: str, rest: str) -> dict[str, Property]:
    name = head.removesuffix(PRESENTATION)
    able = {p.navigation: p for p in type_.properties if p.kind != "part" and p.kind != "type"}
    if rest or (name != "*" and name not in able):
        raise segment_not_found(head)
    return able if name == "*" else {name: able[name]}


def _narrowed(one: Property, rest: str, before: Property | None) -> Property:
    if not rest or rest == "*":
        return one
    if one.kind != "part":
        raise segment_not_found(rest)
    if rest not in {p.name for p in one.rows}:
        raise segment_not_found(rest)
    wanted = {rest} | ({p.name for p in before.rows} if before else set())
    return replace(one, rows=tuple(p for p in one.rows if p.name in wanted))


def _expanded(
    edm: Edm, type_: EntityType, paths: list[str] | None, expansions: list[list[str]]
) -> Iterable[tuple[str, Expansion]]:
    heads: dict[str, list[list[str]]] = {}
    for segments in expansions:
        if len(segments) > _DEEPEST:
            raise ODataError(14, "Ошибка при разборе опции запроса $expand: слишком большая вложенность")
        if segments == ["*"]:
            heads |= {name: [] for name in _all_references(edm, type_)}
        else:
            heads.setdefault(segments[0], []).append(segments[1:])
    for head, deeper in heads.items():
        one = type_.by_navigation.get(head)
        if one is None:
            raise segment_not_found(head)
        below = _below(head, paths)
        if below == []:
            continue  # named in $expand but not in $select: dropped without a word
        targets = dict(_targets(edm, one, below, [d for d in deeper if d]))
        if not targets:
            raise segment_not_found(head)
        yield head, Expansion(targets)


def _all_references(edm: Edm, type_: EntityType) -> list[str]:
    return [n for n, one in type_.by_navigation.items() if one.kind == "guid" and edm.linked(one)]


def _below(head: str, paths: list[str] | None) -> list[str] | None:
    """What `$select` names below a reference: None for everything, nothing if it is not named."""
    if paths is None or "*" in paths or "**" in paths or head in paths:
        return None
    return [p.removeprefix(f"{head}/") for p in paths if p.startswith(f"{head}/")]


def _targets(
    edm: Edm, one: Property, below: list[str] | None, deeper: list[list[str]]
) -> Iterable[tuple[str, Selection]]:
    for name in one.targets:
        target = edm.published(name)
        if target is None:
            continue
        if one.kind == "composite":
            inner = [d[1:] for d in deeper if d[0] == name and len(d) > 1]
            chosen = None if below is None else [b.removeprefix(f"{name}/") for b in below]
        else:
            inner, chosen = deeper, below
        yield name, _select(edm, target, chosen, inner)
