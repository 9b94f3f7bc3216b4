"""Jobs of the lifecycle: the daily round, reported situations, letters, erasure."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.class_assignment import assign_classes
from vaguemestre.people.credentials.queries import account_status, accounts_of, alarm_contacts
from vaguemestre.people.credentials.services import release_mailboxes
from vaguemestre.people.credentials.values import MailboxState
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.directory.queries import academy_summaries, person_of, recovery_address_of
from vaguemestre.people.intake.events import PeopleLeft, PersonTransferred, SituationReported
from vaguemestre.people.intake.values import Situation
from vaguemestre.people.lifecycle import services
from vaguemestre.people.lifecycle.events import ClosingNear, ClosingWithdrawn, MailboxPurgeDue
from vaguemestre.people.lifecycle.letters import closing_letter, withdrawal_letter
from vaguemestre.people.lifecycle.ports import erase_mail, letter_sender, send_outside
from vaguemestre.people.lifecycle.values import EventKind
from vaguemestre.people.paragraphs.queries import paragraph_for
from vaguemestre.people.paragraphs.values import LetterKind

EVENT_OF_SITUATION: Mapping[Situation, EventKind | None] = {
    Situation.ACTIVE: None,
    Situation.LEAVE: EventKind.LEAVE,
    Situation.LONG_LEAVE: EventKind.LONG_LEAVE,
    Situation.TRANSFER: EventKind.TRANSFER,
    Situation.RETIREMENT: EventKind.RETIREMENT,
    Situation.DEATH: EventKind.DEATH,
}


def run_lifecycle_round() -> None:
    """One round, each minute: run due steps; once a day, review posts and erase civil statuses."""
    now = timezone.now()
    today, delays = paris_day(now), settings.CONFIG.lifecycle_delays()
    if services.run_daily_review(delays, now=now, today=today):
        for academy in academy_summaries():
            assign_classes(academy.academy_id, by="system", now=now, today=today)
    services.run_due_events(delays, now=now, today=today)
    services.erase_civil_statuses(delays, now=now, today=today)
    hold = timedelta(hours=settings.CONFIG.lifecycle.compromise_hours)
    release_mailboxes(now - hold, by="system", now=now)


def begin_academy_move(event: PersonTransferred) -> None:
    """Give the former address a neutral reply after a move, for the delay of the table."""
    now = timezone.now()
    services.begin_academy_move(
        event.account_id,
        event.left_domain,
        event.new_address,
        settings.CONFIG.lifecycle_delays(),
        by="system",
        now=now,
        today=paris_day(now),
    )


def apply_reported_situation(event: SituationReported) -> None:
    """Apply a situation reported by a feed: a death, a retirement, a leave, a return."""
    now, delays = timezone.now(), settings.CONFIG.lifecycle_delays()
    reported = EVENT_OF_SITUATION[Situation(event.situation)]
    for account_id in sorted(accounts_of(event.person_ids)):
        services.apply_situation(
            account_id, reported, date.fromisoformat(event.on), delays, now=now, today=paris_day(now)
        )


def begin_reported_departures(event: PeopleLeft) -> None:
    """Begin departures the day a feed reports them."""
    now = timezone.now()
    delays = settings.CONFIG.lifecycle_delays()
    services.begin_departures(event.person_ids, delays, now=now, today=paris_day(now))


def cancel_reported_departures(event: PeopleChanged) -> None:
    """Cancel departures the day people serve again."""
    now = timezone.now()
    services.cancel_departures(event.person_ids, now=now, today=paris_day(now))


def send_closing_letters(event: ClosingNear) -> None:
    """Send the closing letter to every known private address: the mailbox may not be read any more."""

    def letter(to: str, sender: str, domain: str) -> bytes:
        return closing_letter(
            to=to,
            sender=sender,
            site=settings.CONFIG.site_of(domain),
            closes_on=date.fromisoformat(event.closes_on),
            at=datetime.fromisoformat(event.at),
            paragraph=paragraph_for(LetterKind.CLOSING, domain),
        )

    _send_to_private_addresses(event.account_id, letter)


def send_withdrawal_letters(event: ClosingWithdrawn) -> None:
    """Tell every known private address that the account stays open: each may have got a closing letter."""
    at = datetime.fromisoformat(event.at)
    _send_to_private_addresses(
        event.account_id, lambda to, sender, _domain: withdrawal_letter(to=to, sender=sender, at=at)
    )


def _send_to_private_addresses(account_id: int, letter: Callable[[str, str, str], bytes]) -> None:
    """Send what `letter` makes of (to, sender, mail domain) to the chosen contacts, else to HR's."""
    account, now = account_status(account_id), timezone.now()
    if account is None:
        return
    contacts = alarm_contacts(account_id, now)
    private = recovery_address_of(account.person_id or 0)
    if not contacts and private:
        contacts = [private]
    academy = settings.CONFIG.academy_at(
        person_of(account.person_id).academy.domain if account.person_id else ""
    )
    for to in contacts:
        sender = letter_sender.get()(academy.domain, now=now)
        send_outside.get()(sender, sender, [to], letter(to, sender, academy.domain))


def erase_purged_mailbox(event: MailboxPurgeDue) -> None:
    """Erase the mail of a purged mailbox, unless the person came back meanwhile."""
    account = account_status(event.account_id)
    if account and account.mailbox_state == MailboxState.PURGED:
        erase_mail.get()(account.mailbox)
