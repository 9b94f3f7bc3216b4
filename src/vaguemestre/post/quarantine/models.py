"""Messages in quarantine."""

from django.db import models


class QuarantinedMessage(models.Model):
    """A message in the quarantine of a mailbox, or handed over; deleted with it when its time is over."""

    mailbox = models.CharField(max_length=254)
    account_id = models.BigIntegerField(null=True, db_index=True)  # none: a mailbox of nobody's
    guid = models.CharField(max_length=64)
    reason = models.CharField(max_length=10)  # Reason
    detail = models.CharField(max_length=80, blank=True)
    sender = models.CharField(max_length=254, blank=True)  # envelope (RFC 5321)
    author = models.CharField(max_length=254, blank=True)  # header From
    subject = models.CharField(max_length=255, blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    arrived_at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=10, default="held")  # State
    told_at = models.DateTimeField(null=True)  # its owner, by the digest

    class Meta:
        constraints = (models.UniqueConstraint(fields=("mailbox", "guid"), name="quarantined_once"),)


class UnexaminedMail(models.Model):
    """A message of the queue that was delivered while the virus check was away, until it is examined.

    `next_try_at` is the lease too: whoever examines it moves it on first.
    """

    queue_id = models.CharField(max_length=32, unique=True)
    found_at = models.DateTimeField()
    next_try_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
