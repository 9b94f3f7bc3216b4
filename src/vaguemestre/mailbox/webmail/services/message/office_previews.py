"""PDF previews of office documents: requested by a page, made by the worker."""

import hashlib

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.mailbox.webmail.events import PreviewRequested
from vaguemestre.post.mailstore.values import MessageRef


def preview_key(mailbox: str, ref: MessageRef, chain: str, number: str) -> str:
    """Storage key of a preview: a hash of the mailbox, the message and the part."""
    place = "\0".join((mailbox, ref.folder, str(ref.uid_validity), str(ref.uid), chain, number))
    return hashlib.sha256(place.encode()).hexdigest()


@transaction.atomic(durable=True)
def request_preview(mailbox: str, ref: MessageRef, chain: str, number: str) -> str:
    """Queue the conversion; the key of the preview."""
    key = preview_key(mailbox, ref, chain, number)
    announce(PreviewRequested(key, mailbox, ref.folder, ref.uid_validity, ref.uid, chain, number))
    return key
