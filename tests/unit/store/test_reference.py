from __future__ import annotations

from schemas import TABLES
from store import control, reference
from tests.unit.store.desk import DOCUMENT, SOURCE, Desk, document, month, row

CURRENCY, CONTACT_KIND = TABLES["currency"], TABLES["contact_kind"]


def test_a_currency_nobody_knows_is_left_out(desk: Desk) -> None:
    codes = {"r": "RUB", "y": "JPY", "x": "???"}
    desk.whole(CURRENCY, *(row(CURRENCY, id=key, code=code) for key, code in codes.items()))
    with desk.store.reading() as tx:
        assert reference.currency_codes(tx, SOURCE) == {"r": ("RUB", 2), "y": ("JPY", 0)}
        assert reference.currency_codes(tx, "other") == {}


def test_kinds_of_contact_information_are_known_by_the_configurations_name(desk: Desk) -> None:
    desk.whole(CONTACT_KIND, row(CONTACT_KIND, id="k", code="ТелефонПартнера"), row(CONTACT_KIND, id="own"))
    with desk.store.reading() as tx:
        assert reference.contact_kinds(tx, SOURCE) == {"k": "ТелефонПартнера", "own": ""}


def test_control_totals_count_posted_unmarked_living_documents(desk: Desk) -> None:
    desk.documents(month(3), document("gone", amount=1))
    desk.documents(
        month(3),
        document("a", amount=100),
        document("b", amount=-30),
        document("usd", amount=7, currency="USD"),
        document("draft", amount=1, posted=False),
        document("marked", amount=1, deletion_mark=True),
    )
    with desk.store.reading() as tx:
        assert control.totals(tx, DOCUMENT, SOURCE, "shipping_note") == {"RUB": 70, "USD": 7}
        assert control.totals(tx, DOCUMENT, SOURCE, "invoice") == {}
        assert control.totals(tx, CURRENCY, SOURCE, "currency") == {}
