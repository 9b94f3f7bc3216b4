"""Answers to invitations."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class Engagement(models.Model):
    """An answered invitation, with the last answer."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="engagements")
    uid = models.CharField(max_length=255)
    title = models.CharField(max_length=255, blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    answer = models.CharField(max_length=10)  # Answer

    class Meta:
        indexes = (models.Index(fields=("account", "starts")),)
        constraints = (models.UniqueConstraint(fields=("account", "uid"), name="engagement_once"),)
