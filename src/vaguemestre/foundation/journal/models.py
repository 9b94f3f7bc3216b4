"""The journal: one row per act, each chained to the one before by its hash."""

from django.db import models


class Entry(models.Model):
    """Who did what to whom, when. A trigger refuses UPDATE and DELETE."""

    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=80, db_index=True)
    by = models.CharField(max_length=80)
    to = models.CharField(max_length=80, db_index=True)
    details = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    seal = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("by", "id"), name="journal_entry_by"),
            models.Index(fields=("to", "id"), name="journal_entry_to"),
            models.Index(fields=("action", "id"), name="journal_entry_action"),
        )
