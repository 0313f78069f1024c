"""Atom, the default: feeds and entries in the form of a real server's bytes.

Lines end in CRLF, except inside `m:properties`, where they end in LF; there is no XML declaration.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from simulator.addresses import canonical
from simulator.codec import plain_text
from simulator.edm import NAMESPACE, EntityType, Property
from simulator.errors import METADATA_NS, ServerException
from simulator.filter_terms import Lookup
from simulator.presentation import Presenter
from simulator.render_json import pointed, points
from simulator.selection import PRESENTATION, Selection

_ATOM = "http://www.w3.org/2005/Atom"
_DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NAMESPACES = f'xmlns:d="{_DATA}" xmlns:m="{METADATA_NS}"'


@dataclass(frozen=True, slots=True)
class AtomRenderer:
    root: str
    updated: str  # the server's wall clock
    lookup: Lookup
    presenter: Presenter

    def _opening(self, tag: str) -> str:
        lines = (
            f'<{tag} xmlns="{_ATOM}"',
            'xmlns:at="http://purl.org/atompub/tombstones/1.0"',
            f'xmlns:d="{_DATA}"',
            f'xmlns:m="{METADATA_NS}"',
            f'xml:base="{self.root}/">',
        )
        return "\r\n\t\t".join(lines) + "\r\n"

    def feed(
        self, selection: Selection, rows: Iterable[Mapping[str, Any]], count: int | None
    ) -> Iterator[str]:
        return self.package((self.entry(selection, row) for row in rows), count)

    def package(self, entries: Iterable[str], count: int | None = None) -> Iterator[str]:
        """A feed of finished entries, be they of one set or of several."""
        yield self._opening("feed")
        yield from entries
        if count is not None:
            yield f"\t<m:count>{count}</m:count>\r\n"
        yield "</feed>"

    def entry(self, selection: Selection, row: Mapping[str, Any]) -> str:
        return f"\t<entry>\r\n{self._inside(selection, row, 2)}\t</entry>\r\n"

    def tombstone(self, type_: EntityType, key: Mapping[str, Any]) -> str:
        """A deleted object as RFC 6721 tells it."""
        address = quoteattr(f"{self.root}/{canonical(type_, key)}")
        return f'\t<at:deleted-entry ref={address}\r\n\t\t\twhen="{self.updated}"/>\r\n'

    def element(self, selection: Selection, row: Mapping[str, Any]) -> str:
        return f"{self._opening('entry')}{self._inside(selection, row, 1)}</entry>"

    def value(self, one: Property, value: Any) -> str:
        """One property of an entity, on its own."""
        line = _scalar(one.name, value, "").rstrip("\n")
        return line.replace(f"<d:{one.name}", f"<d:{one.name} {_NAMESPACES}", 1)

    def rows(
        self, function: str, selection: Selection, rows: Iterable[Mapping[str, Any]], count: int | None
    ) -> Iterator[str]:
        """A virtual table: a collection of rows that are no entities."""
        name = f"{NAMESPACE}.{selection.type.name}"
        yield f'<d:{function} {_NAMESPACES} m:type="Collection({name})">\n'
        for row in rows:
            lines = self._lines(selection, row, "\t\t")
            yield f'\t<d:element m:type="{name}">\n' + "".join(lines) + "\t</d:element>\n"
        if count is not None:
            yield f"\t<m:count>{count}</m:count>\n"
        yield f"</d:{function}>"

    def _inside(self, selection: Selection, row: Mapping[str, Any], depth: int) -> str:
        address = canonical(selection.type, row)
        tabs = "\t" * depth
        lines = [
            f"<id>{escape(f'{self.root}/{address}')}</id>",
            f'<category term="{NAMESPACE}.{selection.type.name}"\r\n{tabs}\t\tscheme="{_DATA}/scheme"/>',
            '<title type="text"/>',
            f"<updated>{self.updated}</updated>",
            "<author/>",
            "<summary/>",
            *self._links(selection, row, address, depth),
            f'<link rel="edit"\r\n{tabs}\t\thref={quoteattr(address)}\r\n{tabs}\t\ttitle="edit-link"/>',
            self._content(selection, row, tabs),
        ]
        return "".join(f"{tabs}{line}\r\n" for line in lines)

    def _links(self, selection: Selection, row: Mapping[str, Any], address: str, depth: int) -> Iterator[str]:
        indent = "\r\n" + "\t" * (depth + 2)
        for name, one in selection.type.by_navigation.items():
            if not points(one, row) or not (name in selection.links or name in selection.expanded):
                continue
            words = (
                f'<link rel="{_DATA}/related/{name}"',
                f"href={quoteattr(f'{address}/{name}')}",
                'type="application/atom+xml;type=entry;charset=utf-8"',
                f'title="{name}"',
            )
            inline = self._inline(selection, name, one, row, depth)
            yield indent.join(words) + (f">\r\n{inline}</link>" if inline else "/>")

    def _inline(
        self, selection: Selection, name: str, one: Property, row: Mapping[str, Any], depth: int
    ) -> str:
        expansion = selection.expanded.get(name)
        inner = pointed(one, expansion.targets, row) if expansion else None
        found = self.lookup(inner.type, row[one.name]) if inner else None
        if inner is None or found is None:
            return ""
        tabs = "\t" * depth
        entry = self._inside(inner, found, depth + 3)
        inside = f"{tabs}\t\t<entry>\r\n{entry}{tabs}\t\t</entry>\r\n"
        return f"{tabs}\t<m:inline>\r\n{inside}{tabs}\t</m:inline>\r\n{tabs}"

    def _content(self, selection: Selection, row: Mapping[str, Any], tabs: str) -> str:
        lines = self._lines(selection, row, "\t")
        random.shuffle(lines)
        properties = f"<m:properties {_NAMESPACES}>\n" + "".join(lines) + "</m:properties>"
        return f'<content type="application/xml">{properties}\r\n{tabs}</content>'

    def _lines(self, selection: Selection, row: Mapping[str, Any], tabs: str) -> list[str]:
        owner = selection.type
        lines = [self._property(one, row[one.name], owner, tabs) for one in selection.properties]
        for one in selection.presentations:
            text = self.presenter.of_property(one, row)
            lines.append(_scalar(f"{one.navigation}{PRESENTATION}", text, tabs))
        if selection.own_presentation:
            lines.append(_scalar("Presentation", self.presenter.of_object(owner, row), tabs))
        if owner.shape == "virtual":
            lines.extend(self._unfolded(selection, row, tabs))
        return lines

    def _unfolded(self, selection: Selection, row: Mapping[str, Any], tabs: str) -> Iterator[str]:
        """An expanded dimension of a virtual table stands among the properties, not in a link."""
        for name, expansion in selection.expanded.items():
            one = selection.type.by_navigation[name]
            inner = pointed(one, expansion.targets, row)
            found = self.lookup(inner.type, row[one.name]) if inner else None
            tag = f"{name}_Expanded" if one.kind == "composite" else name
            if inner is None or found is None:
                yield f"{tabs}<d:{tag}/>\n"
                continue
            inside = "".join(self._lines(inner, found, tabs + "\t"))
            yield f'{tabs}<d:{tag} m:type="{NAMESPACE}.{inner.type.name}">\n{inside}{tabs}</d:{tag}>\n'

    def _property(self, one: Property, value: Any, owner: EntityType, tabs: str) -> str:
        if one.kind != "part":
            return _scalar(one.name, value, tabs)
        type_name = owner.name if one.name == "RecordSet" else f"{owner.name}_{one.name}"
        row_type = f"{NAMESPACE}.{type_name}_RowType"
        if not value:
            return f'{tabs}<d:{one.name} m:type="Collection({row_type})"/>\n'
        shown = [p for p in one.rows if one.name == "RecordSet" or p.source != "Ref_Key"]
        rows = (
            f'{tabs}\t<d:element m:type="{row_type}">\n'
            + "".join(_scalar(p.name, row[p.name], f"{tabs}\t\t") for p in shown)
            + f"{tabs}\t</d:element>\n"
            for row in value
        )
        inside = "".join(rows)
        return f'{tabs}<d:{one.name} m:type="Collection({row_type})">\n{inside}{tabs}</d:{one.name}>\n'


def _scalar(name: str, value: Any, tabs: str) -> str:
    if value is None:
        return f'{tabs}<d:{name} m:null="true"/>\n'
    text = plain_text(value)
    if not text:
        return f"{tabs}<d:{name}/>\n"
    if _FORBIDDEN.search(text):
        raise ServerException(400, "Bad Request", f"Текст XML содержит недопустимый символ: {name}")
    return f"{tabs}<d:{name}>{escape(text)}</d:{name}>\n"


def service_document(root: str, sets: Iterable[str]) -> Iterator[str]:
    yield f'<service xmlns="http://www.w3.org/2007/app" xmlns:atom="{_ATOM}" xml:base="{root}/">\r\n'
    yield "\t<workspace>\r\n\t\t<atom:title>Default</atom:title>\r\n"
    for name in sets:
        title = f"<atom:title>{name}</atom:title>"
        yield f'\t\t<collection href="{name}">\r\n\t\t\t{title}\r\n\t\t</collection>\r\n'
    yield "\t</workspace>\r\n</service>"
