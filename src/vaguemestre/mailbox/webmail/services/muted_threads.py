"""Conversations one does not want to hear of: their new messages come read, and no notification tells them.

The Message-IDs are kept with the account; the mark itself, `$Muted`, is on the messages.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction

from vaguemestre.mailbox.webmail.values import Act
from vaguemestre.people.credentials.services import prefer
from vaguemestre.post.mailstore.ports import Mailbox, MessageGone
from vaguemestre.post.mailstore.values import Flag, MessageRef, Page

SUBJECT = "muted"
_MOST = 300  # Message-IDs; those of conversations long over leave


def muted_ids(preferences: Mapping[str, object]) -> frozenset[str]:
    return frozenset(_kept(preferences))


def remember(
    mailbox: Mailbox, account_id: int, preferences: Mapping[str, object], act: Act, refs: Sequence[MessageRef]
) -> None:
    """After MUTE or UNMUTE: what the next messages of that conversation will answer."""
    ids: list[str] = []
    for ref in refs[:1]:
        try:
            ids += [row.summary.message_id for row in mailbox.conversation(ref) if row.summary.message_id]
        except MessageGone:
            continue
    known = _kept(preferences)
    rest = [one for one in known if one not in ids]
    _keep(account_id, rest if act is Act.UNMUTE else rest + ids)


def follow(mailbox: Mailbox, account_id: int, preferences: Mapping[str, object], page: Page) -> bool:
    """Mark what came for a muted conversation; whether anything did."""
    muted = muted_ids(preferences)
    if not muted:
        return False
    fresh = [
        row
        for row in page.rows
        if row.summary.in_reply_to in muted and Flag.MUTED not in row.flags and Flag.SEEN not in row.flags
    ]
    if not fresh:
        return False
    mailbox.flag([row.ref for row in fresh], (Flag.MUTED, Flag.SEEN), ())
    _keep(account_id, [*_kept(preferences), *(row.summary.message_id for row in fresh)])
    return True


def _kept(preferences: Mapping[str, object]) -> list[str]:
    kept = preferences.get(SUBJECT)
    ids = kept.get("ids") if isinstance(kept, Mapping) else None
    return [one for one in ids if isinstance(one, str)] if isinstance(ids, list) else []


@transaction.atomic(durable=True)
def _keep(account_id: int, ids: Sequence[str]) -> None:
    prefer(account_id, SUBJECT, {"ids": list(dict.fromkeys(one for one in ids if one))[-_MOST:]})
