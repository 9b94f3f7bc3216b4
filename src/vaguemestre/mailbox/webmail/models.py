"""Tables of bulk actions and reminders; mail itself is in no table."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class BulkRow(models.Model):
    """One action on a whole folder or on all results of a search (`state`: values.BulkState).

    `waiting` and `moved` are lists of services.bulks.Batch: messages to process, and where they went.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mail_bulks")
    act = models.CharField(max_length=16)
    to = models.CharField(max_length=1000, blank=True)
    home = models.CharField(max_length=1000, blank=True)  # the folder listed, where an undo moves back
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
    """A snoozed message, or a sent one that awaits an answer (`kind`: values.ReminderKind).

    `folder`, `uid_validity`, `uid`: where it is; `home`: the folder it returns to.
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
