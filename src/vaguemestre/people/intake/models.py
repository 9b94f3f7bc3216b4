"""Feeds, their applied and refused lines, match candidates, and the source of each person."""

from django.db import models

from vaguemestre.people.directory.models import Academy, Person


class Feed(models.Model):
    """One application of a file. `finished_at` is empty while it runs, or if it was interrupted."""

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
    # first reception of the file: an older file never undoes a newer one
    received_at = models.DateTimeField(null=True, blank=True, db_index=True)
    # why it was refused whole; its sealed files are held until an administrator decides
    refusal = models.TextField(blank=True)
    confirmed_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    # the plan shown: digest of everything it would write, and the day it was made for
    plan_digest = models.CharField(max_length=32, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    plan_note = models.CharField(max_length=300, blank=True)  # why the plan differs from the one shown before
    replan_asked_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)  # first batch of a confirmed feed
    # given on a page: it waits whatever its plan
    is_uploaded = models.BooleanField(default=False, db_default=False)
    new_places = models.JSONField(null=True)  # UAI to name, "" if its files name it nowhere


class HeldPiece(models.Model):
    """A piece of a sealed file of a held feed; deleted once it is applied or discarded. `number`: from 0."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("feed", "kind", "number"), name="held_piece_once"),)


class PlannedRow(models.Model):
    """Somebody of the plan of a held feed, as shown; deleted once it is applied or discarded."""

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


class AppliedLine(models.Model):
    """The lines of a feed that changed a person, sealed because they contain civil status and NUMEN.

    Without lines if the person left by being absent from a complete file.
    """

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="applied_lines")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    first_line = models.PositiveIntegerField()
    masked = models.CharField(max_length=13, blank=True)  # the NUMEN the lines quote, as screens show it
    what = models.CharField(max_length=300, blank=True)  # the fields that changed; "arrival" for somebody new
    kind = models.CharField(max_length=10, blank=True)
    uai = models.CharField(max_length=8, blank=True)
    differences = models.JSONField(default=list)  # [field, before, after, uai] of each
    sealed = models.BinaryField()

    class Meta:
        indexes = (models.Index(fields=("feed", "kind"), name="applied_by_kind"),)


class RefusedRow(models.Model):
    """A line that was not used, and why."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="refused_lines")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=40, blank=True)
    dossier = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300)


class MatchCandidate(models.Model):
    """Somebody of a feed who may be a registered person, for a human to answer. Lines are sealed."""

    class Answer(models.TextChoices):
        SAME = "same"
        OTHER = "other"

    academy = models.ForeignKey(Academy, on_delete=models.CASCADE, related_name="+")
    dossier = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="match_candidates")
    first_line = models.PositiveIntegerField()
    sealed = models.BinaryField()
    seen_at = models.DateTimeField()
    answer = models.CharField(max_length=5, choices=Answer.choices, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("academy", "dossier", "person"), name="match_candidate_once"),
        )


class Mention(models.Model):
    """The last day a feed mentioned somebody whose account is closed: human resources still know them."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()


class Origin(models.Model):
    """The source a person was last seen in, among feeds complete for a source."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=40, db_index=True)
