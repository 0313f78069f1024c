"""The web service of one base, as everything here opens it."""

from __future__ import annotations

from assets import manners
from connectors.governor import Governor
from connectors.soap import SoapClient
from schemas.settings import SourceSettings
from store.descriptions import Descriptions
from store.engine import Store


def opened(store: Store, source: SourceSettings, shared: Governor | None = None) -> SoapClient:
    """A context manager. `shared` counts its requests together with those over OData.

    Its description is kept beside the landing: a statement needs no request but its own.
    """
    gate = manners.kill_switch(store, source)
    return SoapClient(source, shared=shared, gate=gate, wsdl_cache=Descriptions.of(store))
