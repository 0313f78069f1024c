"""Atom feeds, entry by entry, without ever holding more than one of them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree

from connectors.decoded import not_a_page

ATOM = "{http://www.w3.org/2005/Atom}"
FEED, ENTRY = f"{ATOM}feed", f"{ATOM}entry"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


def elements(body: bytes) -> Iterator[Any]:
    """The entries and deleted entries of a feed in its order, or the one entry that is the whole answer.

    Each is thrown away as soon as the next is asked for. An entry inside a link of another is part of that.

    Errors: SourceContractError where the answer is no feed or not whole, after what came before that.
    """
    events = etree.iterparse(
        BytesIO(body), events=("start", "end"), tag=[FEED, ENTRY, DELETED], resolve_entities=False,
        no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    root = None
    try:
        for event, element in events:
            if root is None:
                root = element
                if root.getparent() is not None or root.tag == DELETED:
                    raise not_a_page(body)
            is_alone = element is root and element.tag == ENTRY
            if event == "start" or not (is_alone or element.getparent() is root):
                continue
            yield element
            element.clear()
            while element.getprevious() is not None:
                del root[0]
    except etree.XMLSyntaxError as error:
        raise not_a_page(body, cut=not body.rstrip().endswith(b"</feed>")) from error
    if root is None:
        raise not_a_page(body)


def entity_set_of(entry: Any) -> str:
    """The set that an entry's category names; "" where it has none."""
    category = entry.find(f"{ATOM}category")
    return "" if category is None else str(category.get("term", "")).rpartition(".")[2]
