"""What people decided about their arriving mail, and how far Dovecot follows."""

from django.db import models

from vaguemestre.credentials.models import Account


class AbsenceRow(models.Model):
    """The absence of an account, kept when it is over: its texts serve again."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="absence")
    is_on = models.BooleanField(default=False)
    starts_on = models.DateField()
    starts_at = models.TimeField(null=True, blank=True)
    ends_on = models.DateField()
    ends_at = models.TimeField(null=True, blank=True)
    subject = models.CharField(max_length=150, blank=True)
    internal_text = models.TextField(blank=True)
    external_text = models.TextField(blank=True)
    days = models.PositiveSmallIntegerField(default=7)


class ScriptRow(models.Model):
    """The script of an account: `wanted` counts changes of mind, `applied` is the last one Dovecot holds."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="sieve_script")
    wanted = models.PositiveIntegerField(default=0)
    applied = models.PositiveIntegerField(default=0)
    applied_at = models.DateTimeField(null=True, blank=True)
    kept = models.CharField(max_length=255, blank=True)  # another program's script, included by ours


class FilterRow(models.Model):
    """A filter of an account; `conditions` and `outcome` hold the fields of `Condition` and `Outcome`."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mail_filters")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    is_on = models.BooleanField(default=True)
    matches_all = models.BooleanField(default=True)
    conditions = models.JSONField()
    outcome = models.JSONField()

    class Meta:
        ordering = ("position", "id")
