"""Feeds applied, the lines that caused changes, and where each person comes from."""

from django.db import models

from vaguemestre.people.directory.models import Academy, Person


class Feed(models.Model):
    """One application of a file. `finished_at` empty: it was interrupted, and may be run again."""

    academy = models.ForeignKey(Academy, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    full_source = models.CharField(max_length=40, blank=True)
    closures_confirmed = models.BooleanField(default=False)
    by = models.CharField(max_length=80)
    started_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    arrivals = models.PositiveIntegerField(default=0)
    changes = models.PositiveIntegerField(default=0)
    departures = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    # when its file came here first: a newer one is never undone by an older one
    received_at = models.DateTimeField(null=True, blank=True, db_index=True)
    # refused whole: why, until an administrator confirms it or gives it up; its files wait, sealed
    refusal = models.TextField(blank=True)
    confirmed_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    # the plan that was shown: of everything it would write, and the day it counts from
    plan_digest = models.CharField(max_length=32, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    plan_note = models.CharField(max_length=300, blank=True)  # why the plan is not the one shown before
    replan_asked_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)  # a confirmed feed: its first batch


class PlannedRow(models.Model):
    """Somebody of the plan of a feed that waits, as it is shown; gone once it is applied or given up."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="planned_rows")
    rank = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    dossier = models.CharField(max_length=40)
    name = models.CharField(max_length=220)
    sorted_as = models.CharField(max_length=220, blank=True)
    line = models.PositiveIntegerField()
    uai = models.CharField(max_length=8, blank=True)
    function = models.CharField(max_length=20, blank=True)
    leaves_on = models.DateField(null=True, blank=True)
    account_act = models.CharField(max_length=10, blank=True)
    situation = models.CharField(max_length=10, blank=True)
    differences = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=32)

    class Meta:
        indexes = (models.Index(fields=("feed", "kind", "rank"), name="planned_by_kind"),)


class KeptLine(models.Model):
    """The lines of a feed that changed somebody, sealed: they quote civil status and NUMEN.

    Of somebody who left because a complete file does not speak of them any more, there is no line.
    """

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="kept_lines")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    first_line = models.PositiveIntegerField()
    masked = models.CharField(max_length=13, blank=True)  # the NUMEN the lines quote, as screens show it
    what = models.CharField(max_length=300, blank=True)  # what became different; "arrival" for somebody new
    kind = models.CharField(max_length=10, blank=True)
    uai = models.CharField(max_length=8, blank=True)
    differences = models.JSONField(default=list)  # of fields: before, after, the school it is about
    sealed = models.BinaryField()

    class Meta:
        indexes = (models.Index(fields=("feed", "kind"), name="kept_by_kind"),)


class RefusedRow(models.Model):
    """A line that was not used, and why."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="refused_lines")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=40, blank=True)
    dossier = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300)


class Doubt(models.Model):
    """Somebody of a feed who may be somebody known: for a human to say. Lines are sealed, like kept ones."""

    class Answer(models.TextChoices):
        SAME = "same"
        OTHER = "other"

    academy = models.ForeignKey(Academy, on_delete=models.CASCADE, related_name="+")
    dossier = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="doubts")
    first_line = models.PositiveIntegerField()
    sealed = models.BinaryField()
    seen_at = models.DateTimeField()
    answer = models.CharField(max_length=5, choices=Answer.choices, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("academy", "dossier", "person"), name="doubt_once"),)


class Mention(models.Model):
    """The last day a feed spoke of somebody whose account is closed: human resources still know them."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()


class Origin(models.Model):
    """The source a person was last seen in, when a feed complete for that source said so."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=40, db_index=True)
