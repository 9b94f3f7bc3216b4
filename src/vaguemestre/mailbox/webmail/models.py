"""What is being done to very many messages at once, what comes back later: mail itself is in no table."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class BulkRow(models.Model):
    """One act on a whole folder or on all that a search found.

    `waiting` and `moved` are lists of [folder, UIDVALIDITY, UIDs as a set]: still to do, and where they went.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mail_bulks")
    act = models.CharField(max_length=16)
    to = models.CharField(max_length=1000, blank=True)
    home = models.CharField(max_length=1000, blank=True)  # the folder looked at, where an undo brings back
    waiting = models.JSONField(default=list)
    moved = models.JSONField(default=list)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, default="running")
    reason = models.CharField(max_length=60, blank=True)
    is_final = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=("account", "state"), name="webmail_bulk_account_state")]


class ReminderRow(models.Model):
    """A message put off until a moment (`kind` put-off), or sent and waiting for an answer (answer).

    `folder`, `uid_validity`, `uid`: where it is; `home`: where it comes back.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mail_reminders")
    kind = models.CharField(max_length=10)
    folder = models.CharField(max_length=1000)
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    home = models.CharField(max_length=1000, blank=True)
    message_id = models.CharField(max_length=1000, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    people = models.CharField(max_length=500, blank=True)
    due_at = models.DateTimeField()
    is_over = models.BooleanField(default=False)  # nobody answered in time
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=("account", "kind", "due_at"), name="webmail_reminder_due")]
