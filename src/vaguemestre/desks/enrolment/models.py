"""Tables of officers, requests and proofs."""

from django.db import models

from vaguemestre.desks.enrolment.values import RequestState
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import ManagementService, Person


class Officer(models.Model):
    """The membership of an account in a management service; an account may have several."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="offices")
    service = models.ForeignKey(ManagementService, on_delete=models.CASCADE, related_name="officers")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "service"), name="officer_once"),)


class NumenRequest(models.Model):
    """A NUMEN request. `applicant`: the fields of `values.Applicant`, dates in ISO 8601."""

    reference = models.CharField(max_length=12, unique=True)
    secret_digest = models.CharField(max_length=64)
    service = models.ForeignKey(ManagementService, on_delete=models.PROTECT, related_name="numen_requests")
    state = models.CharField(max_length=20, default=RequestState.SUBMITTED)
    applicant = models.JSONField()
    birth_date = models.DateField()
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL)
    network = models.CharField(max_length=64, blank=True)  # keyed digest, for counting only
    contact = models.CharField(
        max_length=64, blank=True, db_index=True
    )  # keyed digest of the contact address
    filed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # the officer of the service who handles it
    assignee = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="numen_requests"
    )

    class Meta:
        indexes = (models.Index(fields=("service", "state", "filed_at")),)


class Step(models.Model):
    """A step of a request, with the message its applicant reads."""

    request = models.ForeignKey(NumenRequest, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=20)
    at = models.DateTimeField()
    message = models.CharField(max_length=600, blank=True)
    by = models.CharField(max_length=40)
    applicant_mailed_at = models.DateTimeField(null=True, blank=True, db_index=True)
    service_mailed_at = models.DateTimeField(null=True, blank=True, db_index=True)


class RequestNote(models.Model):
    """A note of an officer on a request, for officers only. `by`: `account:7`."""

    request = models.ForeignKey(NumenRequest, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    text = models.CharField(max_length=600)


class Proof(models.Model):
    """A document, sealed to its request; deleted 30 days after the request is closed."""

    request = models.ForeignKey(NumenRequest, on_delete=models.CASCADE, related_name="proofs")
    kind = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sealed = models.BinaryField()
    sent_at = models.DateTimeField()
