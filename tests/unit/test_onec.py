"""The extension's text: its syntax, and that it speaks of what the contract and the configuration have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_bsl
from lxml import etree
from tree_sitter import Language, Node, Parser

from connectors.soap_faults import REFUSALS, UNSETTLED
from mappings import MAPPINGS
from mappings.books import settlement_books
from simulator.configuration import TRADE

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "onec").rglob("*.bsl"))
TEXTS = {file.parent.name: file.read_text(encoding="utf-8") for file in MODULES}
WSDL = etree.parse(ROOT / "schemas/soap/SaldoExchange.wsdl")
PACKAGE = etree.parse(ROOT / "schemas/soap/SaldoStatements.xdto")
XS, XDTO = "{http://www.w3.org/2001/XMLSchema}", "{http://v8.1c.ru/8.1/xdto}"
PARSER = Parser(Language(tree_sitter_bsl.language()))


def broken(text: str) -> list[str]:
    """The lines of everything the parser could not place."""
    return [
        f"line {node.start_point.row + 1}" for node in nodes(PARSER.parse(text.encode()).root_node, "ERROR")
    ]


def nodes(root: Node, kind: str) -> Iterator[Node]:
    if root.type == kind or (kind == "ERROR" and root.is_missing):
        yield root
    for child in root.children:
        yield from nodes(child, kind)


def functions(text: str) -> dict[str, list[str]]:
    """Names of functions with their parameters."""
    found = {}
    for node in nodes(PARSER.parse(text.encode()).root_node, "function_definition"):
        name, parameters = node.child_by_field_name("name"), node.child_by_field_name("parameters")
        assert name is not None
        assert name.text is not None
        parts = nodes(parameters, "parameter") if parameters else ()
        found[name.text.decode()] = [str(part.text, "utf-8") for part in parts if part.text]
    return found


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.parent.name)
def test_the_syntax_is_right(file: Path) -> None:
    assert broken(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "change",
    [("КонецФункции", ""), ("КонецЦикла;", "КонецЕсли;"), ("Возврат Акт;", "Возврат = Акт;"), ("Тогда", "")],
)
def test_the_parser_would_notice(change: tuple[str, str]) -> None:
    assert broken(TEXTS["СальдоСверка"].replace(*change, 1)) != []


def test_every_operation_of_the_contract_has_its_function_with_its_parameters() -> None:
    wrappers = {one.get("name"): one for one in WSDL.iterfind(f".//{XS}schema/{XS}element")}
    expected = {}
    for name, wrapper in wrappers.items():
        if not name.endswith("Response"):
            out = [part.get("name") for part in wrappers[f"{name}Response"].iter(f"{XS}element")][2:]
            expected[name] = [part.get("name") for part in wrapper.iter(f"{XS}element")][1:] + out
    assert functions(TEXTS["SaldoExchange"]) == expected


def test_every_object_is_filled_with_all_its_properties_and_no_others() -> None:
    text = TEXTS["СальдоСверка"]
    types = {
        kind.get("name"): {part.get("name") for part in kind.iterfind(f"{XDTO}property")}
        for kind in PACKAGE.iterfind(f".//{XDTO}objectType")
    }
    variables = re.findall(r'(\w+) = НовыйОбъект\("(\w+)"\)', text)
    assert {kind for _, kind in variables} == types.keys() - {"StatementRequest"}
    account = set(re.findall(r"Объект\.([A-Z]\w+) =", text))
    for variable, kind in variables:
        filled = set(re.findall(rf"\b{variable}\.([A-Z][A-Za-z]+)(?: =|\.Добавить)", text))
        filled |= account if f"ЗаполнитьСчет({variable}," in text else set()
        assert filled == types[kind], kind
    asked = set(re.findall(r"Request\.([A-Z]\w+)", text))
    assert asked == types["StatementRequest"]


def test_every_code_of_a_refusal_is_known_to_the_hub_and_explained() -> None:
    written = set(re.findall(r'Отказать\("(\w+)"', "".join(TEXTS.values())))
    written |= set(re.findall(r'"(unknown_\w+)"', TEXTS["СальдоСсылки"]))
    assert written == {*REFUSALS, UNSETTLED}
    readme = (ROOT / "onec/README.md").read_text(encoding="utf-8")
    assert {code for code in written if f"`{code}`" not in readme} == set()


def test_the_query_reads_the_register_that_the_hub_reads_over_odata() -> None:
    text, books = TEXTS["СальдоСверка"], settlement_books(MAPPINGS["ut11"])
    known = {one.name for one in (*TRADE.catalogs, *TRADE.accumulation_registers)}
    named = set(re.findall(r"(?:Справочник|РегистрНакопления)\.(\w+)", text))
    assert named == {books.register.partition("_")[2], books.keys.partition("_")[2]}
    assert named <= known
    for column in (books.settlement_key, books.currency, books.amount, books.contract, books.contract_kind):
        assert column.removesuffix("_Key") in text


def test_the_readme_names_every_file_and_every_operation() -> None:
    readme = (ROOT / "onec/README.md").read_text(encoding="utf-8")
    files = [str(file.relative_to(ROOT / "onec")) for file in MODULES]
    assert [name for name in (*files, *functions(TEXTS["SaldoExchange"])) if f"`{name}`" not in readme] == []
