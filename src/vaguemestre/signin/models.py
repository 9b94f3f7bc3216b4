"""Browser sessions and counters of failed attempts."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from vaguemestre.credentials.models import Account


class BrowserSession(AbstractBaseSession):
    """A session of a browser: Django's row plus who, where and until when at most."""

    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="sessions"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    network = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=200, blank=True)
    is_shared_computer = models.BooleanField(default=False)


class Attempts(models.Model):
    """Recent failures against one subject (`account:…`, `network:…`): the throttle's memory."""

    subject = models.CharField(max_length=100, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
