"""What was sent, as the store keeps it, with everything that is wrong with it."""

from __future__ import annotations

import re

from stdnum.ru import inn
from stdnum.ua import edrpou, rntrc

from api.orders.figures import Reading
from api.party_requests.wanted import NewParty, NewPoint
from api.web.callers import Caller
from api.web.errors import FieldError, ProblemError
from schemas.parties import Contact, NewCounterparty, NewDeliveryPoint
from schemas.records.counterparty import Counterparty
from store import party_matches
from store.engine import Tx

KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
MAIL = re.compile(r"[^@\s]+@[^@\s]+")
LONGEST_MAIL = 100
OF_COMPANY, OF_PERSON = 10, 12  # digits of an ИНН


def counterparty(tx: Tx, caller: Caller, source: str, data: NewParty) -> NewCounterparty:
    """Errors: ProblemError invalid_value with all that is wrong."""
    reading = Reading(source)
    _reference(reading, data.reference)
    head = reading.key(data.head_id, "head_id")
    if data.head_id is None and caller.tenancy.counterparties is not None:
        reading.wrong("head_id", "A key of a company makes entities of this company: say of which one.")
    elif head is not None and (
        not caller.tenancy.admits(source, head) or not party_matches.stands(tx, source, head)
    ):
        reading.wrong("head_id", "There is no counterparty with this id. Send an id as an answer gave it.")
    _numbers(reading, data)
    made = NewCounterparty(
        reference=data.reference,
        name=_filled(reading, data.name, "name"),
        legal_name=_filled(reading, data.legal_name, "legal_name"),
        kind=data.kind,
        tax_id=data.tax_id,
        tax_reason_code=data.tax_reason_code,
        registry_code=data.registry_code,
        registration_number=reading.text(data.registration_number, "registration_number"),
        head_id=head,
        contacts=tuple(
            Contact(purpose=one.purpose, text=_filled(reading, one.text, f"contacts/{place}/text"))
            for place, one in enumerate(data.contacts)
        ),
    )
    _mails(reading, made)
    _refuse(reading)
    return made


def delivery_point(source: str, party: Counterparty, data: NewPoint) -> NewDeliveryPoint:
    """Errors: ProblemError invalid_value with all that is wrong."""
    reading = Reading(source)
    _reference(reading, data.reference)
    made = NewDeliveryPoint(
        reference=data.reference,
        counterparty_id=party.id,
        address=_filled(reading, data.address, "address"),
        city=reading.text(data.city, "city"),
        region=reading.text(data.region, "region"),
        comment=reading.text(data.comment, "comment"),
    )
    _refuse(reading)
    return made


def _numbers(reading: Reading, data: NewParty) -> None:
    """Check digits find what was typed wrong; whether the number is registered nobody here can tell."""
    of_person = data.kind in ("sole_proprietor", "person")
    if data.tax_id:
        digits = OF_PERSON if of_person else OF_COMPANY
        if len(data.tax_id) != digits or not inn.is_valid(data.tax_id):
            reading.wrong("tax_id", f"This is no ИНН of {digits} digits: its check digits tell.")
        if data.registry_code and len(data.registry_code) not in (8, 10):
            reading.wrong("registry_code", "An ОКПО has 8 or 10 digits.")
    elif not data.registry_code:
        reading.wrong("tax_id", "Give a tax id, or without one the registry code: by it an entity is known.")
    elif of_person and not rntrc.is_valid(data.registry_code):
        reading.wrong("registry_code", "This is no РНОКПП of 10 digits: its check digit tells.")
    elif not of_person and not edrpou.is_valid(data.registry_code):
        reading.wrong("registry_code", "This is no ЄДРПОУ of 8 digits: its check digit tells.")
    if data.tax_reason_code and (not KPP.fullmatch(data.tax_reason_code) or of_person or not data.tax_id):
        reading.wrong("tax_reason_code", "A КПП has 9 characters, and only a company with an ИНН has one.")


def _mails(reading: Reading, made: NewCounterparty) -> None:
    for place, one in enumerate(made.contacts):
        if one.purpose == "email" and (len(one.text) > LONGEST_MAIL or not MAIL.fullmatch(one.text)):
            reading.wrong(f"contacts/{place}/text", f"This is no e-mail of at most {LONGEST_MAIL} letters.")


def _filled(reading: Reading, given: str, place: str) -> str:
    text = reading.text(given, place)
    if not text:
        reading.wrong(place, "Nothing is left of it without the blanks around.")
    return text


def _reference(reading: Reading, given: str) -> None:
    if not given.isprintable() or given != given.strip():
        reading.wrong("reference", "Use printable characters, and no blanks before or after.")


def _refuse(reading: Reading) -> None:
    if reading.found:
        raise ProblemError(
            "invalid_value",
            "A request like this cannot be taken.",
            hint="Correct what `errors` points to.",
            errors=tuple(FieldError(detail=one.detail, pointer=f"#/{one.place}") for one in reading.found),
        )
