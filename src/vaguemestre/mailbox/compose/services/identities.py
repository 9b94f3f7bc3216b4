"""Identities and texts kept ready: made, changed, taken away."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.compose.models import Identity, StockText
from vaguemestre.mailbox.compose.queries import (
    identities_of,
    is_picture_path,
    own_addresses,
    schools_of,
    signature_facts,
)
from vaguemestre.mailbox.compose.rules.identities import check_identity
from vaguemestre.mailbox.compose.rules.outgoing_html import is_blank, kept_html
from vaguemestre.mailbox.compose.values import IdentityGiven, StockTextGiven, Writer
from vaguemestre.post.outbox.rules.headers import check_field

MOST_IDENTITIES = 20
MOST_TEXTS = 200
LONGEST_TEXT = 100_000  # characters


@transaction.atomic(durable=True)
def save_identity(writer: Writer, identity_id: int, given: IdentityGiven, *, by: str, now: datetime) -> int:
    """Keep the identity (0: a new one); returns its id.

    Raises the refusals of `check_identity`, Refusal `compose.identity-gone`, `compose.too-many-identities`.
    """
    account_id = writer.account_id
    kept = check_identity(given, own_addresses(writer), signature_facts(account_id))
    mine = Identity.objects.filter(account_id=account_id)
    row = mine.filter(pk=identity_id).first() if identity_id else Identity(account_id=account_id)
    if row is None:
        raise Refusal("compose.identity-gone")
    if not identity_id and mine.count() >= MOST_IDENTITIES:
        raise Refusal("compose.too-many-identities", limit=MOST_IDENTITIES)
    row.address, row.name, row.reply_to = kept.address, kept.name, kept.reply_to
    row.signed_with, row.signature = kept.signed_with, kept.signature
    row.is_default = kept.is_default or not mine.exclude(pk=row.pk).exists()
    if row.is_default:
        mine.exclude(pk=row.pk).update(is_default=False)
    row.save()
    record(
        "compose.identity-saved",
        to=f"account:{account_id}",
        by=by,
        at=now,
        address=row.address,
        reply_to=row.reply_to,
    )
    return int(row.pk)


def import_identities(writer: Writer, given: Sequence[IdentityGiven], *, by: str, now: datetime) -> int:
    """Those of another program that are not there yet; how many were kept.

    Under an address and a name that are theirs here; answers go elsewhere only to an address of theirs.
    Raises the refusals of `save_identity`.
    """
    own = own_addresses(writer)
    held = {one.signature for one in identities_of(writer)}
    has_some = bool(held)
    kept = 0
    for one in given:
        mine = replace(
            one,
            address=one.address if one.address in own else writer.address,
            name=one.name or writer.name,
            reply_to=one.reply_to if one.reply_to in own else "",
            signature=kept_html(one.signature, lambda _: False),
            is_default=one.is_default and not has_some,
        )
        if is_blank(mine.signature) or mine.signature in held:
            continue
        held.add(mine.signature)
        _save_under_own_name(writer, mine, by=by, now=now)
        kept += 1
    return kept


def _save_under_own_name(writer: Writer, mine: IdentityGiven, *, by: str, now: datetime) -> None:
    try:
        save_identity(writer, 0, mine, by=by, now=now)
    except Refusal as refusal:
        if refusal.code != "compose.name-not-yours":
            raise
        save_identity(writer, 0, replace(mine, name=writer.name), by=by, now=now)


@transaction.atomic(durable=True)
def move_identities(account_id: int, left_domain: str, address: str) -> None:
    """Identities under an address of the académie that was left go to the new one. Twice is once."""
    mine = Identity.objects.filter(account_id=account_id)
    mine.filter(address__endswith=f"@{left_domain}").update(address=address)
    mine.filter(reply_to__endswith=f"@{left_domain}").update(reply_to=address)


@transaction.atomic(durable=True)
def remove_identity(account_id: int, identity_id: int, *, by: str, now: datetime) -> None:
    """Twice is once."""
    removed, _ = Identity.objects.filter(account_id=account_id, pk=identity_id).delete()
    if removed:
        record("compose.identity-removed", to=f"account:{account_id}", by=by, at=now)


@transaction.atomic(durable=True)
def save_stock_text(account_id: int, text_id: int, given: StockTextGiven, *, by: str, now: datetime) -> int:
    """Keep the text (0: a new one); returns its id. Only its author changes it.

    Raises Refusal `compose.text-untitled`, `compose.text-empty`, `compose.text-too-long`,
    `compose.text-gone`, `compose.not-your-school`, `compose.too-many-texts`, `outbox.control-character`.
    """
    title = check_field("title", given.title)[:100]
    if not title:
        raise Refusal("compose.text-untitled", field="title")
    html = kept_html(given.html, is_picture_path)
    if is_blank(html):
        raise Refusal("compose.text-empty", field="html")
    if len(html) > LONGEST_TEXT:
        raise Refusal("compose.text-too-long", field="html")
    if given.structure_id and given.structure_id not in dict(schools_of(account_id, paris_day(now))):
        raise Refusal("compose.not-your-school", field="structure")
    mine = StockText.objects.filter(account_id=account_id)
    row = mine.filter(pk=text_id).first() if text_id else StockText(account_id=account_id)
    if row is None:
        raise Refusal("compose.text-gone")
    if not text_id and mine.count() >= MOST_TEXTS:
        raise Refusal("compose.too-many-texts", limit=MOST_TEXTS)
    row.title, row.subject, row.html = title, check_field("subject", given.subject)[:200], html
    row.structure_id, row.updated_at = given.structure_id or None, now
    row.save()
    if row.structure_id:
        shared = f"structure:{row.structure_id}"
        record("compose.text-shared", to=shared, by=by, at=now, title=row.title)
    return int(row.pk)


@transaction.atomic(durable=True)
def remove_stock_text(account_id: int, text_id: int) -> None:
    """Twice is once; somebody else's stays."""
    StockText.objects.filter(account_id=account_id, pk=text_id).delete()
