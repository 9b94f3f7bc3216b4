"""Filters whose folder was renamed, thrown away or brought back."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.models import FilterRow
from vaguemestre.mailbox.sorting.rules.renamed_folders import files_into, followed
from vaguemestre.mailbox.sorting.services.filters import notify_owner_of
from vaguemestre.mailbox.sorting.services.revision import bump_revision


@transaction.atomic(durable=True)
def follow_folder(account_id: int, former: str, new: str, *, by: str, now: datetime) -> None:
    """Let the filters that file into `former`, or into a folder in it, follow it to `new`; "": deleted.

    See `rules.renamed_folders.followed`. The owner is told of a redirect that begins again so.
    """
    changed = 0
    for mail_filter in queries.filters_of(account_id):
        if not files_into(mail_filter.outcome, former):
            continue
        after = followed(mail_filter, former, new)
        if after == mail_filter:
            continue
        row = FilterRow.objects.filter(account_id=account_id, pk=mail_filter.filter_id)
        changed += row.update(is_on=after.is_on, outcome=asdict(after.outcome))
        if after.is_on and not mail_filter.is_on:
            notify_owner_of(account_id, after, by=by, now=now)
    if changed:
        record("sorting.filters-followed", to=f"account:{account_id}", by=by, at=now, count=changed)
        bump_revision(account_id)
