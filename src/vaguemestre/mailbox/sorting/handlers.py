"""What follows a decision about arriving mail."""

from datetime import date

from django.utils import timezone

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.sorting import queries, services
from vaguemestre.mailbox.sorting.events import PassAsked, SortingChanged
from vaguemestre.mailbox.sorting.ports import known_of, open_received, open_scripts, put_house_script
from vaguemestre.mailbox.sorting.rules.marks import mark
from vaguemestre.mailbox.sorting.values import Place
from vaguemestre.people.credentials.events import AccountsChanged, PersonErased
from vaguemestre.people.credentials.queries import accounts_of, is_closed
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.lifecycle.events import NeutralReplyDue, NeutralReplyOver

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


def renew_scripts() -> None:
    """A round: after an upgrade, scripts are written as this version writes them."""
    services.renew_scripts(open_scripts.get(), put_house_script.get(), known_of.get(), now=timezone.now())


def follow_accounts(event: AccountsChanged) -> None:
    """An account resumed: what was decided before holds again."""
    _again(event.account_ids)


def answer_for_gone(event: NeutralReplyDue) -> None:
    """Somebody left, or is away for long: a neutral reply until then."""
    starts_on, ends_on = date.fromisoformat(event.starts_on), date.fromisoformat(event.ends_on)
    now = timezone.now()
    if ends_on >= paris_day(now) and services.answer_for_gone(
        event.account_id, starts_on, ends_on, event.new_address, only_to=event.only_to, now=now
    ):
        _rewrite(event.account_id)


def stop_answering(event: NeutralReplyOver) -> None:
    """They are back: no more of it."""
    services.end_absence(event.account_id, by="system", now=timezone.now(), place=Place.LEFT)
    _rewrite(event.account_id)


def follow_people(event: PeopleChanged) -> None:
    """Names and addresses are written in the script."""
    _again(accounts_of(event.person_ids))


def _again(account_ids: list[int]) -> None:
    for account_id in queries.with_decisions(account_ids):
        _rewrite(account_id)


def _rewrite(account_id: int) -> None:
    services.rewrite_script(
        account_id, open_scripts.get(), put_house_script.get(), known_of.get(), now=timezone.now()
    )


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id, event.person_id)
