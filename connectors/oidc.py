"""OpenID Connect, as far as signing in needs it: the code flow with PKCE, and an identity token that is proven.

Nothing of an answer is trusted before the token's signature, issuer, audience, nonce and time are. Keys come from
the provider's own document; those that are kept are fetched anew once when a token names another.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from schemas.errors import SourceContractError, SourceRefusedError, SourceUnavailableError
from schemas.identities import Identity
from schemas.settings import OidcSettings

TIMEOUT_S = 10.0
KEPT_S = 3600.0
LEEWAY_S = 60  # by how much the provider's clock may be off
# Signed by a key that only the provider has: never by a shared secret, never not at all.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(slots=True)
class Provider:
    """One provider; its document and its keys are kept for an hour."""

    settings: OidcSettings
    session: requests.Session = field(default_factory=requests.Session)
    _document: Mapping[str, str] = field(default_factory=dict)
    _keys: KeySet | None = None
    _read_at: float = 0.0

    def way_there(self, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """The address at which the provider asks who it is."""
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        there = self._known()["authorization_endpoint"]
        return f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}"

    def identity(self, code: str, *, redirect_uri: str, nonce: str, verifier: str) -> Identity:
        """Who it is. Errors: SourceError of any kind where that is not proven."""
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        told = self._answer("POST", self._known()["token_endpoint"], asked)
        claims = self._claims(str(told.get("id_token", "")), nonce)
        role = claims.get(self.settings.role_claim, ()) if self.settings.role_claim else ()
        return Identity(
            issuer=self.settings.issuer,
            subject=str(claims["sub"]),
            email=str(claims["email"])
            if claims.get("email_verified") is True and "email" in claims
            else None,
            roles=tuple(map(str, role if isinstance(role, list | tuple) else (role,))),
        )

    def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            found = self._decoded(token)
            registry.validate(found.claims)
        except (JoseError, ValueError, TypeError) as error:
            raise _unproven(type(error).__name__) from error
        audience = found.claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and "azp" not in found.claims:
            raise _unproven("azp")
        if found.claims.get("azp", self.settings.client_id) != self.settings.client_id:
            raise _unproven("azp")
        return found.claims

    def _decoded(self, token: str) -> jwt.Token:
        """A key that is not known may be a new one: the keys are asked for once more."""
        try:
            return jwt.decode(token, self._keyset(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            self._keys = None
            return jwt.decode(token, self._keyset(), algorithms=ALGORITHMS)

    def _keyset(self) -> KeySet:
        document = self._known()
        if self._keys is None:
            self._keys = KeySet.import_key_set(self._answer("GET", document["jwks_uri"]))  # type: ignore[arg-type]
        return self._keys

    def _known(self) -> Mapping[str, str]:
        if self._document and time.monotonic() < self._read_at + KEPT_S:
            return self._document
        issuer = self.settings.issuer
        told = self._answer("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != issuer or any(not isinstance(told.get(name), str) for name in _ENDPOINTS):
            raise SourceContractError(
                "the provider of identities does not tell what it should",
                hint="Set issuer of [desk.oidc] to exactly what its document calls issuer.",
            )
        self._document, self._keys = {name: told[name] for name in _ENDPOINTS}, None
        self._read_at = time.monotonic()
        return self._document

    def _answer(self, method: str, url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        secret = (self.settings.client_id, self.settings.client_secret.value) if form else None
        try:
            with self.session.request(
                method, url, data=form, auth=secret, timeout=TIMEOUT_S, allow_redirects=False
            ) as answer:
                status, told = answer.status_code, answer.json() if answer.content else {}
        except requests.JSONDecodeError as error:
            raise _unproven("JSON") from error
        except requests.RequestException as error:
            raise SourceUnavailableError(
                "the provider of identities does not answer", hint="Sign in with a password, or try again."
            ) from error
        if status != requests.codes.ok or not isinstance(told, dict):
            raise SourceRefusedError(
                f"the provider of identities refused with {status}",
                hint="Check client_id, the secret and the redirect address at the provider (docs/desk.md).",
            )
        return told


def challenge(verifier: str) -> str:
    """What is shown of the verifier before it is told (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _unproven(what: str) -> SourceContractError:
    return SourceContractError(
        f"the provider's word on who it is cannot be proven ({what})",
        hint="Try again; if it stays, compare [desk.oidc] with the client at the provider.",
    )
