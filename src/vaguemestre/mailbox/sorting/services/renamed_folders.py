"""Filters whose folder was renamed, thrown away or brought back."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.events import FolderMoved
from vaguemestre.mailbox.sorting.models import FilterRow
from vaguemestre.mailbox.sorting.rules.renamed_folders import files_into, followed
from vaguemestre.mailbox.sorting.services.filters import notify_owner_of
from vaguemestre.mailbox.sorting.services.revision import bump_revision
from vaguemestre.people.credentials.queries import account_of_mailbox


@transaction.atomic(durable=True)
def announce_moved_folders(mailbox: str, former: str, new: str) -> None:
    """Announce that a mail program renamed `former` to `new` ("": deleted), if filters file into it."""
    account_id = account_of_mailbox(mailbox)
    if account_id is None:
        return
    if any(files_into(mail_filter.outcome, former) for mail_filter in queries.filters_of(account_id)):
        announce(FolderMoved(account_id, former, new))


@transaction.atomic(durable=True)
def follow_folder(
    account_id: int, former: str, new: str, *, by: str, now: datetime, folders: Collection[str] = ()
) -> None:
    """Let the filters that file into `former`, or into a folder in it, follow it to `new`; "": deleted.

    See `rules.renamed_folders.followed`. `folders`: those still there, whose filters stay as they are. The
    owner is told of a redirect that begins again so.
    """
    changed = 0
    for mail_filter in queries.filters_of(account_id):
        outcome = mail_filter.outcome
        if not files_into(outcome, former) or not {outcome.move_to, outcome.copy_to}.isdisjoint(folders):
            continue
        after = followed(mail_filter, former, new)
        if after == mail_filter:
            continue
        row = FilterRow.objects.filter(account_id=account_id, pk=mail_filter.filter_id)
        changed += row.update(is_on=after.is_on, outcome=asdict(after.outcome))
        if after.is_on and not mail_filter.is_on:
            notify_owner_of(account_id, after, by=by, now=now)
    if changed:
        record("sorting.filters-followed", to=account_subject(account_id), by=by, at=now, count=changed)
        bump_revision(account_id)
