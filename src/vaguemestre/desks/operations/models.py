"""Samples of what was measured, alarms, and what became of mail by destination: numbers, about nobody."""

from django.db import models


class Reading(models.Model):
    """The last value of a series, as `/metrics` gives it (`values.Readings`)."""

    series = models.CharField(max_length=120, primary_key=True)
    value = models.FloatField()
    at = models.DateTimeField()


class MetricSample(models.Model):
    """A series over five minutes, an hour or a day (`values.Resolution`) that begins `at`."""

    series = models.CharField(max_length=60)
    resolution = models.CharField(max_length=2)
    at = models.DateTimeField()
    total = models.FloatField(default=0)
    number = models.BigIntegerField(default=0)
    peak = models.FloatField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("resolution", "at", "series"), name="one_metric_sample"),
        )


class Alarm(models.Model):
    """An alarm, and from when to when it held. `name`: that of its page « Que faire »."""

    name = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True)
    words = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("name", "subject"), name="one_open_alarm", condition=models.Q(closed_at__isnull=True)
            ),
        )


class DestinationDay(models.Model):
    """Deliveries to a domain on a day (Paris); an empty domain: our mailboxes. `seconds`: sum of delays."""

    domain = models.CharField(max_length=253, blank=True)
    day = models.DateField()
    delivered = models.PositiveIntegerField(default=0)
    deferred = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    slowest = models.FloatField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("day", "domain"), name="one_destination_day"),)


class FollowedSteps(models.Model):
    """The number of the last step of messages that was counted. The round that counts locks this row."""

    last = models.BigIntegerField(default=0)
