"""Steps of messages, twelve months of them, and how far the logs they come from were read."""

from django.db import models


def _word(length: int) -> "models.CharField[str | None, str | None]":
    """NULL, not empty, without value: an index holds the few rows that have one."""
    return models.CharField(max_length=length, null=True)


class MessageStep(models.Model):
    """One step of a message (`values.Step`), as an engine logged it.

    On PostgreSQL a table partitioned by month, whose key holds the time therefore; on SQLite one table
    (ADR 0034).
    """

    pk = models.CompositePrimaryKey("number", "at")
    at = models.DateTimeField()
    number = models.BigIntegerField()  # counted by StepCounter: in the order of commits
    engine = models.CharField(max_length=8)
    kind = models.CharField(max_length=10)
    queue_id = _word(32)
    message_id = _word(255)
    sender = _word(254)
    recipient = _word(254)
    relay = _word(255)
    status = _word(20)
    detail = _word(500)

    class Meta:
        indexes = (
            models.Index(
                fields=("message_id",), name="step_message_id", condition=models.Q(message_id__isnull=False)
            ),
            models.Index(
                fields=("queue_id",), name="step_queue_id", condition=models.Q(queue_id__isnull=False)
            ),
            models.Index(
                fields=("recipient", "at"), name="step_recipient", condition=models.Q(recipient__isnull=False)
            ),
            models.Index(
                fields=("sender", "at"), name="step_sender", condition=models.Q(sender__isnull=False)
            ),
        )


class LogCursor(models.Model):
    """How far a log was read (`values.LogPosition`); saved in the transaction that stores its steps."""

    name = models.CharField(max_length=40, primary_key=True)
    head = models.CharField(max_length=64, blank=True)
    offset = models.PositiveBigIntegerField(default=0)
    reached_at = models.DateTimeField(null=True)  # the log had no more to say at that moment


class StepCount(models.Model):
    """How many steps of a kind were stored since the installation began (`values.CountedAs`): of nobody."""

    kind = models.CharField(max_length=10)
    place = models.CharField(max_length=10)
    reason = models.CharField(max_length=20, blank=True)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "place", "reason"), name="one_step_count"),)


class StepCounter(models.Model):
    """The number of the last step. Its row is locked by who stores steps: numbers follow commits."""

    last = models.BigIntegerField(default=0)
