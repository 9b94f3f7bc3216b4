"""What follows a decision about arriving mail."""

from django.utils import timezone

from vaguemestre.credentials.events import AccountsChanged
from vaguemestre.credentials.queries import accounts_of
from vaguemestre.directory.events import PeopleChanged
from vaguemestre.sorting import queries, services
from vaguemestre.sorting.events import PassAsked, SortingChanged
from vaguemestre.sorting.ports import known_of, open_received, open_scripts
from vaguemestre.sorting.rules.marks import mark

CONTACTS_EVERY = 10  # minutes between two looks at the address books that scripts know


def rewrite_script(event: SortingChanged) -> None:
    """Run at once for the person who waits, and again by the worker, which finds it done."""
    _rewrite(event.account_id)


def carry_pass(event: PassAsked) -> None:
    """A filter over what is already there, by the worker of long work; taken up where it stopped."""
    services.carry_pass(event.account_id, event.number, open_received.get(), now=timezone.now())


def follow_contacts() -> None:
    """A round: scripts that answer contacts only learn of new ones."""
    now = timezone.now()
    if now.minute % CONTACTS_EVERY:
        return
    for account_id, known in queries.bound_to_contacts(now):
        if mark(known_of.get()(account_id)) != known:
            _rewrite(account_id)


def follow_accounts(event: AccountsChanged) -> None:
    """An account resumed: what was decided before holds again."""
    _again(event.account_ids)


def follow_people(event: PeopleChanged) -> None:
    """Names and addresses are written in the script."""
    _again(accounts_of(event.person_ids))


def _again(account_ids: list[int]) -> None:
    for account_id in queries.with_decisions(account_ids):
        _rewrite(account_id)


def _rewrite(account_id: int) -> None:
    services.rewrite_script(account_id, open_scripts.get(), known_of.get(), now=timezone.now())
