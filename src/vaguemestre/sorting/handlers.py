"""What follows a decision about arriving mail."""

from django.utils import timezone

from vaguemestre.credentials.events import AccountsChanged
from vaguemestre.credentials.queries import accounts_of
from vaguemestre.directory.events import PeopleChanged
from vaguemestre.sorting import queries, services
from vaguemestre.sorting.events import SortingChanged
from vaguemestre.sorting.ports import open_scripts


def rewrite_script(event: SortingChanged) -> None:
    """Run at once for the person who waits, and again by the worker, which finds it done."""
    services.rewrite_script(event.account_id, open_scripts.get(), now=timezone.now())


def follow_accounts(event: AccountsChanged) -> None:
    """An account resumed: what was decided before holds again."""
    _again(event.account_ids)


def follow_people(event: PeopleChanged) -> None:
    """Names and addresses are written in the script."""
    _again(accounts_of(event.person_ids))


def _again(account_ids: list[int]) -> None:
    for account_id in queries.with_decisions(account_ids):
        services.rewrite_script(account_id, open_scripts.get(), now=timezone.now())
