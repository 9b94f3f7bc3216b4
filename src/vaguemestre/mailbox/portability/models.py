"""Imports and exports, and their progress."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class Move(models.Model):
    """One import or export of somebody's mail. `tally` holds the fields of `values.Tally`."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="moves")
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    name = models.CharField(max_length=200)  # of the file, or of the server
    apart = models.CharField(max_length=60, blank=True)
    server = models.JSONField(default=dict)  # host, port, username
    sealed = models.BinaryField(default=b"")  # the server's password, until the move is over
    stored = models.CharField(max_length=64, blank=True)  # the file's name in the folder of moves
    tally = models.JSONField(default=dict)
    trouble = models.CharField(max_length=80, blank=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-begun_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(state="running"), name="one_move_at_a_time"
            ),
        )
