"""What the worker does about lives: the days that come, letters, what is erased."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from vaguemestre.credentials.queries import alarm_contacts, standing
from vaguemestre.credentials.services import release_mailboxes
from vaguemestre.directory.queries import private_address
from vaguemestre.intake.events import PersonTransferred
from vaguemestre.kernel.times import paris_day
from vaguemestre.lives import services
from vaguemestre.lives.events import ClosingNear, MailboxDoomed
from vaguemestre.lives.letters import closing_letter
from vaguemestre.lives.ports import erase_mail
from vaguemestre.signin.ports import letter_sender, send_outside


def follow_days() -> None:
    """A round: each minute what is due, once a day what nobody declared."""
    now = timezone.now()
    today, numbers = paris_day(now), settings.CONFIG.life_numbers()
    services.look_around(numbers, now=now, today=today)
    services.follow(numbers, now=now, today=today)
    services.erase_civil_statuses(numbers, now=now, today=today)
    held = timedelta(hours=settings.CONFIG.lives.compromise_hours)
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


def write_to_contacts(event: ClosingNear) -> None:
    """To every private address that is known: the mailbox may not be read any more."""
    account, now = standing(event.account_id), timezone.now()
    if account is None:
        return
    contacts = alarm_contacts(event.account_id, now)
    private = private_address(account.person_id or 0)
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
