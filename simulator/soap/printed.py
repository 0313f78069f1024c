"""A print form: a small PDF of its own. The same document says the same each time, but for when it was printed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulator.base import Base
from simulator.soap.settled import refuse

FORMS = {
    "Document_СчетНаОплатуКлиенту": ("СчетНаОплату",),
    "Document_РеализацияТоваровУслуг": ("РасходнаяНакладная", "ТОРГ12"),
    "Document_ВозвратТоваровОтКлиента": ("ВозвратнаяНакладная",),
    "Document_СчетФактураВыданный": ("СчетФактура",),
}
Printed = tuple[bytes, str, str]  # bytes, media type, name of the file


def print_form(base: Base, kind: str, ref: str, form: str | None, parameters: Mapping[str, Any]) -> Printed:
    entity_set = kind.replace("Документ.", "Document_", 1)
    document = base.read(entity_set, ref) if entity_set in base.objects else None
    if document is None:
        raise refuse("unknown_document", "Документ не найден", 73)
    known = FORMS.get(entity_set, ())
    if not known or (form is not None and form not in known):
        raise refuse("no_such_form", "Печатная форма не найдена", 81)
    title = f"{form or known[0]} {document['Number'].rstrip()}"
    lines = [f"Document {ref}", f"Amount {document['СуммаДокумента']}", f"Version {document['DataVersion']}"]
    lines += [f"Language {parameters['Язык']}"] if parameters.get("Язык") else []
    return pdf(title, lines), "application/pdf", f"{title}.pdf"


def pdf(title: str, lines: list[str]) -> bytes:
    """One page in Helvetica; the title, which may be Cyrillic, is the document's property."""
    rows = " T* ".join(f"({line}) Tj" for line in lines)
    stream = f"BT /F1 12 Tf 14 TL 72 770 Td {rows} ET".encode("ascii")
    shown = (b"\xfe\xff" + title.encode("utf-16-be")).hex().encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Title <%s> /CreationDate (D:%s) >>" % (shown, f"{datetime.now():%Y%m%d%H%M%S}".encode()),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    printing = uuid.uuid4().hex.encode()
    return out + b"trailer << /Size %d /Root 1 0 R /Info 6 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, printing, printing, start
    )  # fmt: skip
