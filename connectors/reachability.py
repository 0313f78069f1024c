"""Whether anything listens at an address: name, port, certificate."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

import certifi

from schemas.source import Finding


def check(base_url: str, timeout_s: float) -> list[Finding]:
    """One finding; not ok names the first step that failed, for nothing can be said of the later ones."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        hint = "write it as https://host/base/odata/standard.odata"
        return [Finding("address", False, "base_url is no web address", hint)]
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((host, port), timeout_s) as connection:
            if parts.scheme == "https":
                trusted = ssl.create_default_context(cafile=certifi.where())
                trusted.wrap_socket(connection, server_hostname=host).close()
    except socket.gaierror:
        return [
            Finding("address", False, f"the name {host} is not known", "check base_url and the name server")
        ]
    except ssl.SSLCertVerificationError as error:
        hint = "install the authority's certificate and name it in REQUESTS_CA_BUNDLE"
        return [Finding("address", False, f"the certificate is not trusted: {error.verify_message}", hint)]
    except OSError as error:
        hint = "check host and port of base_url, the firewall, and whether the web server runs"
        return [Finding("address", False, f"no connection to {host}:{port} ({type(error).__name__})", hint)]
    return [Finding("address", True, f"{host}:{port} answers")]
