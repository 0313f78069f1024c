"""The web service of one base, as everything here opens it."""

from __future__ import annotations

from dataclasses import replace

from assets import manners
from connectors.governor import Governor
from connectors.soap import SoapClient
from schemas.settings import SourceSettings
from store.descriptions import Descriptions
from store.engine import Store

ANSWERS_WITHIN_S = 30  # a statement or a print form; longer it takes only where something is wrong


def opened(store: Store, source: SourceSettings, shared: Governor | None = None) -> SoapClient:
    """A context manager. `shared` counts its requests together with those over OData.

    Its description is kept beside the landing: a statement needs no request but its own.
    """
    gate = manners.kill_switch(store, source)
    return SoapClient(source, shared=shared, gate=gate, wsdl_cache=Descriptions.of(store))


def briefly(source: SourceSettings) -> SourceSettings:
    """The settings for what somebody waits for: asked once, and given up before others have waited long."""
    timeouts = replace(source.timeouts, totals_s=min(source.timeouts.totals_s, ANSWERS_WITHIN_S))
    return replace(source, timeouts=timeouts, limits=replace(source.limits, attempts=1))
