"""The contract as a base publishes it: `schemas/soap/SaldoExchange.wsdl`, read as data.

Messages are held against its schema as strictly as 1C's own XDTO does it: an element that is nillable must still
be there.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

FILE = Path(__file__).parents[2] / "schemas/soap/SaldoExchange.wsdl"
PLACEHOLDER = "http://1c.example.local/ut11/ws/saldo.1cws"
SERVICE, ALIAS = "SaldoExchange", "saldo.1cws"
NAMESPACE = "urn:saldo-hub:exchange:1"
PACKAGE = "urn:saldo-hub:statements:1"
CORE = "http://v8.1c.ru/8.1/data/core"
_XS = "{http://www.w3.org/2001/XMLSchema}"


def wsdl(base_name: str) -> str:
    """As 1C gives it out: with the address the server knows itself by, which others may not reach."""
    text = FILE.read_text(encoding="utf-8")
    return text.replace(PLACEHOLDER, f"http://srv-1c/{base_name}/ws/{ALIAS}")


def complaint(message: Any) -> str:
    """What is wrong with the content of a Body by the schema; "" where nothing is."""
    schema = _schema()
    if schema.validate(message):
        return ""
    return str(schema.error_log.last_error.message)


class _Inline(etree.Resolver):  # type: ignore[misc]
    """Finds the schemas of one WSDL by their namespaces: it imports them without saying where they are."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        self._texts = texts

    def resolve(self, url: str, _public: str, context: Any) -> Any:
        return self.resolve_string(self._texts[url], context) if url in self._texts else None


@cache
def _schema() -> Any:
    schemas = {one.get("targetNamespace"): one for one in etree.parse(FILE).iter(f"{_XS}schema")}
    for schema in schemas.values():
        for imported in schema.iterfind(f"{_XS}import"):
            imported.set("schemaLocation", f"schema:{imported.get('namespace')}")
    texts = {f"schema:{namespace}": etree.tostring(schema) for namespace, schema in schemas.items()}
    parser = etree.XMLParser()
    parser.resolvers.add(_Inline(texts))
    return etree.XMLSchema(etree.fromstring(texts[f"schema:{NAMESPACE}"], parser))
