"""Lifecycle events of accounts, and the daily review."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class LifecycleEvent(models.Model):
    """A joiner, mover or leaver event of an account; open until it ends or is cancelled.

    `done`: steps run and notices sent. `next_on`: the next day on which a step or a notice is due.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="lifecycle_events")
    event = models.CharField(max_length=20)
    effect_on = models.DateField()
    closes_on = models.DateField(null=True, blank=True)  # instead of the day of the table
    new_address = models.CharField(max_length=254, blank=True)
    # after a move to another académie of this installation
    left_domain = models.CharField(max_length=253, blank=True)
    # the person agrees that the neutral reply gives the new address
    tells_new_address = models.BooleanField(default=False)
    by = models.CharField(max_length=80)
    declared_at = models.DateTimeField()
    done = models.JSONField(default=list)
    # shared mailboxes, lists and delegations are withdrawn since then; empty once the event ended
    withdrawn_at = models.DateTimeField(null=True, blank=True, db_index=True)
    # the mailbox was held since then (`hold_mailbox`) when a step closed it
    held_since = models.DateTimeField(null=True, blank=True)
    next_on = models.DateField(null=True, blank=True, db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-declared_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("account",), condition=models.Q(ended_at=None), name="one_open_event"
            ),
        )


class DailyReview(models.Model):
    """A day whose ended contracts and returns were reviewed.

    `has_erased`: every civil status due that day is erased.
    """

    day = models.DateField(unique=True)
    has_erased = models.BooleanField(default=False)
