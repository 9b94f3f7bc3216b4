"""Acts on many, and what became of each person."""

from django.db import models


class BulkAct(models.Model):
    """An act on many people (`values.Order`): prepared, decided, done, undone."""

    state = models.CharField(max_length=10)  # State
    number = models.PositiveIntegerField(default=1)  # of the order: a job of an older one does nothing
    act = models.CharField(max_length=20)  # Act
    note = models.CharField(max_length=300)
    quota_mb = models.PositiveIntegerField(default=0)
    subject = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    unknown = models.JSONField(default=list)  # lines of the file that name nobody
    academy_id = models.BigIntegerField(default=0)  # of the office that asked; 0: the whole installation
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField(db_index=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)  # the last time
    approved_by = models.CharField(max_length=80, blank=True)
    undone_by = models.CharField(max_length=80, blank=True)
    undone_at = models.DateTimeField(null=True)
    undo_approved_by = models.CharField(max_length=80, blank=True)
    changed_at = models.DateTimeField()


class BulkTarget(models.Model):
    """Somebody in an act. `before`: what undoing gives back."""

    bulk_act = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="targets")
    account_id = models.BigIntegerField(db_index=True)
    phase = models.CharField(max_length=10)  # Phase
    skip = models.CharField(max_length=20, blank=True)  # Skip
    before = models.PositiveIntegerField(null=True)  # MB, of a quota
    treated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("bulk_act", "account_id"), name="bulk_target_once"),)
        indexes = (models.Index(fields=("bulk_act", "phase"), name="bulk_target_phase"),)
