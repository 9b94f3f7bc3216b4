"""Steps of messages, their marks and counts, and how far the logs were read."""

from django.db import models


def _nullable_text(length: int) -> "models.CharField[str | None, str | None]":
    """A text column with NULL for no value, so that partial indexes hold only the rows that have one."""
    return models.CharField(max_length=length, null=True)


class MessageStep(models.Model):
    """One step of a message (`values.Step`), as an engine logged it.

    On PostgreSQL the table is partitioned by month, so its key includes the time; on SQLite it is one table
    (ADR 0034).
    """

    pk = models.CompositePrimaryKey("number", "at")
    at = models.DateTimeField()
    number = models.BigIntegerField()  # from StepCounter, in the order of commits
    engine = models.CharField(max_length=8)
    kind = models.CharField(max_length=10)
    queue_id = _nullable_text(32)
    message_id = _nullable_text(255)
    sender = _nullable_text(254)
    recipient = _nullable_text(254)
    relay = _nullable_text(255)
    status = _nullable_text(20)
    detail = _nullable_text(500)

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


class MessageMark(models.Model):
    """A mark of a message of our queue (`rules.marks`). By its key, a search is a range of one index.

    Partitioned by month on PostgreSQL, as steps are.
    """

    pk = models.CompositePrimaryKey("mark", "at", "queue_id")
    mark = models.BigIntegerField()
    at = models.DateTimeField()
    queue_id = models.CharField(max_length=32)


class LogCursor(models.Model):
    """How far a log was read (`values.LogPosition`); saved in the transaction that stores its steps."""

    name = models.CharField(max_length=40, primary_key=True)
    head = models.CharField(max_length=64, blank=True)
    offset = models.PositiveBigIntegerField(default=0)
    reached_at = models.DateTimeField(null=True)  # when it was last read to its end
    line_at = models.DateTimeField(null=True)  # when its last line was written
    silent_from = models.DateTimeField(null=True)  # of its last silence, or of several close to each other
    silent_until = models.DateTimeField(null=True)


class StepCount(models.Model):
    """Count of stored steps of a kind (`values.CountedAs`) since the installation; no personal data."""

    kind = models.CharField(max_length=10)
    place = models.CharField(max_length=10)
    reason = models.CharField(max_length=20, blank=True)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "place", "reason"), name="one_step_count"),)


class StepCounter(models.Model):
    """The number of the last step. Storing steps locks its row, so numbers follow the order of commits."""

    last = models.BigIntegerField(default=0)
