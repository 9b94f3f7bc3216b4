"""Browsers of people signed in, for tests of what comes after: those of signing in fill the form."""

from django.conf import settings
from django.test import Client
from django.utils import timezone

from vaguemestre.access.signin.services import BrowserOrigin, open_browser_session
from vaguemestre.access.signin.sessions import SessionStore
from vaguemestre.people.credentials.models import Account


def signed_in(who: Account, client: Client | None = None) -> Client:
    """That browser, or a new one, with a session opened an instant ago by a password.

    The form would cost a third of what such a test does.
    """
    client, session = client or Client(), SessionStore()
    open_browser_session(
        session, who.pk, BrowserOrigin("127.0.0.1", "Firefox"), shared=False, now=timezone.now()
    )
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return client
