"""Lists, their managers and subscribers, and their letters."""

import uuid
from datetime import date

from django.db import models

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person
from vaguemestre.schools.lists.values import Files, ReplyTo, Writers


class MailingList(models.Model):
    """A list: an address that is a mailbox (an account without sign-in), and how it accepts mail."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="mailing_list")
    address = models.CharField(max_length=254, unique=True)
    title = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=6)
    rule = models.JSONField(default=dict)  # rules.members.rule_from_json
    within = models.CharField(max_length=8, blank=True)  # UAI of the only school it may reach
    writers = models.CharField(max_length=8, default=Writers.MANAGERS)
    is_moderated = models.BooleanField(default=False)
    refuses_others = models.BooleanField(default=False)
    reply_to = models.CharField(max_length=6, default=ReplyTo.AUTHOR)
    files = models.CharField(max_length=4, default=Files.KEEP)
    has_archive = models.BooleanField(default=True)
    may_join = models.BooleanField(default=False)  # manual lists: agents may subscribe themselves
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    uid_validity = models.PositiveBigIntegerField(default=0)  # position in its mailbox
    last_uid = models.PositiveBigIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True, db_index=True)
    # when a backup was restored: letters that arrived before may have been sent already
    restored_at = models.DateTimeField(null=True, blank=True)


class ListRole(models.Model):
    """The role of an account in a list: owner or moderator."""

    list = models.ForeignKey(MailingList, on_delete=models.CASCADE, related_name="roles")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="list_roles")
    role = models.CharField(max_length=10)  # Role
    # rows older than this column: before any post
    given_on = models.DateField(db_default=date(1970, 1, 1))

    class Meta:
        constraints = (models.UniqueConstraint(fields=("list", "account"), name="list_role_once"),)


class Subscriber(models.Model):
    """A member of a manual list: an agent, by person (their address is looked up), or an external address."""

    list = models.ForeignKey(MailingList, on_delete=models.CASCADE, related_name="subscribers")
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, related_name="subscriptions"
    )
    address = models.CharField(max_length=254)  # as subscribed
    name = models.CharField(max_length=100, blank=True)
    since = models.DateTimeField()
    by_self = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("list", "address"), name="subscriber_once"),
            models.UniqueConstraint(
                fields=("list", "person"),
                condition=models.Q(person__isnull=False),
                name="subscriber_person_once",
            ),
        )


class ListLetter(models.Model):
    """A message delivered to a list, its place in the mailbox, and the decision."""

    list = models.ForeignKey(MailingList, on_delete=models.PROTECT, related_name="letters")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    uid_validity = models.PositiveBigIntegerField()
    uid = models.PositiveBigIntegerField()
    message_id = models.CharField(max_length=255, blank=True, db_index=True)
    root = models.CharField(max_length=255, blank=True)  # first message of the conversation
    author = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="list_letters"
    )
    sender = models.CharField(max_length=254, blank=True)
    sender_name = models.CharField(max_length=100, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    size = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, db_index=True)
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=300, blank=True)  # of the moderator to the author
    decided_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="list_decisions"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)  # when every copy was stored
    recipients = models.PositiveIntegerField(default=0)
    progressed_at = models.DateTimeField(null=True, blank=True)  # last batch submitted
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("list", "state")), models.Index(fields=("list", "received_at")))
        constraints = (
            models.UniqueConstraint(fields=("list", "uid_validity", "uid"), name="list_letter_once"),
        )


class Batch(models.Model):
    """Copies submitted together as one message. `attempted_at` is a lease."""

    letter = models.ForeignKey(ListLetter, on_delete=models.CASCADE, related_name="batches")
    number = models.PositiveIntegerField()
    attempted_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)  # code of the refusal of the whole batch

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("letter", "number"), name="batch_once"),)


class LetterCopy(models.Model):
    """One recipient of a letter, unique for the letter, and why they receive it."""

    letter = models.ForeignKey(ListLetter, on_delete=models.CASCADE, related_name="copies")
    number = models.PositiveIntegerField()  # of its batch
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=100, blank=True)
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="list_copies"
    )
    reasons = models.JSONField(default=list)

    class Meta:
        indexes = (models.Index(fields=("letter", "number")),)
        constraints = (models.UniqueConstraint(fields=("letter", "address"), name="letter_copy_once_each"),)
