"""Dates as v2 services write them in JSON, made plain."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

TICKS = re.compile(rb'"\\?/Date\((-?\d{1,15})([+-]\d{1,4})?\)\\?/"')
EPOCH = datetime(1970, 1, 1)


def plain_dates(body: bytes) -> bytes:
    """Turn every `"/Date(milliseconds)/"` of a JSON text into `"YYYY-MM-DDTHH:MM:SS[.mmm][Z]"`.

    Milliseconds with an offset in minutes are an instant and get a Z; without one, a clock without zone.
    """
    return TICKS.sub(_plain, body)


def _plain(found: re.Match[bytes]) -> bytes:
    try:
        moment = EPOCH + timedelta(milliseconds=int(found[1]))
    except OverflowError:
        return found[0]
    text = moment.isoformat(timespec="milliseconds").removesuffix(".000")
    return f'"{text}{"Z" if found[2] else ""}"'.encode()
