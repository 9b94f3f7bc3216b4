"""What follows the end of sessions, the closing of accounts, and what touches their safety."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.signin import services
from vaguemestre.access.signin.events import AccountTouched, ContactMailDue, ContactsToTell, SessionsEnded
from vaguemestre.access.signin.links import alarm_link
from vaguemestre.access.signin.ports import deliver_notice, letter_sender, revocations, send_outside
from vaguemestre.access.signin.rules.contact_mails import letter, opened_letter
from vaguemestre.access.signin.rules.notices import SENSITIVE, WORDS, notice, notice_id
from vaguemestre.people.credentials.events import AccountChanged, AccountsChanged, PersonErased
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import Presented, alarm_contacts, is_closed, presented
from vaguemestre.people.lifecycle.events import ClosingNear
from vaguemestre.people.provisioning.ports import mail_directory


def refuse_tokens(event: SessionsEnded) -> None:
    """The engines forget the tokens minted for those sessions."""
    if event.token_sha256s:
        mail_directory.get().refuse_tokens(event.token_sha256s)


def put_out(event: AccountChanged) -> None:
    """Nobody stays signed in to an account that is no longer active."""
    _put_out([event.account_id])


def put_many_out(event: AccountsChanged) -> None:
    """The same for many."""
    _put_out(event.account_ids)


def tell_of_closing(event: ClosingNear) -> None:
    """A notice in the owner's inbox: the day on which the account will be closed."""
    closes_on = date.fromisoformat(event.closes_on)
    detail = f"Jour de la fermeture : {closes_on:%d/%m/%Y}"
    tell_owner(AccountTouched(event.account_id, "closing-near", event.at, detail=detail))


def tell_owner(event: AccountTouched) -> None:
    """A notice in the owner's inbox, once. Nothing opens the inbox of a suspended account: told before.

    Nor that of a mailbox shut after a compromise: the notice comes as mail does, to be read afterwards.
    """
    account = presented(event.account_id)
    if account is None or account.state != "active":
        return
    at = datetime.fromisoformat(event.at)
    domain = account.address.partition("@")[2]
    sender = _ours() if account.mail_held_since else f"ne-pas-repondre@{domain}"
    message_id = notice_id(event.account_id, event.act, event.at, account.mailbox)
    content = notice(
        act=event.act,
        reason=event.reason,
        detail=event.detail,
        name=account.name,
        address=account.address,
        sender=sender,
        message_id=message_id,
        site=settings.CONFIG.public_url,
        link=_link(event) if event.act in SENSITIVE else "",
        at=at,
    )
    if account.mail_held_since:
        send_outside.get()(sender, sender, [account.address], content)
    else:
        deliver_notice.get()(account.mailbox, content, message_id, at)


def tell_contacts(event: ContactsToTell) -> None:
    """The same fact, to whoever may recover the account: the mailbox may be in other hands."""
    account, now = presented(event.account_id), timezone.now()
    if account is None or account.state != "active":
        return
    mailbox, sender = _leaving(account)
    for to in alarm_contacts(event.account_id, now):
        content = letter(
            "alarm",
            to=to,
            subject=WORDS[event.act][0],
            link=_link(event),
            sender=sender,
            site=settings.CONFIG.public_url,
            now=datetime.fromisoformat(event.at),
        )
        send_outside.get()(mailbox, sender, [to], content)


def forget_withdrawn_proofs() -> None:
    """A round: what an undo may not bring back any more is erased, with old sessions and failures."""
    services.sweep(now=timezone.now())
    services.forget_what_is_over(now=timezone.now())


def mail_contact(event: ContactMailDue) -> None:
    """The letter to its recovery contact."""
    account = presented(event.account_id) if event.account_id else None
    if account is None or account.state != "active":
        return
    to, code = opened_letter(event.sealed, event.account_id, secret_keys.get())
    site, now = settings.CONFIG.public_url, timezone.now()
    mailbox, sender = _leaving(account)
    content = letter(event.kind, to=to, code=code, sender=sender, site=site, now=now)
    send_outside.get()(mailbox, sender, [to], content)


def _leaving(account: Presented) -> tuple[str, str]:
    """The mailbox and the address a letter about it leaves from: its own, unless nothing leaves it."""
    return (_ours(), _ours()) if account.mail_held_since else (account.mailbox, account.address)


def _ours() -> str:
    return letter_sender.get()(settings.CONFIG.academy.domain, now=timezone.now())


def _link(event: AccountTouched | ContactsToTell) -> str:
    return alarm_link(settings.CONFIG.public_url, event.account_id, event.act, event.at, event.number)


def _put_out(account_ids: list[int]) -> None:
    dead = services.end_sessions_of_closed(account_ids, revocations.get(), now=timezone.now())
    if dead:
        mail_directory.get().refuse_tokens(dead)


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
