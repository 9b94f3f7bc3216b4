"""The session engine: Django's database store over BrowserSession: who, where from, until when.

A session is written when it is opened or its content changes, never because a page was read: `presence` keeps
the idle clock. Keys in the data: `account`, `started` (Unix time), `shared`, `mine`, `network`, `browser`,
`by` (the last factor shown); and, before anybody is signed in, what a sign-in or an activation under way
must remember.
"""

from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from vaguemestre.signin.models import BrowserSession
from vaguemestre.signin.rules.limits import ANONYMOUS, session_end


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        now = timezone.now()
        row = super().create_model_instance(data)
        if not isinstance(row, BrowserSession):
            raise TypeError(type(row))
        row.expire_date = now + ANONYMOUS
        if account_id := data.get("account"):
            row.account_id = account_id
            row.started_at = datetime.fromtimestamp(data["started"], UTC)
            row.is_shared_computer = bool(data.get("shared"))
            row.is_own_device = bool(data.get("mine"))
            row.network = str(data.get("network", ""))[:45]
            row.browser = str(data.get("browser", ""))[:200]
            row.expire_date = session_end(
                row.started_at, now, shared=row.is_shared_computer, mine=row.is_own_device
            )
        return row
