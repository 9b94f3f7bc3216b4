"""Mailboxes of several people, who may open them, and what they leave each other there."""

from django.db import models

from vaguemestre.credentials.models import Account
from vaguemestre.directory.models import Academy, Structure
from vaguemestre.sharing.values import Kind, Right, Source


def _choices(kind: type) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in kind]  # type: ignore[attr-defined]


class Box(models.Model):
    """A mailbox that belongs to a post, a service or a project; its account has no password."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="box")
    academy = models.ForeignKey(Academy, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=_choices(Kind))
    address = models.CharField(max_length=254)  # as it is shown; lower case, it is the mailbox
    title = models.CharField(max_length=200)
    structure = models.ForeignKey(
        Structure, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # the day for which its owners were last looked for
    followed_on = models.DateField(null=True, blank=True, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("structure",), condition=models.Q(kind="school"), name="one_box_a_school"
            ),
        )


class Member(models.Model):
    """Somebody may open it between two moments. `ended_at`: what they had open was cut."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="members")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    right = models.CharField(max_length=6, choices=_choices(Right))
    is_owner = models.BooleanField(default=False)
    source = models.CharField(max_length=4, choices=_choices(Source))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    added_by = models.CharField(max_length=80)

    class Meta:
        indexes = (
            models.Index(fields=("account", "ended_at"), name="sharing_member_account"),
            models.Index(fields=("ended_at", "ends_at"), name="sharing_member_end"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("box", "account"), condition=models.Q(ended_at__isnull=True), name="box_member_once"
            ),
        )


class BoxRequest(models.Model):
    """A mailbox somebody asked for; an administrator decides."""

    class State(models.TextChoices):
        ASKED = "asked"
        GRANTED = "granted"
        REFUSED = "refused"

    academy = models.ForeignKey(Academy, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=_choices(Kind))
    local = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="box_requests")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED, db_index=True)
    answer = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    box = models.OneToOneField(Box, null=True, blank=True, on_delete=models.SET_NULL, related_name="request")
