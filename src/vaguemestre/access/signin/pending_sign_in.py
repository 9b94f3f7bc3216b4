"""The pending sign-in, stored between its two steps in the anonymous session, on the server side."""

from dataclasses import asdict
from datetime import datetime
from typing import NamedTuple

from django.http import HttpRequest

from vaguemestre.access.signin.values import Factor, PendingSignIn

_KEY = "attempt"


class StoredSignIn(NamedTuple):
    """A pending sign-in, the name typed, and the path to go to afterwards."""

    pending: PendingSignIn
    name: str
    back: str


def keep_pending_sign_in(request: HttpRequest, pending: PendingSignIn, name: str, back: str) -> None:
    """Store the pending sign-in until the browser closes."""
    request.session.set_expiry(0)
    request.session[_KEY] = {
        **asdict(pending),
        "started": pending.started.isoformat(),
        "name": name,
        "back": back,
    }


def stored_sign_in(request: HttpRequest) -> StoredSignIn | None:
    """The pending sign-in of this browser."""
    fields = request.session.get(_KEY)
    if fields is None:
        return None
    pending = PendingSignIn(
        account_id=fields["account_id"],
        needed=tuple(Factor(factor) for factor in fields["needed"]),
        started=datetime.fromisoformat(fields["started"]),
        shared=fields["shared"],
        failures=fields["failures"],
        mine=fields.get("mine", False),
        mark=fields.get("mark", ""),
    )
    return StoredSignIn(pending, fields["name"], fields["back"])
