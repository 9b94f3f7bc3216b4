"""What the worker does about lives: the days that come, letters, what is erased."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import accounts_of, alarm_contacts, standing
from vaguemestre.people.credentials.services import release_mailboxes
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.directory.queries import recovery_address_of
from vaguemestre.people.intake.events import PeopleLeft, PersonTransferred, SituationReported
from vaguemestre.people.intake.values import Situation
from vaguemestre.people.lifecycle import services
from vaguemestre.people.lifecycle.events import ClosingNear, MailboxDoomed
from vaguemestre.people.lifecycle.letters import closing_letter
from vaguemestre.people.lifecycle.ports import erase_mail, letter_sender, send_outside
from vaguemestre.people.lifecycle.values import Event

EVENT_OF_SITUATION: Mapping[Situation, Event | None] = {
    Situation.ACTIVE: None,
    Situation.LEAVE: Event.LEAVE,
    Situation.LONG_LEAVE: Event.LONG_LEAVE,
    Situation.TRANSFER: Event.TRANSFER,
    Situation.RETIREMENT: Event.RETIREMENT,
    Situation.DEATH: Event.DEATH,
}


def follow_days() -> None:
    """A round: each minute what is due, once a day what nobody declared."""
    now = timezone.now()
    today, numbers = paris_day(now), settings.CONFIG.life_numbers()
    services.look_around(numbers, now=now, today=today)
    services.follow(numbers, now=now, today=today)
    services.erase_civil_statuses(numbers, now=now, today=today)
    held = timedelta(hours=settings.CONFIG.lifecycle.compromise_hours)
    release_mailboxes(now - held, by="system", now=now)


def follow_transfer(event: PersonTransferred) -> None:
    """Whoever writes to the former address reads a neutral reply for the agreed time."""
    now = timezone.now()
    services.begin_academy_move(
        event.account_id,
        event.left_domain,
        event.new_address,
        settings.CONFIG.life_numbers(),
        by="system",
        now=now,
        today=paris_day(now),
    )


def follow_situation(event: SituationReported) -> None:
    """What a feed says by `statut`: a death, a retirement, a leave, somebody back."""
    now, numbers = timezone.now(), settings.CONFIG.life_numbers()
    told = EVENT_OF_SITUATION[Situation(event.situation)]
    for account_id in sorted(accounts_of(event.person_ids)):
        services.follow_situation(
            account_id, told, date.fromisoformat(event.on), numbers, now=now, today=paris_day(now)
        )


def follow_departures(event: PeopleLeft) -> None:
    """A departure by a feed is known, with its days to come, the same day."""
    now = timezone.now()
    numbers = settings.CONFIG.life_numbers()
    services.begin_departures(event.person_ids, numbers, now=now, today=paris_day(now))


def follow_returns(event: PeopleChanged) -> None:
    """Somebody whose posts were over serves again: what their departure began ends the same day."""
    now = timezone.now()
    services.take_back_departures(event.person_ids, now=now, today=paris_day(now))


def write_to_contacts(event: ClosingNear) -> None:
    """To every private address that is known: the mailbox may not be read any more."""
    account, now = standing(event.account_id), timezone.now()
    if account is None:
        return
    contacts = alarm_contacts(event.account_id, now)
    private = recovery_address_of(account.person_id or 0)
    if not contacts and private:
        contacts = [private]
    for to in contacts:
        sender = letter_sender.get()(settings.CONFIG.academy.domain, now=now)
        content = closing_letter(
            to=to,
            sender=sender,
            site=settings.CONFIG.public_url,
            closes_on=date.fromisoformat(event.closes_on),
            at=datetime.fromisoformat(event.at),
        )
        send_outside.get()(sender, sender, [to], content)


def erase(event: MailboxDoomed) -> None:
    """Unless the person came back meanwhile."""
    account = standing(event.account_id)
    if account and account.mailbox_state == "purged":
        erase_mail.get()(account.mailbox)
