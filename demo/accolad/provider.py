"""The OpenID Connect provider, seen from an application: what is asked of it, what is believed of it."""

import base64
import hashlib
import http.client
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from outside.site import NotBelieved

_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
_ALGORITHMS = ["ES256", "RS256"]
_LEEWAY = 30  # seconds between two clocks
_KEPT = 300  # seconds: discovery and keys


@dataclass(frozen=True)
class Departure:
    """What is remembered while somebody is away signing in."""

    address: str
    state: str
    nonce: str
    verifier: str = field(repr=False)
    left_at: float


@dataclass(frozen=True)
class Arrival:
    """Somebody whose answer was believed."""

    sub: str
    sid: str
    id_token: str = field(repr=False)
    told: dict[str, Any]


class Provider:
    def __init__(self, issuer: str, client_id: str, secret: str, back: str) -> None:
        self._issuer, self._client_id, self._secret, self._back = issuer, client_id, secret, back
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}

    def depart(self) -> Departure:
        """Where to send a browser, and what must come back with it."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "client_id": self._client_id,
            "redirect_uri": self._back,
            "response_type": "code",
            "scope": "openid profile email academie",
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        address = f"{self._discovered()['authorization_endpoint']}?{urlencode(asked)}"
        return Departure(address, state, nonce, verifier, time.time())

    def arrive(self, departure: Departure, came: dict[str, str]) -> Arrival:
        """Exchange the code and check who came. Raises NotBelieved, OSError."""
        if came.get("iss") != self._issuer or not secrets.compare_digest(
            came.get("state", "").encode(), departure.state.encode()
        ):
            raise NotBelieved("state or issuer")
        if "code" not in came:
            raise NotBelieved(came.get("error", "no code"))
        asked = {
            "grant_type": "authorization_code",
            "code": came["code"],
            "redirect_uri": self._back,
            "code_verifier": departure.verifier,
        }
        status, tokens = self._call(self._discovered()["token_endpoint"], asked, self._basic())
        if status != http.HTTPStatus.OK:
            raise NotBelieved(str(tokens.get("error", status)))
        claims = self._read(tokens["id_token"], kind="JWT")
        if claims.get("nonce") != departure.nonce:
            raise NotBelieved("nonce")
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        status, told = self._call(self._discovered()["userinfo_endpoint"], None, bearer)
        if status != http.HTTPStatus.OK or told.get("sub") != claims["sub"]:
            raise NotBelieved("userinfo")
        return Arrival(claims["sub"], str(claims.get("sid", "")), tokens["id_token"], told)

    def way_out(self, id_token: str, back: str) -> str:
        """Where a browser goes to sign out everywhere (RP-Initiated Logout)."""
        asked = {"id_token_hint": id_token, "post_logout_redirect_uri": back}
        return f"{self._discovered()['end_session_endpoint']}?{urlencode(asked)}"

    def gone(self, logout_token: str) -> tuple[str, str]:
        """(sub, sid) of somebody who signed out elsewhere (Back-Channel Logout §2.6). Raises NotBelieved."""
        claims = self._read(logout_token, kind="logout+jwt")
        if _LOGOUT not in claims.get("events", {}) or "nonce" in claims:
            raise NotBelieved("not a logout token")
        return str(claims["sub"]), str(claims.get("sid", ""))

    def _read(self, token: str, *, kind: str) -> dict[str, Any]:
        try:
            found = jwt.decode(token, self._keys(), algorithms=_ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise NotBelieved("signature") from error
        claims, now = found.claims, time.time()
        good = (
            found.header.get("typ") == kind
            and claims.get("iss") == self._issuer
            and claims.get("aud") == self._client_id
            and isinstance(claims.get("sub"), str)
            and float(claims.get("exp", 0)) + _LEEWAY > now
            and float(claims.get("iat", now)) - _LEEWAY < now
        )
        if not good:
            raise NotBelieved("claims")
        return dict(claims)

    def _basic(self) -> dict[str, str]:
        pair = f"{quote(self._client_id, safe='')}:{quote(self._secret, safe='')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    def _discovered(self) -> dict[str, Any]:
        told = self._fetched(f"{self._issuer}/.well-known/openid-configuration")
        if told.get("issuer") != self._issuer:
            raise NotBelieved("issuer")
        return told

    def _keys(self) -> KeySet:
        return KeySet.import_key_set(self._fetched(self._discovered()["jwks_uri"]))  # type: ignore[arg-type]

    def _fetched(self, address: str) -> dict[str, Any]:
        read_at, told = self._known.get(address, (0.0, {}))
        if time.monotonic() - read_at > _KEPT or not told:
            status, told = self._call(address, None, {})
            if status != http.HTTPStatus.OK:
                raise OSError(f"{address}: {status}")
            self._known[address] = (time.monotonic(), told)
        return told

    def _call(
        self, address: str, form: dict[str, str] | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        parts = urlsplit(address)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=5)
        try:
            if form is None:
                connection.request("GET", parts.path, headers=headers)
            else:
                typed = {"Content-Type": "application/x-www-form-urlencoded", **headers}
                connection.request("POST", parts.path, body=urlencode(form), headers=typed)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read(1_000_000))
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"{address}: {error}") from error
        finally:
            connection.close()
