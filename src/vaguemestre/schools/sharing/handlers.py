"""What the worker does about shared mailboxes: they follow establishments, posts and days."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.signin.events import ProgramEntered
from vaguemestre.access.signin.ports import deliver_notice, revocations
from vaguemestre.people.credentials.events import AccountChanged, AccountsChanged, PersonErased
from vaguemestre.people.credentials.queries import is_closed, presented, standing
from vaguemestre.people.directory.events import PeopleArrived, PeopleChanged, PlacesDescribed
from vaguemestre.people.directory.queries import person_of, structure_ids_ever_of
from vaguemestre.people.intake.events import PersonTransferred
from vaguemestre.people.lifecycle.events import MembershipsTouched
from vaguemestre.people.provisioning.ports import connections
from vaguemestre.schools.sharing import queries, services
from vaguemestre.schools.sharing.events import AccessDue, AccessEnded, LetterLeft, MembersChanged, WorkChanged
from vaguemestre.schools.sharing.ports import tell_pages
from vaguemestre.schools.sharing.rules.notices import notice
from vaguemestre.schools.sharing.values import Overlap

_BY = "system"


def open_boxes(event: PlacesDescribed) -> None:
    """Establishments have their mailbox as soon as they are known."""
    now = timezone.now()
    services.open_school_boxes(event.uais, quota_mb=settings.CONFIG.mail.quota_mb, by=_BY, now=now)
    services.close_boxes(by=_BY, now=now)


def follow_people(event: PeopleArrived | PeopleChanged) -> None:
    """Posts may have changed: whoever leads owns."""
    services.follow_owners(
        structure_ids_ever_of(event.person_ids),
        by=_BY,
        now=timezone.now(),
        overlap=_overlap(),
    )


def follow_accounts(event: AccountChanged | AccountsChanged) -> None:
    """Closed accounts open nobody's mailbox."""
    ids = [event.account_id] if isinstance(event, AccountChanged) else event.account_ids
    services.end_those_of(ids, by=_BY, now=timezone.now())


def follow_memberships(event: MembershipsTouched) -> None:
    """Somebody left, is away for long, or is back: what they led is led by others, or theirs again."""
    now, account = timezone.now(), standing(event.account_id)
    services.follow_memberships(event.account_id, by=_BY, now=now)
    if account is not None and account.person_id:
        services.follow_owners(
            structure_ids_ever_of([account.person_id]), by=_BY, now=now, overlap=_overlap()
        )


def follow_transfer(event: PersonTransferred) -> None:
    """To another académie of this installation: nothing of the one they left is theirs."""
    academy_id = person_of(event.person_id).academy_id
    services.leave_academy(event.account_id, academy_id, by=_BY, now=timezone.now())


def end_access(event: AccessDue) -> None:
    """A last day is over: whoever owns the mailbox from that moment comes first."""
    now, structure_id = timezone.now(), queries.structure_of(event.box_id)
    if structure_id:
        services.follow_owners([structure_id], by=_BY, now=now, overlap=_overlap())
    services.end_overdue(by=_BY, now=now)


def cut_off(event: AccessEnded) -> None:
    """Whatever the member had open there ends: pages, streams, warm connections, mail programs."""
    revocations.get().bump()
    card = queries.box_card(event.box_id)
    if card is not None:
        connections.get().cut(card.mailbox)


def tell_members(event: MembersChanged) -> None:
    """The member, and those who own the mailbox, read it in their own; twice is once. Raises EngineDown."""
    card, at = queries.box_card(event.box_id), datetime.fromisoformat(event.at)
    concerned = presented(event.account_id)
    if card is None or concerned is None:
        return
    for account_id in {event.account_id, *queries.owners_of(event.box_id, timezone.now())}:
        told = presented(account_id)
        if told is None or told.state != "active" or event.by == f"account:{account_id}":
            continue
        content, message_id = notice(
            event.change,
            card.title,
            card.address,
            concerned.name,
            told.address,
            f"{event.box_id} {event.account_id} {event.change} {event.at}",
            at,
            is_member=account_id == event.account_id,
        )
        deliver_notice.get()(told.mailbox, content, message_id, at)


def note_program(event: ProgramEntered) -> None:
    """A member's mail program opened the mailbox."""
    services.note_entrance(
        event.account_id, event.holder_id, event.network, at=datetime.fromisoformat(event.at)
    )


def attribute_letter(event: LetterLeft) -> None:
    """Whose hand a program's letter is of."""
    services.attribute_letter(event)


def show_work(event: WorkChanged) -> None:
    """Pages open on that mailbox ask again who is at what."""
    card = queries.box_card(event.box_id)
    if card is not None:
        tell_pages.get()(card.mailbox)


def follow_days() -> None:
    """A day is over somewhere: accesses end, posts begin, establishments close."""
    now = timezone.now()
    services.follow_owners(None, by=_BY, now=now, overlap=_overlap())
    services.end_overdue(by=_BY, now=now)
    services.close_boxes(by=_BY, now=now)
    services.forget_old(now=now)


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)


def _overlap() -> Overlap:
    lives = settings.CONFIG.lifecycle
    return Overlap(lives.overlap_before, lives.overlap)
