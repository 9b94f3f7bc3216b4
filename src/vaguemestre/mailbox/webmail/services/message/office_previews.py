"""PDF previews of office documents: requested by a page, made by the worker."""

import hashlib

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce_in_share
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.webmail.events import PreviewRequested
from vaguemestre.post.mailstore.values import MessageRef

MAX_WAITING = 3  # documents of one mailbox; each takes half a minute at most


def preview_key(mailbox: str, ref: MessageRef, chain: str, number: str) -> str:
    """Storage key of a preview: a hash of the mailbox, the message and the part."""
    place = "\0".join((mailbox, ref.folder, str(ref.uid_validity), str(ref.uid), chain, number))
    return hashlib.sha256(place.encode()).hexdigest()


@transaction.atomic(durable=True)
def request_preview(mailbox: str, ref: MessageRef, chain: str, number: str) -> str:
    """Queue the conversion; the key of the preview. Raises Refusal `webmail.previews-waiting`."""
    key = preview_key(mailbox, ref, chain, number)
    event = PreviewRequested(key, mailbox, ref.folder, ref.uid_validity, ref.uid, chain, number)
    if not announce_in_share(event, "mailbox", most=MAX_WAITING):
        raise Refusal("webmail.previews-waiting", most=MAX_WAITING)
    return key
