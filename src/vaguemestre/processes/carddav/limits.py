"""Limits on CardDAV requests: the weight of a body, and concurrent requests per account."""

import base64
import binascii
import io
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.contacts.rules import carddav_bodies
from vaguemestre.processes.front import Application

MAX_BODY_BYTES = 3_000_000
_MAX_CONCURRENT = 2  # requests of one account; the pool has four threads
_XML_METHODS = frozenset(("PROPFIND", "PROPPATCH", "REPORT", "MKCOL", "MKCALENDAR"))
_STATUS = {"contacts.busy": "503 Service Unavailable", "contacts.query-unreadable": "400 Bad Request"}
_TOO_LARGE = "413 Content Too Large"

type AccountOf = Callable[[str, str], int | None]
"""The account of a login and an application password; None if they are wrong."""


class AccountTurns:
    """Concurrent requests per account: beyond `at_once`, a request is refused without waiting."""

    def __init__(self, at_once: int = _MAX_CONCURRENT) -> None:
        self._at_once = at_once
        self._lock = threading.Lock()
        self._running = Counter[int]()

    @contextmanager
    def turn(self, account_id: int) -> Iterator[None]:
        """Hold a turn of the account. Raises Refusal `contacts.busy`."""
        with self._lock:
            if self._running[account_id] >= self._at_once:
                raise Refusal("contacts.busy")
            self._running[account_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[account_id] -= 1
                self._running += Counter()  # drops accounts at zero


def with_limits(application: Application, turns: AccountTurns, account_of: AccountOf) -> Application:
    """Apply the limits to requests with valid credentials; the application refuses the others itself."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        credentials = _credentials(environ.get("HTTP_AUTHORIZATION", ""))
        account_id = account_of(*credentials) if credentials else None
        if account_id is None:
            return application(environ, start_response)
        try:
            with turns.turn(account_id):
                return application(_with_checked_body(environ), start_response)
        except Refusal as refusal:
            return _refuse(refusal, start_response)

    return answer


def _credentials(authorization: str) -> tuple[str, str] | None:
    """Login and password of HTTP Basic (RFC 7617)."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        login, _, password = base64.b64decode(token.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return login, password


def _with_checked_body(environ: dict[str, Any]) -> dict[str, Any]:
    """The request with its body read and checked. Raises Refusal."""
    length = environ.get("CONTENT_LENGTH") or "0"
    body = environ["wsgi.input"].read(min(int(length), MAX_BODY_BYTES)) if length.isdecimal() else b""
    method = environ["REQUEST_METHOD"]
    if body and method in _XML_METHODS:
        carddav_bodies.check_query(body)
    elif method == "PUT":
        body = carddav_bodies.checked_card(body)
    return {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}


def _refuse(refusal: Refusal, start_response: Callable[..., Any]) -> Iterable[bytes]:
    status = _STATUS.get(refusal.code, _TOO_LARGE)
    retry = [("Retry-After", "2")] if refusal.code == "contacts.busy" else []
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), *retry])
    return [sentence(refusal).encode()]
