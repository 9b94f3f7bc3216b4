"""What happened to people, step by step."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class Passage(models.Model):
    """An event in the life of an account. Open until what it began is over or taken back.

    `done`: steps and notices behind it. `next_on`: the next day on which something follows.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="lives")
    event = models.CharField(max_length=20)
    effect_on = models.DateField()
    closes_on = models.DateField(null=True, blank=True)  # another day than the table says
    new_address = models.CharField(max_length=254, blank=True)
    left_domain = models.CharField(max_length=253, blank=True)  # of a move to another académie, here
    tells_new_address = models.BooleanField(default=False)  # the person agrees that whoever writes reads it
    by = models.CharField(max_length=80)
    declared_at = models.DateTimeField()
    done = models.JSONField(default=list)
    # boxes, lists and delegations are not theirs since then; empty once it is over
    withdrawn_at = models.DateTimeField(null=True, blank=True, db_index=True)
    next_on = models.DateField(null=True, blank=True, db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-declared_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("account",), condition=models.Q(ended_at=None), name="one_open_passage"
            ),
        )


class Day(models.Model):
    """A day whose contract ends and returns were looked for.

    `has_erased`: every civil status due that day is erased.
    """

    day = models.DateField(unique=True)
    has_erased = models.BooleanField(default=False)
