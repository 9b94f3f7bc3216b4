"""Answers to invitations."""

from django.db import models

from vaguemestre.people.credentials.models import Account

CANCELLED = "CANCELLED"  # in place of the answer: by the organiser
UNANSWERED = ""  # a later revision was seen, and nothing answered


class Engagement(models.Model):
    """What is known of an event that somebody was invited to: the last answer, and its last revision seen.

    `uid`: `Event.key`; in rows of 0.2.0, the UID alone.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="engagements")
    uid = models.CharField(max_length=255)
    title = models.CharField(max_length=255, blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    answer = models.CharField(max_length=10)  # Answer, CANCELLED or UNANSWERED
    sequence = models.PositiveIntegerField(default=0, db_default=0)  # of what was answered or cancelled
    moved_sequence = models.PositiveIntegerField(null=True)  # of a revision seen since the answer
    moved_starts = models.DateTimeField(null=True)
    moved_ends = models.DateTimeField(null=True)
    is_proved = models.BooleanField(
        null=True
    )  # a letter proved to be of the organiser; None: not looked at then

    class Meta:
        indexes = (models.Index(fields=("account", "starts")),)
        constraints = (models.UniqueConstraint(fields=("account", "uid"), name="engagement_once"),)
