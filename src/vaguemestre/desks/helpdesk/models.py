"""Tables of the help desk: hand-overs, help requests and ready answers."""

from django.db import models

from vaguemestre.desks.helpdesk.values import HandOverState, HelpRequestState
from vaguemestre.foundation.kernel.text.choices import choices_of
from vaguemestre.people.credentials.models import Account


class HandOverRow(models.Model):
    """A code for a person without contact: requested by an operator, confirmed by somebody who sees them."""

    State = HandOverState

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="hand_overs")
    operator = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="hand_overs_asked")
    second = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="hand_overs_to_confirm")
    reason = models.CharField(max_length=300)
    drops_factors = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=choices_of(State), default=State.ASKED)
    verification = models.CharField(max_length=200, blank=True)  # how the second person verified the identity
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("second", "state")),)


class RequestRow(models.Model):
    """A help request made from `/aide`. Its author tracks it by a link, stored as a SHA-256."""

    State = HelpRequestState

    token_sha256 = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="help_requests"
    )
    # mail domain of the académie it was made to; empty: the principal one
    domain = models.CharField(max_length=253, blank=True, default="", db_default="")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    place = models.CharField(max_length=200, blank=True)
    contact = models.CharField(max_length=254, blank=True)
    text = models.TextField()
    state = models.CharField(
        max_length=10,
        choices=choices_of(State),
        default=State.NEW,
        db_index=True,
    )
    made_at = models.DateTimeField()
    # the first time, whoever did; empty too for requests taken before this was kept
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="requests_taken"
    )
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)


class AnswerText(models.Model):
    """A ready answer of the desk of one académie."""

    domain = models.CharField(max_length=253)  # mail domain of the académie, in lower case
    title = models.CharField(max_length=80)
    text = models.TextField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("domain", "title"), name="one_answer_text_of_a_title"),
        )
