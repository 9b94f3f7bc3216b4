"""What people decided about their arriving mail, and how far Dovecot follows."""

from django.db import models

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person


class AbsenceRow(models.Model):
    """An absence of an account, kept when over: its texts serve again. `place`: one of `values.Place`."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="absences")
    place = models.PositiveSmallIntegerField(default=1)
    is_on = models.BooleanField(default=False)
    starts_on = models.DateField()
    starts_at = models.TimeField(null=True, blank=True)
    ends_on = models.DateField()
    ends_at = models.TimeField(null=True, blank=True)
    subject = models.CharField(max_length=150, blank=True)
    internal_text = models.TextField(blank=True)
    external_text = models.TextField(blank=True)
    days = models.PositiveSmallIntegerField(default=7)
    weekdays = models.CharField(max_length=7, blank=True)  # ISO digits
    is_rich = models.BooleanField(default=False)
    only_known = models.BooleanField(default=False)
    only_to = models.CharField(max_length=253, blank=True)
    replacement = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=("account", "place"), name="absence_place_once"),)


class ScriptRow(models.Model):
    """The script of an account: `wanted` counts changes of mind, `applied` is the last one Dovecot holds."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="sieve_script")
    wanted = models.PositiveIntegerField(default=0)
    applied = models.PositiveIntegerField(default=0)
    applied_at = models.DateTimeField(null=True, blank=True)
    kept = models.CharField(max_length=255, blank=True)  # another program's script, included by ours
    expert = models.TextField(blank=True)  # the part written by hand
    known_mark = models.CharField(max_length=64, blank=True)  # of the address book as the script knows it
    form = models.PositiveSmallIntegerField(default=0, db_index=True)  # values.SCRIPT_FORM when written
    drops_redirects = models.BooleanField(
        default=False
    )  # another program's script is to stop, if it sends on


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


class SpamRow(models.Model):
    """What an account wants of unwanted mail: fields of `SpamChoice`."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="spam_choice")
    is_sorted = models.BooleanField(default=True)
    allowed = models.JSONField(default=list)
    denied = models.JSONField(default=list)


class PassRow(models.Model):
    """A filter carried to the messages that were already there: the last one asked by an account."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="filter_pass")
    wanted = models.ForeignKey(FilterRow, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default="running")
    seen = models.PositiveIntegerField(default=0)
    whole = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    cursor = models.PositiveBigIntegerField(default=0)  # UID of the last message treated
    number = models.PositiveIntegerField(default=0)  # which asking: an older one stops by itself
