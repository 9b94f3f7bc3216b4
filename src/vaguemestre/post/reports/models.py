"""What readers say of senders."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class SenderChoice(models.Model):
    """Whether a reader lets a sender's remote pictures be shown: always, or never."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sender_choices")
    address = models.CharField(max_length=254)  # lower case
    showing = models.CharField(max_length=10)  # Showing

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "address"), name="one_choice_a_sender"),)


class Report(models.Model):
    """A message reported by a reader; done once an administrator has dealt with it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=10)  # Kind
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
