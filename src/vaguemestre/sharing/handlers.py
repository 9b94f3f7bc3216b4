"""What the worker does about shared mailboxes: they follow establishments, posts and days."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.credentials.events import AccountChanged, AccountsChanged
from vaguemestre.directory.events import PeopleArrived, PeopleChanged, PlacesDescribed
from vaguemestre.directory.queries import structures_ever_of
from vaguemestre.provisioning.ports import connections
from vaguemestre.sharing import queries, services
from vaguemestre.sharing.events import AccessEnded
from vaguemestre.signin.ports import revocations

_BY = "system"


def open_boxes(event: PlacesDescribed) -> None:
    """Establishments have their mailbox as soon as they are known."""
    now = timezone.now()
    services.open_school_boxes(event.uais, quota_mb=settings.CONFIG.mail.quota_mb, by=_BY, now=now)
    services.close_boxes(by=_BY, now=now)


def follow_people(event: PeopleArrived | PeopleChanged) -> None:
    """Posts may have changed: whoever leads owns."""
    services.follow_owners(structures_ever_of(event.person_ids), by=_BY, now=timezone.now())


def follow_accounts(event: AccountChanged | AccountsChanged) -> None:
    """Closed accounts open nobody's mailbox."""
    ids = [event.account_id] if isinstance(event, AccountChanged) else event.account_ids
    services.end_those_of(ids, by=_BY, now=timezone.now())


def cut_off(event: AccessEnded) -> None:
    """Whatever the member had open there ends: pages, streams, warm connections, mail programs."""
    revocations.get().bump()
    card = queries.box_card(event.box_id)
    if card is not None:
        connections.get().cut(card.mailbox)


def follow_days() -> None:
    """A day is over somewhere: accesses end, posts begin, establishments close."""
    now = timezone.now()
    services.follow_owners(None, by=_BY, now=now)
    services.end_overdue(by=_BY, now=now)
    services.close_boxes(by=_BY, now=now)
    services.forget_old(now=now)
