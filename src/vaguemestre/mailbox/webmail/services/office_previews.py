"""Office documents shown as PDF: asked for by a page, made by the worker."""

import hashlib

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.mailbox.webmail.events import PreviewWanted
from vaguemestre.post.mailstore.values import MessageRef


def preview_key(mailbox: str, ref: MessageRef, chain: str, number: str) -> str:
    """What a preview is kept under: never twice the same for two files, whoever they belong to."""
    named = "\0".join((mailbox, ref.folder, str(ref.uid_validity), str(ref.uid), chain, number))
    return hashlib.sha256(named.encode()).hexdigest()


@transaction.atomic(durable=True)
def ask_preview(mailbox: str, ref: MessageRef, chain: str, number: str) -> str:
    """Leave the wish for the worker; the key under which the preview will be."""
    key = preview_key(mailbox, ref, chain, number)
    announce(PreviewWanted(key, mailbox, ref.folder, ref.uid_validity, ref.uid, chain, number))
    return key
