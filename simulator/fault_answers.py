"""The answers of faults that answer something else than was asked for."""

from __future__ import annotations

from simulator.errors import (
    ErrorBody,
    ODataError,
    ServerException,
    application_error,
    html_page,
    odata_error,
    server_exception,
)
from simulator.faults import Fault
from simulator.soap import envelope
from simulator.soap.envelope import SoapFault, Version


def wrong_answer(fault: Fault, *, as_json: bool, soap: Version) -> ErrorBody | None:
    """None: the fault does something to the true answer."""
    if fault.kind == "html":
        status = 200 if fault.status == 500 else fault.status
        return html_page(status, "Вход", "Введите имя пользователя и пароль")
    if fault.kind == "body":
        return ErrorBody(200 if fault.status == 500 else fault.status, fault.content_type, fault.body)
    if fault.kind == "soap_fault":
        answer = envelope.fault(soap, SoapFault(fault.message))
        return ErrorBody(fault.status, envelope.MEDIA_TYPES[soap], answer)
    if fault.kind != "status":
        return None
    if fault.shape == 4:
        return application_error(fault.status, fault.message)
    if fault.shape == 3:
        return server_exception(ServerException(fault.status, fault.message, as_json=as_json))
    return odata_error(ODataError(fault.code, fault.message, fault.status), as_json=fault.shape == 2)
