"""Answers to invitations."""

from django.db import models

from vaguemestre.people.credentials.models import Account

CANCELLED = "CANCELLED"  # in place of the answer: by the organiser


class Engagement(models.Model):
    """An answered invitation, with the last answer."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="engagements")
    uid = models.CharField(max_length=255)
    title = models.CharField(max_length=255, blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    answer = models.CharField(max_length=10)  # Answer, or CANCELLED
    sequence = models.PositiveIntegerField(default=0, db_default=0)  # of what was answered or cancelled

    class Meta:
        indexes = (models.Index(fields=("account", "starts")),)
        constraints = (models.UniqueConstraint(fields=("account", "uid"), name="engagement_once"),)
