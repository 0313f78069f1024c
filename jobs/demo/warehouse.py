"""Where the demo's orders are shipped from: an administrator would look it up in the base, and so is it here."""

from __future__ import annotations

import base64
import json
import urllib.request
from urllib.parse import quote

from schemas.errors import StoreError


def first(url: str, user: str, password: str) -> str:
    """The reference of the first warehouse of a base."""
    query = f"$format=json&$top=1&$filter={quote('IsFolder eq false')}&$select=Ref_Key"
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    request = urllib.request.Request(  # noqa: S310
        f"{url}/{quote('Catalog_Склады')}?{query}", headers={"Authorization": f"Basic {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        found = json.load(answer)["value"]
    if not found:
        raise StoreError("the simulated base has no warehouse", hint="Report this.")
    return str(found[0]["Ref_Key"])
