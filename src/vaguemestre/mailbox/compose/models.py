"""Messages being written: the newest text is here first, the draft in the mailbox follows."""

from django.db import models

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Structure
from vaguemestre.post.filelinks.models import Deposit


class Identity(models.Model):
    """A way to sign one's messages: an address of one's own, a name, a signature."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identities")
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=100)
    reply_to = models.CharField(max_length=254, blank=True)
    signed_with = models.CharField(max_length=10, blank=True)  # nothing, `academy` or `own`
    signature = models.TextField(blank=True)  # clean HTML, variables not replaced
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("account",), condition=models.Q(is_default=True), name="one_usual_identity"
            ),
        )


class StockText(models.Model):
    """A text kept ready (« réponse type »), its author's own or shared with an establishment."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="stock_texts")
    structure = models.ForeignKey(Structure, null=True, blank=True, on_delete=models.SET_NULL)
    title = models.CharField(max_length=100)
    subject = models.CharField(max_length=200, blank=True)
    html = models.TextField()
    updated_at = models.DateTimeField()


class Composition(models.Model):
    """One composer window. Gone once its message is filed, or thrown away."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="compositions")
    key = models.CharField(max_length=32, unique=True)
    mode = models.CharField(max_length=10)
    to = models.TextField(blank=True)
    cc = models.TextField(blank=True)
    bcc = models.TextField(blank=True)
    subject = models.TextField(blank=True)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    is_plain = models.BooleanField(default=False)
    quote = models.TextField(blank=True)  # clean HTML folded away until the person unfolds it
    list_name = models.CharField(max_length=200, blank=True)  # the original came through that list
    author = models.TextField(blank=True)  # whom an answer to its author alone goes to
    identity = models.ForeignKey(Identity, null=True, blank=True, on_delete=models.SET_NULL)
    importance = models.CharField(max_length=4, blank=True)  # `high`, `low`
    wants_receipt = models.BooleanField(default=False)
    wants_report = models.BooleanField(default=False)
    in_reply_to = models.TextField(blank=True)
    references = models.JSONField(default=list)
    answered = models.JSONField(null=True, blank=True)  # folder, uid_validity, uid, flag of the original
    draft = models.JSONField(null=True, blank=True)  # folder, uid_validity, uid of the draft
    draft_message_id = models.CharField(max_length=255, unique=True)
    revision = models.PositiveIntegerField(default=0)
    deposits = models.ManyToManyField(Deposit, related_name="+")  # files it carries a link to
    attempt = models.PositiveIntegerField(
        default=0
    )  # sendings so far; the last one's outbox key is `key.attempt`
    is_sending = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(db_index=True)


class Enclosure(models.Model):
    """An attachment, received in slices so that a cut costs one slice."""

    composition = models.ForeignKey(Composition, on_delete=models.CASCADE, related_name="enclosures")
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    content_id = models.CharField(max_length=255, blank=True)  # a picture inside the text


class Slice(models.Model):
    """`content` starts at `offset`; slices of an enclosure follow each other without hole."""

    enclosure = models.ForeignKey(Enclosure, on_delete=models.CASCADE, related_name="slices")
    offset = models.PositiveIntegerField()
    content = models.BinaryField()
    size = models.PositiveIntegerField()

    class Meta:
        ordering = ("offset",)
        constraints = (models.UniqueConstraint(fields=("enclosure", "offset"), name="slice_once"),)


class Mailing(models.Model):
    """One message written once, sent in a copy of its own to each recipient."""

    class State(models.TextChoices):
        READY = "ready"
        RUNNING = "running"
        STOPPED = "stopped"
        DONE = "done"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mailings")
    composition = models.OneToOneField(
        Composition, null=True, blank=True, on_delete=models.SET_NULL, related_name="mailing"
    )
    key = models.CharField(max_length=32, unique=True)  # the composer's
    series = models.CharField(max_length=32, unique=True)  # then `.line`: the key of each copy in the outbox
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY, db_index=True)
    source = models.CharField(max_length=255, blank=True)
    wrong = models.JSONField(default=list)  # line, what stood there, why
    audiences = models.JSONField(default=list)  # names of the classes it goes to, as the writer picked them
    sender = models.CharField(max_length=254, blank=True)  # instead of the identity's address
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)  # chosen by the writer; nothing leaves before


class MailingCopy(models.Model):
    """A copy to make; `queued_at` once the outbox has it."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="copies")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=2000, blank=True)
    address = models.CharField(max_length=254)
    values = models.JSONField(default=dict)
    queued_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("mailing", "number"), name="copy_once"),
            models.UniqueConstraint(fields=("mailing", "address"), name="copy_once_each"),
        )


class BroadReply(models.Model):
    """An answer to many in a conversation: when there are too many, the next ones wait."""

    root = models.CharField(max_length=255)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("root", "at")),)
