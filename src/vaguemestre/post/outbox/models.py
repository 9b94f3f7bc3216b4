"""Outgoing messages and their delivery status."""

from django.db import models

from vaguemestre.foundation.kernel.text.choices import choices_of
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.outbox.values import HoldState, OutboxState


class OutboxMessage(models.Model):
    """A message to send: stored whole, submitted once, filed in sent mail once."""

    State = OutboxState
    ENDED = (OutboxState.FILED, OutboxState.CANCELLED, OutboxState.REFUSED)

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="outgoing")
    key = models.CharField(max_length=64)  # chosen by the composer: a second click is the same message
    message_id = models.CharField(max_length=255, unique=True)
    sender = models.CharField(max_length=254)
    recipients = models.JSONField()
    bcc = models.JSONField(default=list)  # [name, address] pairs, written in the sender's copy only
    subject = models.CharField(max_length=255, blank=True)  # cut to fit, for lists
    content = models.BinaryField()
    in_reply_to = models.JSONField(null=True, blank=True)  # values.StoredReference
    draft = models.JSONField(null=True, blank=True)
    wants_report = models.BooleanField(default=False)  # delivery report requested (RFC 3461)
    state = models.CharField(
        max_length=10,
        choices=choices_of(OutboxState),
        default=OutboxState.QUEUED,
        db_index=True,
    )
    due_at = models.DateTimeField()
    reason = models.TextField(blank=True)  # code of the refusal, and the recipient it names
    attempted_at = models.DateTimeField(null=True, blank=True)  # written before each attempt: a lease
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    filed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("state", "due_at")),)
        constraints = (models.UniqueConstraint(fields=("account", "key"), name="outbox_message_once"),)


class Submission(models.Model):
    """A message accepted for submission, from any client: counted against the limits, then tracked."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="submissions")
    queue_id = models.CharField(max_length=32, unique=True)
    message_id = models.CharField(max_length=255, blank=True, db_index=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    recipients = models.JSONField()
    origin = models.CharField(max_length=10, blank=True)  # values.Origin
    counted = models.PositiveIntegerField()  # recipients that count towards the limits
    strangers = models.PositiveIntegerField(default=0)
    network = models.CharField(max_length=64, blank=True)
    hold = models.CharField(
        max_length=10,
        choices=choices_of(HoldState),
        default=HoldState.NONE,
        blank=True,
    )
    hold_code = models.CharField(max_length=40, blank=True)
    hold_ended_at = models.DateTimeField(null=True)  # when a queue that had it was told what was decided
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("account", "at")),
            models.Index(fields=("network", "at")),
            models.Index(fields=("hold", "at")),
            models.Index(fields=("at",)),
        )


class RecipientStatus(models.Model):
    """Latest delivery status of one recipient of a submission."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="statuses")
    recipient = models.CharField(max_length=254)
    state = models.CharField(max_length=10)  # values.DeliveryState
    status = models.CharField(max_length=12, blank=True)  # enhanced status code (RFC 3463)
    diagnostic = models.CharField(max_length=500, blank=True)  # reply of the other server
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("submission", "recipient"), name="recipient_status_once"),
        )


class KnownRecipient(models.Model):
    """An address the account wrote to before. A burst is measured by recipients that are not known yet."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="known_recipients")
    address = models.CharField(max_length=254)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "address"), name="known_recipient_once"),)


class SenderState(models.Model):
    """Sending preferences of an account, and what it confirmed or announced."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="sending")
    undo_seconds = models.PositiveSmallIntegerField(null=True, blank=True)  # None: the académie's setting
    offers_quiet_hours = models.BooleanField(default=True)
    confirmed_until = models.DateTimeField(null=True, blank=True)  # no burst is held before then
    bulk_left = models.PositiveIntegerField(default=0)  # recipients left of an announced bulk send
    bulk_until = models.DateTimeField(null=True, blank=True)
    reports_validity = models.PositiveBigIntegerField(default=0)  # ReportPosition in the inbox
    reports_uid = models.PositiveBigIntegerField(default=0)
    reports_at = models.DateTimeField(null=True, blank=True)


class LogCursor(models.Model):
    """How far the steps of messages were read: the last step number, saved with the statuses read."""

    name = models.CharField(max_length=40, unique=True)
    offset = models.PositiveBigIntegerField(default=0)
