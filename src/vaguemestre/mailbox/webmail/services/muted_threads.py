"""Muted conversations: their new messages are marked read, without notification.

Message-IDs are stored with the account; the messages bear the keyword `$Muted`.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction

from vaguemestre.mailbox.webmail.values import Action
from vaguemestre.people.credentials.services import save_preference
from vaguemestre.people.credentials.values import Preferences
from vaguemestre.post.mailstore.ports import Mailbox, MessageGone
from vaguemestre.post.mailstore.values import Flag, MessageRef, Page

SUBJECT = "muted"
_MAX_IDS = 300  # the oldest are dropped


def muted_ids(preferences: Preferences) -> frozenset[str]:
    return frozenset(_stored_ids(preferences))


def remember_thread(
    mailbox: Mailbox,
    account_id: int,
    preferences: Preferences,
    action: Action,
    refs: Sequence[MessageRef],
) -> None:
    """Store or drop the Message-IDs of a conversation, after MUTE or UNMUTE."""
    ids: list[str] = []
    for ref in refs[:1]:
        try:
            ids += [row.summary.message_id for row in mailbox.conversation(ref) if row.summary.message_id]
        except MessageGone:
            continue
    stored = _stored_ids(preferences)
    rest = [stored_id for stored_id in stored if stored_id not in ids]
    _store_ids(account_id, rest if action is Action.UNMUTE else rest + ids)


def mute_new_messages(mailbox: Mailbox, account_id: int, preferences: Preferences, page: Page) -> bool:
    """Mark new messages of muted conversations as muted and read; whether there were any."""
    muted = muted_ids(preferences)
    if not muted:
        return False
    new_rows = [
        row
        for row in page.rows
        if row.summary.in_reply_to in muted and Flag.MUTED not in row.flags and Flag.SEEN not in row.flags
    ]
    if not new_rows:
        return False
    mailbox.flag([row.ref for row in new_rows], (Flag.MUTED, Flag.SEEN), ())
    _store_ids(account_id, [*_stored_ids(preferences), *(row.summary.message_id for row in new_rows)])
    return True


def _stored_ids(preferences: Preferences) -> list[str]:
    stored = preferences.get(SUBJECT)
    ids = stored.get("ids") if isinstance(stored, Mapping) else None
    return [stored_id for stored_id in ids if isinstance(stored_id, str)] if isinstance(ids, list) else []


@transaction.atomic(durable=True)
def _store_ids(account_id: int, ids: Sequence[str]) -> None:
    save_preference(
        account_id,
        SUBJECT,
        {"ids": list(dict.fromkeys(thread_id for thread_id in ids if thread_id))[-_MAX_IDS:]},
    )
