"""Places of mailboxes on an installation of several pods, and moves under way."""

from django.db import models

from vaguemestre.people.credentials.models import Account


class MailboxPlace(models.Model):
    """The pod of a mailbox ("": the first of the configuration); no row: the first."""

    class Step(models.TextChoices):
        STILL = ""
        COPYING = "copying"  # used on its pod, copied to `target`
        FROZEN = "frozen"  # nothing opens it, and its mail waits
        MOVED = "moved"  # lives on its new pod; last deliveries to the former one are still to be merged

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="place")
    pod = models.CharField(max_length=31, blank=True)
    step = models.CharField(max_length=8, choices=Step.choices, blank=True)
    target = models.CharField(max_length=31, blank=True)
    left_on = models.CharField(max_length=31, blank=True)  # the pod where its former copy still is
    since = models.DateTimeField()  # of the step
