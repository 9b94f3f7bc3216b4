"""Event handlers of shared mailboxes: establishments, posts, accounts and dates."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.signin.endings import tell_machines
from vaguemestre.access.signin.events import ProgramEntered
from vaguemestre.access.signin.ports import deliver_notice, revocations
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.events import (
    AccountActivated,
    AccountChanged,
    AccountsChanged,
    PersonErased,
)
from vaguemestre.people.credentials.queries import account_status, is_closed, presented
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.events import PeopleArrived, PeopleChanged, PlacesDescribed
from vaguemestre.people.directory.queries import person_of, structure_ids_ever_of
from vaguemestre.people.intake.events import PersonTransferred
from vaguemestre.people.lifecycle.events import MembershipsChanged
from vaguemestre.people.provisioning.ports import connections
from vaguemestre.schools.sharing import queries, services
from vaguemestre.schools.sharing.events import (
    AccessDue,
    AccessEnded,
    ClientMessageSent,
    MembersAdded,
    MembersChanged,
    WorkChanged,
)
from vaguemestre.schools.sharing.ports import refresh_pages
from vaguemestre.schools.sharing.rules.box_rights import membership_name
from vaguemestre.schools.sharing.rules.notices import NoticeFacts, membership_notice
from vaguemestre.schools.sharing.values import MembershipChange, Overlap

_BY = "system"


def open_boxes(event: PlacesDescribed) -> None:
    """Open the mailboxes of new establishments and close those of closed ones."""
    now = timezone.now()
    services.open_school_boxes(event.uais, quota_mb=settings.CONFIG.mail.quota_mb, by=_BY, now=now)
    services.close_boxes(by=_BY, now=now)


def sync_owners_of_people(event: PeopleArrived | PeopleChanged) -> None:
    """Recompute the owners of every school these people ever served in."""
    services.sync_owners(
        structure_ids_ever_of(event.person_ids),
        by=_BY,
        now=timezone.now(),
        overlap=_overlap(),
    )


def tell_delegations_apart(event: PeopleChanged) -> None:
    """Tell whoever left a school, or whose colleague did, that they still lend them their mailbox."""
    services.tell_delegations_apart(event.person_ids, now=timezone.now())


def end_access_of_closed_accounts(event: AccountChanged | AccountsChanged) -> None:
    """End the memberships of closed accounts."""
    ids = [event.account_id] if isinstance(event, AccountChanged) else event.account_ids
    services.end_memberships_of(ids, by=_BY, now=timezone.now())


def suspend_withdrawn_access(event: MembershipsChanged) -> None:
    """Cut the access of a person who left or is on long leave, and recompute the owners of their schools."""
    now, account = timezone.now(), account_status(event.account_id)
    services.suspend_withdrawn_access(event.account_id, by=_BY, now=now)
    if account is not None and account.person_id:
        services.sync_owners(structure_ids_ever_of([account.person_id]), by=_BY, now=now, overlap=_overlap())


def end_access_after_transfer(event: PersonTransferred) -> None:
    """End the memberships in the académie that a person left for another of this installation."""
    academy_id = person_of(event.person_id).academy_id
    services.end_memberships_outside(event.account_id, academy_id, by=_BY, now=timezone.now())


def end_due_access(event: AccessDue) -> None:
    """End the memberships whose last day is over, after the new owners have theirs."""
    now, structure_id = timezone.now(), queries.structure_id_of(event.box_id)
    if structure_id:
        services.sync_owners([structure_id], by=_BY, now=now, overlap=_overlap())
    services.end_expired_memberships(by=_BY, now=now)


def disconnect_member(event: AccessEnded) -> None:
    """Close what the member has open on that mailbox: pages, streams, warm connections, mail clients."""
    ended = [membership_name(event.box_id, event.account_id)]
    tell_machines(ended)
    revocations.get().bump(ended)
    card = queries.box_card(event.box_id)
    if card is not None:
        connections.get().cut(card.mailbox)


def notify_members(event: MembersChanged) -> None:
    """Write to the member and to the owners of the mailbox. Idempotent. Raises EngineDown."""
    notify_of_several(MembersAdded(event.box_id, [event.account_id], event.change, event.by, event.at))


def notify_of_several(event: MembersAdded) -> None:
    """Write to each member, and once to each owner of the mailbox. Idempotent. Raises EngineDown."""
    card, at = queries.box_card(event.box_id), datetime.fromisoformat(event.at)
    members = {account_id: one for account_id in event.account_ids if (one := presented(account_id))}
    if card is None or not members:
        return
    key = f"{event.box_id} {'+'.join(map(str, event.account_ids))} {event.change} {event.at}"
    facts = NoticeFacts(card.title, card.address, [member.name for member in members.values()])
    change, facts = _change_now(event, facts)
    for account_id in {*members, *queries.owners_of(event.box_id, timezone.now())}:
        recipient = members.get(account_id) or presented(account_id)
        if (
            recipient is None
            or recipient.state != AccountState.ACTIVE
            or event.by == account_subject(account_id)
        ):
            continue
        notice = membership_notice(
            change,
            facts,
            recipient.address,
            key,
            at,
            is_member=account_id in members,
        )
        deliver_notice.get()(recipient.mailbox, notice.content, notice.message_id, at)


def tell_of_boxes(event: AccountActivated) -> None:
    """Write of the mailboxes that were theirs before anybody could read it. Idempotent. Raises EngineDown."""
    now, member = timezone.now(), presented(event.account_id)
    if member is None:
        return
    for access in queries.boxes_given_before_activation(event.account_id, now):
        change = MembershipChange.OWNER if access.is_owner else MembershipChange.ADDED
        facts = NoticeFacts(access.title, access.address, [member.name])
        key = f"{access.box_id} {event.account_id} activated"
        notice = membership_notice(change, facts, member.address, key, now, is_member=True)
        deliver_notice.get()(member.mailbox, notice.content, notice.message_id, now)


def _change_now(event: MembersAdded, facts: NoticeFacts) -> tuple[MembershipChange, NoticeFacts]:
    """What to write: a former owner may read on for some days, to hand over."""
    change = MembershipChange(event.change)
    if change is MembershipChange.ENDED:
        for member in queries.members_of(event.box_id, timezone.now()):
            if member.account_id in event.account_ids and member.last_day:
                until = f"{member.last_day:%d/%m/%Y}"
                return MembershipChange.HANDS_OVER, facts._replace(until=until)
    return change, facts


def record_client_sign_in(event: ProgramEntered) -> None:
    """Record that a member's mail client signed in to the mailbox."""
    services.record_client_sign_in(
        event.account_id, event.holder_id, event.network, at=datetime.fromisoformat(event.at)
    )


def attribute_client_message(event: ClientMessageSent) -> None:
    """Record which member sent the message from their mail client."""
    services.attribute_client_message(event)


def refresh_open_pages(event: WorkChanged) -> None:
    """Tell the pages open on that mailbox to reload members' work."""
    card = queries.box_card(event.box_id)
    if card is not None:
        refresh_pages.get()(card.mailbox)


def run_daily() -> None:
    """Apply the change of day: owners, ends of access, closed establishments, expired activity."""
    now = timezone.now()
    services.sync_owners(None, by=_BY, now=now, overlap=_overlap())
    services.end_expired_memberships(by=_BY, now=now)
    services.close_boxes(by=_BY, now=now)
    services.delete_expired(
        settings.CONFIG.retention.box_activity_days, settings.CONFIG.retention.help_requests_days, now=now
    )


def forget_person(event: PersonErased) -> None:
    """Delete what this room holds about a person whose civil status was erased."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)


def _overlap() -> Overlap:
    lifecycle = settings.CONFIG.lifecycle
    return Overlap(lifecycle.overlap_before, lifecycle.overlap)
