"""Tables of compose. A draft is saved here first, then in the mailbox."""

from django.db import models

from vaguemestre.foundation.kernel.text.choices import choices_of
from vaguemestre.mailbox.compose.values import MailingState
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Structure
from vaguemestre.post.filelinks.models import SharedFile


class Identity(models.Model):
    """Sender identity of an account: address, name, signature."""

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
    """Stock text (« réponse type »), private or shared with a school."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="stock_texts")
    structure = models.ForeignKey(Structure, null=True, blank=True, on_delete=models.SET_NULL)
    title = models.CharField(max_length=100)
    subject = models.CharField(max_length=200, blank=True)
    html = models.TextField()
    updated_at = models.DateTimeField()


class Composition(models.Model):
    """Draft of one composer; deleted once its message is filed or discarded."""

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
    quote = models.TextField(blank=True)  # clean HTML, hidden until the person unfolds it
    list_name = models.CharField(max_length=200, blank=True)  # mailing list of the original
    author = models.TextField(blank=True)  # recipients of a reply to the author alone
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
    shared_files = models.ManyToManyField(SharedFile, related_name="+")  # files sent as links
    attempt = models.PositiveIntegerField(default=0)  # sendings so far; outbox key: `key.attempt`
    is_sending = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(db_index=True)


class Enclosure(models.Model):
    """Attachment, uploaded in slices so that an interruption costs one slice only."""

    composition = models.ForeignKey(Composition, on_delete=models.CASCADE, related_name="enclosures")
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    content_id = models.CharField(max_length=255, blank=True)  # a picture inside the text


class Slice(models.Model):
    """Slice of an attachment from `offset` on; slices follow each other without gap."""

    enclosure = models.ForeignKey(Enclosure, on_delete=models.CASCADE, related_name="slices")
    offset = models.PositiveIntegerField()
    content = models.BinaryField()
    size = models.PositiveIntegerField()

    class Meta:
        ordering = ("offset",)
        constraints = (models.UniqueConstraint(fields=("enclosure", "offset"), name="slice_once"),)


class Mailing(models.Model):
    """Mail merge: one message, sent as a separate copy to each recipient."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mailings")
    composition = models.OneToOneField(
        Composition, null=True, blank=True, on_delete=models.SET_NULL, related_name="mailing"
    )
    key = models.CharField(max_length=32, unique=True)  # the composer's
    series = models.CharField(max_length=32, unique=True)  # then `.line`: the key of each copy in the outbox
    state = models.CharField(
        max_length=8,
        choices=choices_of(MailingState),
        default=MailingState.READY,
        db_index=True,
    )
    source = models.CharField(max_length=255, blank=True)
    wrong = models.JSONField(default=list)  # (line, typed address, reason) of each invalid row
    audiences = models.JSONField(default=list)  # names of the classes, as the writer picked them
    sender = models.CharField(max_length=254, blank=True)  # sender address, if not the identity's
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)  # scheduled time
    acting_id = models.BigIntegerField(default=0, db_default=0)  # the member who began it in a shared mailbox


class MailingCopy(models.Model):
    """Copy of a mailing; `queued_at`: when the outbox took it."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="copies")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=2000, blank=True)
    address = models.CharField(max_length=254)
    values = models.JSONField(default=dict)
    queued_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("mailing", "number"), name="copy_once"),)


class BroadReply(models.Model):
    """Reply to many recipients, counted per conversation (reply storms)."""

    root = models.CharField(max_length=255)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("root", "at")),)
