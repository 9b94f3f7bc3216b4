"""Shared mailboxes a leaver owns, and closing days already planned."""

from collections.abc import Collection, Mapping
from datetime import date

from django.utils import timezone

from vaguemestre.people.lifecycle import queries as lives_queries
from vaguemestre.people.lifecycle.rules import consequence_table
from vaguemestre.schools.sharing import queries as sharing_queries
from vaguemestre.site.config import Config


def closing_days(config: Config, account_ids: Collection[int] | None) -> Mapping[int, date]:
    """Planned closing day by account, from the académie's table of consequences."""
    return lives_queries.closing_days(consequence_table(config.lifecycle_delays()), account_ids)


def boxes_owned(account_id: int) -> tuple[str, ...]:
    """Addresses of the shared mailboxes that only this account owns."""
    now = timezone.now()
    return tuple(
        box.address
        for box in sharing_queries.boxes_of(account_id, now)
        if box.is_owner and set(sharing_queries.owners_of(box.box_id, now)) == {account_id}
    )
