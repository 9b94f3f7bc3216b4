"""What a thief set up in mailboxes of several people, by the right of the account they entered."""

from collections.abc import Callable, Mapping
from datetime import datetime

from vaguemestre.foundation.journal.queries import JournalFilter, filtered_entries
from vaguemestre.foundation.journal.values import Subject, account_subject
from vaguemestre.mailbox.compose.services import remove_reply_to
from vaguemestre.mailbox.sorting.services import stop_expert, stop_filter
from vaguemestre.people.credentials.services import UNDO_LIFE
from vaguemestre.schools.sharing.services import end_access_given_by

# The link of a notice lives so long, and what was done as long before it is undone too.
_SINCE = 2 * UNDO_LIFE
_UNDOINGS: Mapping[str, Callable[..., bool]] = {
    "compose.reply-to-set": remove_reply_to,
    "sorting.expert-saved": stop_expert,
    "sorting.filter-deletes": stop_filter,
    "sorting.forward-set": stop_filter,
}


def end_acts_in_shared_mailboxes(account_id: int, *, by: str, now: datetime) -> None:
    """Undo what that account made them forward, hide or answer elsewhere lately, and end whom it let in.

    Inside the caller's transaction. Its own mailbox is left to its caller, who undoes more there.
    """
    actor, since = account_subject(account_id), now - _SINCE
    acts = JournalFilter(actions=tuple(_UNDOINGS), by=(actor,), since=since)
    done = {(entry.action, entry.to, _number(entry.details)): None for entry in filtered_entries(acts)}
    for action, to, number in done:
        if to != actor:
            _UNDOINGS[action](Subject.parse(to).number, number, by=by, now=now)
    end_access_given_by(account_id, since, by=by, now=now)


def _number(details: Mapping[str, object]) -> int:
    return int(str(details.get("number") or 0))
