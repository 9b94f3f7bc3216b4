"""The session engine: Django's database store over BrowserSession."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from vaguemestre.signin.models import BrowserSession


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession
