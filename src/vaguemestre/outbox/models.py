"""Messages on their way out. A row is the promise behind « Courriel envoyé »."""

from django.db import models

from vaguemestre.credentials.models import Account


class OutgoingRow(models.Model):
    """One message: kept whole, submitted once, filed in sent mail once."""

    class State(models.TextChoices):
        HELD = "held"
        QUEUED = "queued"
        SUBMITTED = "submitted"
        FILED = "filed"
        CANCELLED = "cancelled"
        REFUSED = "refused"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="outgoing")
    key = models.CharField(max_length=64)  # made by the composer: a second click is the same message
    message_id = models.CharField(max_length=255, unique=True)
    sender = models.CharField(max_length=254)
    recipients = models.JSONField()
    bcc = models.JSONField(default=list)  # [name, address] pairs, written in the sender's copy only
    subject = models.CharField(max_length=255, blank=True)  # its first characters, for lists
    content = models.BinaryField()
    in_reply_to = models.JSONField(null=True, blank=True)  # folder, uid_validity, uid of the original
    draft = models.JSONField(null=True, blank=True)
    wants_report = models.BooleanField(default=False)  # delivery status asked of the way (RFC 3461)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED, db_index=True)
    due_at = models.DateTimeField()
    reason = models.TextField(blank=True)  # a refusal's code
    attempted_at = models.DateTimeField(null=True, blank=True)  # written before each submission: a lease
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    filed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("state", "due_at")),)
        constraints = (models.UniqueConstraint(fields=("account", "key"), name="outgoing_once"),)
