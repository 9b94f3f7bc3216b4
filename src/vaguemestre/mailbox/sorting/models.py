"""Sorting settings of accounts, and which revision of them Dovecot runs."""

from django.db import models

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person


class AbsenceRow(models.Model):
    """Absence of an account, kept when over so that its texts can be reused. `place`: a `values.Place`."""

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
    """Script of an account: `wanted` is the revision of its settings, `applied` the one Dovecot runs."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="sieve_script")
    wanted = models.PositiveIntegerField(default=0)
    applied = models.PositiveIntegerField(default=0)
    applied_at = models.DateTimeField(null=True, blank=True)
    kept = models.CharField(max_length=255, blank=True)  # another program's script, included by ours
    expert = models.TextField(blank=True)  # the part written by hand
    known_mark = models.CharField(
        max_length=64, blank=True
    )  # fingerprint of the contacts written in the script
    form = models.PositiveSmallIntegerField(
        default=0, db_index=True
    )  # values.SCRIPT_FORM at the last writing
    drops_redirects = models.BooleanField(default=False)  # stop including a foreign script that redirects
    # SHA-256 of the foreign script last told
    told_mark = models.CharField(max_length=64, blank=True, default="", db_default="")
    # [name, redirect…] of the scripts of programs that ran when one last changed; null: never read
    program_rules = models.JSONField(null=True)
    drops_foreign = models.BooleanField(default=False, db_default=False)  # stop including any foreign script


class FilterRow(models.Model):
    """Filter of an account; `conditions` and `outcome` hold the fields of `Condition` and `Outcome`."""

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
    """Junk mail settings of an account: fields of `SpamSettings`."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="spam_choice")
    is_sorted = models.BooleanField(default=True)
    allowed = models.JSONField(default=list)
    denied = models.JSONField(default=list)
    severity = models.CharField(max_length=8, default="normal", db_default="normal")


class PassRow(models.Model):
    """Last filter that an account ran on messages already received. `state`: a `values.BackfillState`."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="filter_pass")
    wanted = models.ForeignKey(FilterRow, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default="running")
    seen = models.PositiveIntegerField(default=0)
    whole = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    cursor = models.PositiveBigIntegerField(default=0)  # UID of the last message examined
    number = models.PositiveIntegerField(default=0)  # of the request: an older one stops when it differs
