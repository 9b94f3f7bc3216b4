"""Tables of shared mailboxes: boxes, members, requests, and the work members do together."""

from enum import StrEnum

from django.db import models

from vaguemestre.foundation.kernel.text.choices import choices_of
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, Structure
from vaguemestre.schools.sharing.values import BoxKind, BoxRequestState, Right, Source


def _choices(enum: type[StrEnum]) -> list[tuple[str, str]]:
    return [(member.value, member.value) for member in enum]


class Box(models.Model):
    """A mailbox that belongs to a post, a service or a project; its account has no password."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="box")
    academy = models.ForeignKey(Academy, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=_choices(BoxKind))
    address = models.CharField(max_length=254)  # as displayed; its lower case is the mailbox
    title = models.CharField(max_length=200)
    structure = models.ForeignKey(
        Structure, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # the day of the last `sync_owners`
    followed_on = models.DateField(null=True, blank=True, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("structure",), condition=models.Q(kind="school"), name="one_box_a_school"
            ),
        )


class Member(models.Model):
    """Access of an account to a box between two moments. `ended_at`: when it was cut off."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="members")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    right = models.CharField(max_length=6, choices=_choices(Right))
    is_owner = models.BooleanField(default=False)
    source = models.CharField(max_length=4, choices=_choices(Source))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    inbox_only = models.BooleanField(default=False)  # of a delegated mailbox
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
    """A request for a new mailbox, decided by an administrator."""

    State = BoxRequestState

    academy = models.ForeignKey(Academy, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=_choices(BoxKind))
    local = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="box_requests")
    asked_at = models.DateTimeField()
    state = models.CharField(
        max_length=8,
        choices=choices_of(State),
        default=State.ASKED,
        db_index=True,
    )
    answer = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    box = models.OneToOneField(Box, null=True, blank=True, on_delete=models.SET_NULL, related_name="request")


class Thread(models.Model):
    """A conversation of a box, with its assignee. `root`: the Message-ID of its first message."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="threads")
    root = models.CharField(max_length=255)
    assignee = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="assigned_threads"
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    assigned_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="delegated_threads"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("box", "root"), name="thread_once"),)


class ThreadMessage(models.Model):
    """A message of a conversation, by its Message-ID."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    message_id = models.CharField(max_length=255, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("thread", "message_id"), name="thread_message_once"),)


class Note(models.Model):
    """An internal note of a member on a conversation; never sent by mail."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="notes")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="box_notes")
    text = models.TextField()
    at = models.DateTimeField()


class Presence(models.Model):
    """A member has a message open, to read or to answer it."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="presences")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="box_presences")
    message_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=8)  # PresenceKind
    seen_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("box", "message_id"), name="sharing_presence_message"),)
        constraints = (
            models.UniqueConstraint(fields=("box", "account", "message_id", "kind"), name="presence_once"),
        )


class SentMessage(models.Model):
    """A message a member sent from the mailbox. `in_reply_to`: the Message-ID it answers, or ""."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="sent")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sent_from_boxes")
    key = models.CharField(max_length=64)  # of the outbox
    message_id = models.CharField(max_length=255, db_index=True)
    in_reply_to = models.CharField(max_length=255, blank=True, db_index=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("box", "key"), name="sent_once"),)


class ClientSignIn(models.Model):
    """A sign-in of a member's mail client. Used to attribute messages sent from that client."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="client_sign_ins")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="box_client_sign_ins")
    network = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)


class CollisionWarning(models.Model):
    """A warning already given to a composer: another member answered, or is answering."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)  # the composer's
    cause = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("box", "key", "cause"), name="collision_warning_once"),
        )


class BoxActivity(models.Model):
    """An action of a member on messages. `place`: a folder, or `folder/uid_validity/uid` of one message."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="activities")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="box_activities")
    action = models.CharField(max_length=20)
    place = models.CharField(max_length=200, blank=True)
    number = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("box", "at"), name="sharing_activity_box"),)
