"""Save, import and remove identities and stock texts."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.compose.models import Identity, StockText
from vaguemestre.mailbox.compose.queries import (
    identities_of,
    is_picture_path,
    own_addresses,
    schools_of,
    signature_variables,
)
from vaguemestre.mailbox.compose.rules.identities import (
    check_identity,
    has_many_variables,
    is_elsewhere,
)
from vaguemestre.mailbox.compose.rules.outgoing_html import draft_html, is_blank
from vaguemestre.mailbox.compose.values import IdentityFields, StockTextFields, Writer
from vaguemestre.people.directory.queries import names_somebody_else
from vaguemestre.people.directory.rules.names import is_gateway
from vaguemestre.post.outbox.rules.headers import check_field

MAX_IDENTITIES = 20
MAX_TEXTS = 200
MAX_TEXT_CHARACTERS = 100_000  # characters


@transaction.atomic(durable=True)
def save_identity(writer: Writer, identity_id: int, fields: IdentityFields, *, by: str, now: datetime) -> int:
    """Save the identity (0: a new one); returns its id.

    Raises the refusals of `check_identity`, Refusal `compose.name-of-another`, `compose.identity-gone`,
    `compose.too-many-identities`.
    """
    account_id = writer.account_id
    variables = signature_variables(account_id)
    checked = check_identity(fields, own_addresses(writer), variables)
    if variables.name and names_somebody_else(checked.name, (variables.name, variables.surname)):
        raise Refusal("compose.name-of-another", field="name")
    identities = Identity.objects.filter(account_id=account_id)
    row = identities.filter(pk=identity_id).first() if identity_id else Identity(account_id=account_id)
    if row is None:
        raise Refusal("compose.identity-gone")
    if not identity_id and identities.count() >= MAX_IDENTITIES:
        raise Refusal("compose.too-many-identities", limit=MAX_IDENTITIES)
    before, row.reply_to = row.reply_to, checked.reply_to
    row.address, row.name = checked.address, checked.name
    row.signed_with, row.signature = checked.signed_with, checked.signature
    is_first = not any(not is_gateway(other.address) for other in identities.exclude(pk=row.pk))
    row.is_default = checked.is_default or (is_first and not is_gateway(row.address))
    if row.is_default:
        identities.exclude(pk=row.pk).update(is_default=False)
    row.save()
    record(
        "compose.identity-saved",
        to=account_subject(account_id),
        by=by,
        at=now,
        address=row.address,
        reply_to=row.reply_to,
    )
    if row.reply_to != before and is_elsewhere(row.reply_to, writer.address):
        record("compose.reply-to-set", to=account_subject(account_id), by=by, at=now, number=row.pk)
        notify_owner(account_id, "reply-to-set", now=now, number=row.pk, detail=row.reply_to)
    return int(row.pk)


def answer_as_gateway(writer: Writer, addressees: Collection[str]) -> None:
    """Make the identity that answers a message, if it came to the address that hides the writer's own.

    Without it the answer would tell families the address that the first message hid. It is signed as usual,
    unless the signature tells that address. Inside the caller's transaction.
    """
    hidden = [address for address in own_addresses(writer) if is_gateway(address) and address in addressees]
    identities = Identity.objects.filter(account_id=writer.account_id)
    if not hidden or identities.filter(address__in=hidden).exists():
        return
    usual = identities.filter(is_default=True).first() or Identity()
    is_secret_kept = writer.address.lower() not in usual.signature.lower()
    Identity.objects.create(
        account_id=writer.account_id,
        address=hidden[0],
        name=usual.name or writer.name,
        signed_with=usual.signed_with if is_secret_kept else "",
        signature=usual.signature if is_secret_kept else "",
    )


def remove_reply_to(account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """Undo the Reply-To of identity `number` (« Ce n’était pas moi »). In the caller's transaction.

    False when it is gone or has no such address.
    """
    rows = Identity.objects.filter(account_id=account_id, pk=number).exclude(reply_to="")
    if not rows.update(reply_to=""):
        return False
    record("compose.reply-to-removed", to=account_subject(account_id), by=by, at=now, number=number)
    return True


def remove_foreign_reply_to(account_id: int, *, by: str, now: datetime) -> None:
    """Remove the outside Reply-To of every identity, after a compromise. In the caller's transaction."""
    for row in Identity.objects.filter(account_id=account_id).exclude(reply_to=""):
        if is_elsewhere(row.reply_to, row.address):
            remove_reply_to(account_id, row.pk, by=by, now=now)


def import_identities(writer: Writer, imported: Sequence[IdentityFields], *, by: str, now: datetime) -> int:
    """Import the identities whose signature is new; returns the count.

    Addresses and names that are not the writer's own are replaced. Raises the refusals of `save_identity`.
    """
    own = own_addresses(writer)
    signatures = {fields.signature for fields in identities_of(writer)}
    has_identities = bool(signatures)
    count = 0
    for fields in imported:
        adapted = replace(
            fields,
            address=fields.address if fields.address in own else writer.address,
            name=fields.name or writer.name,
            reply_to=fields.reply_to if fields.reply_to in own else "",
            signature=draft_html(fields.signature, lambda _: False),
            is_default=fields.is_default and not has_identities,
        )
        if is_blank(adapted.signature) or adapted.signature in signatures:
            continue
        signatures.add(adapted.signature)
        save_imported_identity(writer, adapted, by=by, now=now)
        count += 1
    return count


def save_imported_identity(writer: Writer, fields: IdentityFields, *, by: str, now: datetime) -> None:
    """Save a new identity, under the account's directory name if its own is refused."""
    try:
        save_identity(writer, 0, fields, by=by, now=now)
    except Refusal as refusal:
        if refusal.code not in ("compose.name-not-yours", "compose.name-of-another"):
            raise
        save_identity(writer, 0, replace(fields, name=writer.name), by=by, now=now)


@transaction.atomic(durable=True)
def move_identities(account_id: int, left_domain: str, address: str) -> None:
    """Move the identities of the former domain to the new address. Idempotent."""
    identities = Identity.objects.filter(account_id=account_id)
    identities.filter(address__endswith=f"@{left_domain}").update(address=address)
    identities.filter(reply_to__endswith=f"@{left_domain}").update(reply_to=address)


@transaction.atomic(durable=True)
def remove_identity(account_id: int, identity_id: int, *, by: str, now: datetime) -> None:
    """Remove the identity. Idempotent."""
    removed, _ = Identity.objects.filter(account_id=account_id, pk=identity_id).delete()
    if removed:
        record("compose.identity-removed", to=account_subject(account_id), by=by, at=now)


@transaction.atomic(durable=True)
def save_stock_text(account_id: int, text_id: int, fields: StockTextFields, *, by: str, now: datetime) -> int:
    """Save the stock text (0: a new one); returns its id. Only its author may change it.

    Raises Refusal `compose.text-untitled`, `compose.text-title-taken`, `compose.text-empty`,
    `compose.text-too-long`, `compose.text-gone`, `compose.not-your-school`,
    `compose.too-many-texts`, `outbox.control-character`.
    """
    title = check_field("title", fields.title)[:100]
    if not title:
        raise Refusal("compose.text-untitled", field="title")
    html = draft_html(fields.html, is_picture_path)
    if is_blank(html):
        raise Refusal("compose.text-empty", field="html")
    if len(html) > MAX_TEXT_CHARACTERS or has_many_variables(html):
        raise Refusal("compose.text-too-long", field="html")
    if fields.structure_id and fields.structure_id not in dict(schools_of(account_id, paris_day(now))):
        raise Refusal("compose.not-your-school", field="structure")
    row = _own_text(account_id, text_id, title)
    row.title, row.subject, row.html = title, check_field("subject", fields.subject)[:200], html
    row.structure_id, row.updated_at = fields.structure_id or None, now
    row.save()
    if row.structure_id:
        school = f"structure:{row.structure_id}"
        record("compose.text-shared", to=school, by=by, at=now, title=row.title)
    return int(row.pk)


def _own_text(account_id: int, text_id: int, title: str) -> StockText:
    """The row to save as `title`, which no other text of the account may have: menus show titles alone."""
    texts = StockText.objects.filter(account_id=account_id)
    row = texts.filter(pk=text_id).first() if text_id else StockText(account_id=account_id)
    if row is None:
        raise Refusal("compose.text-gone")
    if not text_id and texts.count() >= MAX_TEXTS:
        raise Refusal("compose.too-many-texts", limit=MAX_TEXTS)
    taken = {plain_title(other) for other in texts.exclude(pk=text_id).values_list("title", flat=True)}
    if plain_title(title) in taken and (not text_id or plain_title(title) != plain_title(row.title)):
        raise Refusal("compose.text-title-taken", field="title")
    return row


def plain_title(title: str) -> str:
    """A title as two are compared: neither case nor spaces make another."""
    return " ".join(title.split()).casefold()


@transaction.atomic(durable=True)
def remove_stock_text(account_id: int, text_id: int) -> None:
    """Remove a stock text of the account. Idempotent."""
    StockText.objects.filter(account_id=account_id, pk=text_id).delete()
