"""The journal: one row per act, the seals that chain them, and one seal per past month."""

from django.db import models


class Entry(models.Model):
    """Who did what to whom, when. Triggers refuse UPDATE, and DELETE before the month may be erased."""

    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=80, db_index=True)
    by = models.CharField(max_length=80)
    to = models.CharField(max_length=80, db_index=True)
    details = models.JSONField(default=dict)
    # Written by versions before 0.3.0, which chained entries as they wrote them.
    previous = models.CharField(max_length=64, null=True)  # noqa: DJ001
    seal = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("by", "id"), name="journal_entry_by"),
            models.Index(fields=("to", "id"), name="journal_entry_to"),
            models.Index(fields=("action", "id"), name="journal_entry_action"),
        )


class EntrySeal(models.Model):
    """The position of an entry in the chain. Numbers have no gap and follow the order of sealing."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(
        Entry, on_delete=models.DO_NOTHING, db_constraint=False, related_name="place"
    )
    seal = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()


class MonthSeal(models.Model):
    """A past month: its first and last numbers, its last seal (`head`), and the day it may be erased.

    `seal` covers all of these and the seal of the previous month, so the day of erasure cannot be changed.
    """

    month = models.DateField(primary_key=True)  # its first day
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    head = models.CharField(max_length=64)
    expires_on = models.DateField()
    seal = models.CharField(max_length=64)
