from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import etree

from connectors import forbidden


def body(*rows: dict[str, Any], ascii_only: bool = False) -> bytes:
    return b"\xef\xbb\xbf" + json.dumps({"value": rows}, ensure_ascii=ascii_only).encode()


def test_the_record_the_field_and_the_character_are_named() -> None:
    found = forbidden.find(
        body(
            {"Ref_Key": "1", "Комментарий": "чисто\tи\r\nровно"},
            {"Ref_Key": "2", "Комментарий": "до\x02после"},
            {"Ref_Key": "3", "Товары": [{"Содержание": "а"}, {"Содержание": "\x0b\x01"}]},
        ),
        "Ref_Key",
    )
    assert [(one.place, one.record_id, one.path, one.name) for one in found] == [
        (1, "2", "Комментарий", "U+0002"),
        (2, "3", "Товары/Содержание", "U+000B"),
    ]


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize(
    "code", [*range(1, 0x21), 0x7F, 0x85, 0xD7FF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x1F600]
)
def test_exactly_what_xml_cannot_carry_is_found(code: int, ascii_only: bool) -> None:
    text = f"а{chr(code)}б"
    try:
        etree.fromstring(f"<a>{text}</a>".encode())
        fits = True
    except etree.XMLSyntaxError:
        fits = chr(code) in "<&"
    found = forbidden.find(body({"Ref_Key": "1", "A": text}, ascii_only=ascii_only), "Ref_Key")
    assert [one.character for one in found] == ([] if fits else [chr(code)])
