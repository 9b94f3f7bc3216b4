"""Session engine: Django's database store over BrowserSession.

`session_key` is the cookie's; the row's key, `digest`, is its SHA-256 and the only one used elsewhere
(mail tokens, push tickets, visits of applications).

A session is written when it is opened or its content changes, never because a page was read: `presence`
keeps the idle clock. Keys in the data: `account`, `started` (Unix time), `shared`, `mine`, `staff`,
`network`, `browser`, `by` (the last factor proved); before sign-in, the state of a pending sign-in or
activation.
"""

from datetime import UTC, datetime
from typing import Any, cast

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.rules.session_keys import new_session_key, session_digest
from vaguemestre.access.signin.rules.session_lifetimes import ANONYMOUS, session_end


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    @property
    def digest(self) -> str:
        """The key of the session's row; "" before it has one."""
        return session_digest(self.session_key or "")

    def exists(self, session_key: str) -> bool:
        return bool(super().exists(session_digest(session_key)))

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(session_digest(key))

    def _get_new_session_key(self) -> str:
        return new_session_key()

    def _get_session_from_db(self) -> BrowserSession | None:
        row = self.model.objects.filter(pk=self.digest, expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
        return cast("BrowserSession | None", row)

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        now = timezone.now()
        row = super().create_model_instance(data)
        if not isinstance(row, BrowserSession):
            raise TypeError(type(row))
        row.session_key = self.digest
        row.expire_date = now + ANONYMOUS
        if account_id := data.get("account"):
            row.account_id = account_id
            row.started_at = datetime.fromtimestamp(data["started"], UTC)
            row.is_shared_computer = bool(data.get("shared"))
            row.is_own_device = bool(data.get("mine"))
            row.network = str(data.get("network", ""))[:45]
            row.browser = str(data.get("browser", ""))[:200]
            row.expire_date = session_end(
                row.started_at,
                now,
                shared=row.is_shared_computer,
                mine=row.is_own_device,
                is_staff=bool(data.get("staff")),
            )
        return row
