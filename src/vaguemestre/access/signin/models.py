"""Browser sessions, what ended, and counters of failed attempts."""

from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from vaguemestre.people.credentials.models import Account


class BrowserSession(AbstractBaseSession):
    """A browser session: Django's row with its account and origin. The key is the SHA-256 of the cookie's."""

    session_key = models.CharField(max_length=64, primary_key=True)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="sessions"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    network = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=200, blank=True)
    is_shared_computer = models.BooleanField(default=False)
    is_own_device = models.BooleanField(default=False)

    def save(self, *, force_update: bool = False, **options: Any) -> None:
        """Insert the row, or save its content and end again: whose it is never changes.

        On PostgreSQL pages may not (`processes.database_rights`).
        """
        if force_update:
            options["update_fields"] = ("session_data", "expire_date")
        super().save(force_update=force_update, **options)


class Attempts(models.Model):
    """Failure counter of one throttle subject (`account:…`, `network:…`)."""

    subject = models.CharField(max_length=100, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()


class Device(models.Model):
    """A browser known to an account. `mark`: digest of its cookie; `told`: its User-Agent."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="devices")
    mark = models.CharField(max_length=64)
    told = models.CharField(max_length=200, blank=True)
    network = models.CharField(max_length=45, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "mark"), name="one_device_a_mark"),)


class InterruptedAct(models.Model):
    """A form interrupted by a fresh proof, offered again once to the session that sent it.

    `sealed`: its fields as JSON, sealed with the instance's key; empty when they must be typed again.
    """

    session_key = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="interrupted_acts")
    path = models.CharField(max_length=2000)
    page = models.CharField(max_length=2000)
    words = models.CharField(max_length=200, blank=True)
    sealed = models.BinaryField(blank=True)
    until = models.DateTimeField(db_index=True)


class UsedLink(models.Model):
    """A notice link already used: a link locks an account once."""

    mark = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField()


class RevocationCounter(models.Model):
    """How many changes and endings were told to other machines: one row, locked by who tells one."""

    changes = models.BigIntegerField(default=0)
    endings = models.BigIntegerField(default=0)


class EndedMark(models.Model):
    """The mark of what ended, as a signed number; numbered by `RevocationCounter.endings`."""

    number = models.BigIntegerField(primary_key=True)
    mark = models.BigIntegerField()
