"""Bytes in, bytes out: the only folder that knows the wire and the only layer that retries."""

from connectors.odata import ODataClient

__all__ = ["ODataClient"]
