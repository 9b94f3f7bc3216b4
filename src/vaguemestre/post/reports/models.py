"""Abuse reports and image policies."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class SenderImages(models.Model):
    """A reader's policy for the remote images of one sender: always or never shown."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sender_images")
    address = models.CharField(max_length=254)  # lower case
    policy = models.CharField(max_length=10)  # ImagePolicy

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "address"), name="image_policy_once"),)


class Report(models.Model):
    """A message reported by a reader, closed by an administrator."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=10)  # ReportKind
    message_id = models.CharField(max_length=255)
    sender = models.CharField(max_length=254, db_index=True)
    subject = models.CharField(max_length=255, blank=True)
    header = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "message_id", "kind"), name="reported_once"),
        )


class Vote(models.Model):
    """What one person says of one message, junk or not, and where it was seen; never its text."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="junk_votes")
    message = models.CharField(max_length=64, db_index=True)  # rules.vote_key
    is_junk = models.BooleanField()
    mailbox = models.CharField(max_length=254)
    folder = models.CharField(max_length=255)
    message_id = models.CharField(max_length=255)
    at = models.DateTimeField(db_index=True)
    taught = models.BooleanField(null=True, blank=True)  # what the filter was told of that message

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "message"), name="vote_once"),)
