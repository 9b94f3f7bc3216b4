"""Messages on their way out. A row is the promise behind « Envoi dans N s »."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class OutgoingRow(models.Model):
    """One message: kept whole, submitted once, filed in sent mail once."""

    class State(models.TextChoices):
        HELD = "held"
        QUEUED = "queued"
        SUBMITTED = "submitted"
        FILED = "filed"
        CANCELLED = "cancelled"
        REFUSED = "refused"
        STOPPED = "stopped"  # on suspicion: until the desk releases it or throws it away

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
    reason = models.TextField(blank=True)  # a refusal's code, and the address it is about
    attempted_at = models.DateTimeField(null=True, blank=True)  # written before each submission: a lease
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    filed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("state", "due_at")),)
        constraints = (models.UniqueConstraint(fields=("account", "key"), name="outgoing_once"),)


class PassageRow(models.Model):
    """One message taken at the submission door, whatever program sent it: counted, then followed."""

    class Hold(models.TextChoices):
        NONE = ""
        HELD = "held"
        RELEASED = "released"
        DISCARDED = "discarded"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passages")
    queue_id = models.CharField(max_length=32, unique=True)
    message_id = models.CharField(max_length=255, blank=True, db_index=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    recipients = models.JSONField()
    origin = models.CharField(max_length=10, blank=True)  # values.Origin
    counted = models.PositiveIntegerField()  # recipients that count towards the limits
    strangers = models.PositiveIntegerField(default=0)
    network = models.CharField(max_length=64, blank=True)
    hold = models.CharField(max_length=10, choices=Hold.choices, default=Hold.NONE, blank=True)
    hold_code = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("account", "at")),
            models.Index(fields=("network", "at")),
            models.Index(fields=("hold", "at")),
            models.Index(fields=("at",)),
        )


class FateRow(models.Model):
    """The last that is known of one recipient of a passage."""

    passage = models.ForeignKey(PassageRow, on_delete=models.CASCADE, related_name="fates")
    recipient = models.CharField(max_length=254)
    mark = models.CharField(max_length=10)
    status = models.CharField(max_length=12, blank=True)
    words = models.CharField(max_length=500, blank=True)  # of the server that answered
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("passage", "recipient"), name="fate_once"),)


class Acquaintance(models.Model):
    """An address an account wrote to before: a burst is made of people it never wrote to."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="acquaintances")
    address = models.CharField(max_length=254)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "address"), name="acquaintance_once"),)


class SenderRow(models.Model):
    """What an account chose or proved about its sending."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="sending")
    undo_seconds = models.PositiveSmallIntegerField(null=True, blank=True)  # None: the académie's
    offers_quiet_hours = models.BooleanField(default=True)
    confirmed_until = models.DateTimeField(null=True, blank=True)  # a burst before then is theirs
    bulk_left = models.PositiveIntegerField(default=0)  # recipients of an announced large send
    bulk_until = models.DateTimeField(null=True, blank=True)
    reports_validity = models.PositiveBigIntegerField(default=0)  # how far the inbox was searched for reports
    reports_uid = models.PositiveBigIntegerField(default=0)
    reports_at = models.DateTimeField(null=True, blank=True)


class LogReading(models.Model):
    """How far a log was read; written with what was read from it."""

    name = models.CharField(max_length=40, unique=True)
    inode = models.PositiveBigIntegerField(default=0)
    offset = models.PositiveBigIntegerField(default=0)
