"""Handlers: token refusal, sessions of closed accounts, security notices."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.signin import services
from vaguemestre.access.signin.events import AccountTouched, ContactMailDue, ContactsToTell, SessionsEnded
from vaguemestre.access.signin.links import alarm_link
from vaguemestre.access.signin.ports import deliver_notice, letter_sender, revocations, send_outside
from vaguemestre.access.signin.rules.acts.kinds import SENSITIVE
from vaguemestre.access.signin.rules.acts.sentences import WORDS
from vaguemestre.access.signin.rules.contact_mails import contact_mail, unseal_letter
from vaguemestre.access.signin.rules.notices import notice, notice_id
from vaguemestre.foundation.ui.academy import academy_of_address
from vaguemestre.people.credentials.events import AccountChanged, AccountsChanged, OfficeChanged, PersonErased
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import Presented, alarm_contacts, is_closed, presented
from vaguemestre.people.credentials.services import delete_expired_tokens
from vaguemestre.people.credentials.values import AccountRole, AccountState
from vaguemestre.people.lifecycle.events import ClosingNear, ClosingWithdrawn
from vaguemestre.people.provisioning.ports import mail_directory


def refuse_tokens(event: SessionsEnded) -> None:
    """Make the engines refuse the mail tokens of those sessions."""
    if event.token_sha256s:
        mail_directory.get().refuse_tokens(event.token_sha256s)


def end_sessions(event: AccountChanged) -> None:
    """End the sessions of an account that is no longer active."""
    _end_sessions([event.account_id])


def end_sessions_of_many(event: AccountsChanged) -> None:
    """End the sessions of those accounts that are no longer active."""
    _end_sessions(event.account_ids)


def forget_office(event: OfficeChanged) -> None:
    """Make every process read its sessions again: each remembers the role of whoever is signed in."""
    revocations.get().refresh()


def notify_closing(event: ClosingNear) -> None:
    """Put a notice of the coming account closing, with its date, in the owner's inbox."""
    closes_on = date.fromisoformat(event.closes_on)
    detail = f"Jour de la fermeture : {closes_on:%d/%m/%Y}"
    notify_owner(AccountTouched(event.account_id, "closing-near", event.at, detail=detail))


def notify_withdrawn_closing(event: ClosingWithdrawn) -> None:
    """Put a notice in the owner's inbox that the closing they were notified of will not take place."""
    notify_owner(AccountTouched(event.account_id, "closing-withdrawn", event.at))


def notify_owner(event: AccountTouched) -> None:
    """Put a security notice in the owner's inbox, once. Suspended accounts get none: nothing opens them.

    A mailbox held after a compromise gets the notice by ordinary mail, to be read later.
    """
    account = presented(event.account_id)
    if account is None or account.state != AccountState.ACTIVE:
        return
    at = datetime.fromisoformat(event.at)
    domain = account.address.partition("@")[2]
    sender = _platform_address(account) if account.mail_held_since else f"ne-pas-repondre@{domain}"
    message_id = notice_id(event.account_id, event.act, event.at, account.mailbox)
    content = notice(
        act=event.act,
        reason=event.reason,
        detail=event.detail,
        name=account.name,
        address=account.address,
        sender=sender,
        message_id=message_id,
        site=_site_of(account),
        link=_alarm_link(event, account) if event.act in SENSITIVE else "",
        at=at,
        is_shared=account.role == AccountRole.BOX,
    )
    if account.mail_held_since:
        send_outside.get()(sender, sender, [account.address], content)
    else:
        deliver_notice.get()(account.mailbox, content, message_id, at)


def notify_contacts(event: ContactsToTell) -> None:
    """Mail the same notice to the recovery contacts: somebody else may be reading the mailbox."""
    account, now = presented(event.account_id), timezone.now()
    if account is None or account.state != AccountState.ACTIVE:
        return
    mailbox, sender = _sending_addresses(account)
    for to in alarm_contacts(event.account_id, now):
        content = contact_mail(
            "alarm",
            to=to,
            subject=WORDS[event.act][0],
            link=_alarm_link(event, account),
            sender=sender,
            site=_site_of(account),
            now=datetime.fromisoformat(event.at),
        )
        send_outside.get()(mailbox, sender, [to], content)


def purge_expired() -> None:
    """Periodic task: delete expired undo data, sessions, tokens and failure counters."""
    now = timezone.now()
    services.delete_expired(now=now)
    services.purge_expired_undos(now=now)
    delete_expired_tokens(now=now)


def mail_contact(event: ContactMailDue) -> None:
    """Send the message to the recovery contact."""
    account = presented(event.account_id) if event.account_id else None
    if account is None or account.state != AccountState.ACTIVE:
        return
    to, code = unseal_letter(event.sealed, event.account_id, secret_keys.get())
    site, now = _site_of(account), timezone.now()
    mailbox, sender = _sending_addresses(account)
    content = contact_mail(event.kind, to=to, code=code, sender=sender, site=site, now=now)
    send_outside.get()(mailbox, sender, [to], content)


def _sending_addresses(account: Presented) -> tuple[str, str]:
    """(mailbox, sender address) for mail about that account: its own, or the platform's while it is held."""
    return (
        (_platform_address(account), _platform_address(account))
        if account.mail_held_since
        else (account.mailbox, account.address)
    )


def _platform_address(account: Presented) -> str:
    return letter_sender.get()(_domain_of(account), now=timezone.now())


def _domain_of(account: Presented) -> str:
    """Mail domain of the account's académie; the principal one's for an address outside."""
    return str(academy_of_address(account.address).domain)


def _site_of(account: Presented) -> str:
    return str(settings.CONFIG.site_of(_domain_of(account)))


def _alarm_link(event: AccountTouched | ContactsToTell, account: Presented) -> str:
    return alarm_link(_site_of(account), event.account_id, event.act, event.at, event.number)


def _end_sessions(account_ids: list[int]) -> None:
    tokens = services.end_sessions_of_inactive(account_ids, revocations.get(), now=timezone.now())
    if tokens:
        mail_directory.get().refuse_tokens(tokens)


def erase_account(event: PersonErased) -> None:
    """Erase what this room keeps of a person whose account is closed (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.erase_account(event.account_id)
