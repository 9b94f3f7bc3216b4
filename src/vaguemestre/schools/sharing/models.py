"""Mailboxes of several people, who may open them, and what they leave each other there."""

from django.db import models

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, Structure
from vaguemestre.schools.sharing.values import Kind, Right, Source


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
    only_reception = models.BooleanField(default=False)  # of a mailbox lent by its person
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


class Thread(models.Model):
    """A conversation members work on together. `root`: the Message-ID it began with."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="threads")
    root = models.CharField(max_length=255)
    taken_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="taken_threads"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="given_threads"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("box", "root"), name="thread_once"),)


class ThreadMessage(models.Model):
    """A message known to be of a conversation, by its Message-ID."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    message_id = models.CharField(max_length=255, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("thread", "message_id"), name="thread_message_once"),)


class Note(models.Model):
    """What a member leaves the others; it never leaves the house."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="notes")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="box_notes")
    text = models.TextField()
    at = models.DateTimeField()


class Presence(models.Model):
    """Somebody reads a message, or answers it."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="presences")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="box_presences")
    message_id = models.CharField(max_length=255)
    doing = models.CharField(max_length=8)
    seen_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("box", "message_id"), name="sharing_presence_message"),)
        constraints = (
            models.UniqueConstraint(fields=("box", "account", "message_id", "doing"), name="presence_once"),
        )


class Sent(models.Model):
    """A message a member sent from the mailbox; `answers` is the Message-ID of what it answers."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="sent")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sent_from_boxes")
    key = models.CharField(max_length=64)  # of the outbox
    message_id = models.CharField(max_length=255, db_index=True)
    answers = models.CharField(max_length=255, blank=True, db_index=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("box", "key"), name="sent_once"),)


class Entrance(models.Model):
    """A member's mail program opened the mailbox: whose a letter of a program is, is known by it."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="entrances")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="box_entrances")
    network = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)


class Warned(models.Model):
    """A member was told that another had answered, or was answering, before sending too."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)  # the composer's
    what = models.CharField(max_length=80)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("box", "key", "what"), name="warned_once"),)


class Deed(models.Model):
    """Who did what to which message: opened, moved, deleted, marked. `place`: folder and number."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="deeds")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="box_deeds")
    what = models.CharField(max_length=20)
    place = models.CharField(max_length=200, blank=True)
    number = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("box", "at"), name="sharing_deed_box"),)
