"""Messages being written: the newest text is here first, the draft in the mailbox follows."""

from django.db import models

from vaguemestre.credentials.models import Account
from vaguemestre.directory.models import Structure


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
