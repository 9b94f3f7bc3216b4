"""Slots ← engines, events → handlers: the only file that sees both."""

import io
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Any

from django.db import close_old_connections
from django.utils import timezone

from vaguemestre.agenda import handlers as agenda_handlers
from vaguemestre.assistant import handlers as assistant_handlers
from vaguemestre.assistant import ports as assistant
from vaguemestre.assistant import refusals as assistant_refusals
from vaguemestre.assistant.events import LetterDue
from vaguemestre.assistant.services import letter_sender
from vaguemestre.backoffice import refusals as backoffice_refusals
from vaguemestre.classes import handlers as classes_handlers
from vaguemestre.classes import ports as classes
from vaguemestre.classes import refusals as classes_refusals
from vaguemestre.classes.services import take_link_back
from vaguemestre.contacts import handlers as contacts_handlers
from vaguemestre.contacts import refusals as contacts_refusals
from vaguemestre.contacts.queries import contacts_of
from vaguemestre.credentials import ports as credentials
from vaguemestre.credentials import refusals as credentials_refusals
from vaguemestre.credentials.events import (
    AccountActivated,
    AccountChanged,
    AccountOpened,
    AccountsChanged,
    PersonErased,
    TokensWithdrawn,
)
from vaguemestre.credentials.rules import sealing as credentials_sealing
from vaguemestre.credentials.rules import tokens as mail_tokens
from vaguemestre.credentials.services.tokens import mint_mail_token
from vaguemestre.deposits import handlers as deposits_handlers
from vaguemestre.deposits import ports as deposits
from vaguemestre.deposits import refusals as deposits_refusals
from vaguemestre.deposits.events import DepositReceived
from vaguemestre.devices import handlers as devices_handlers
from vaguemestre.devices import ports as devices
from vaguemestre.devices import refusals as devices_refusals
from vaguemestre.directory import ports as directory
from vaguemestre.directory import refusals as directory_refusals
from vaguemestre.directory.events import PeopleArrived, PeopleChanged, PlacesDescribed
from vaguemestre.dispatch import handlers as dispatch_handlers
from vaguemestre.engines import certificates
from vaguemestre.engines.archives.sealed import OpenAnyArchive
from vaguemestre.engines.clamd import Clamd
from vaguemestre.engines.converting.apart import Apart
from vaguemestre.engines.converting.authorities import trusted
from vaguemestre.engines.converting.limited import Limited
from vaguemestre.engines.converting.shelf import Shelf
from vaguemestre.engines.dovecot.doveadm import Doveadm
from vaguemestre.engines.dovecot.erasing import Erasing
from vaguemestre.engines.dovecot.house_script import HouseScripts
from vaguemestre.engines.elsewhere import Elsewhere
from vaguemestre.engines.imap.filing import Filing
from vaguemestre.engines.imap.gateway import ImapMailboxes, connector
from vaguemestre.engines.imap.glancing import Glancing
from vaguemestre.engines.imap.moving import ImapStores
from vaguemestre.engines.imap.orders import Orders
from vaguemestre.engines.imap.pages import Letters, Pages, Summaries
from vaguemestre.engines.imap.pool import Pool
from vaguemestre.engines.imap.reports import Reports
from vaguemestre.engines.imap.welcoming import Welcoming
from vaguemestre.engines.postfix.following import Holds, LogReader
from vaguemestre.engines.postfix.maillog import was_accepted, was_sent_as
from vaguemestre.engines.projection import chosen as projection
from vaguemestre.engines.remote.asking import EntAsking
from vaguemestre.engines.remote.leaving import ListLeaving
from vaguemestre.engines.remote.names import Names
from vaguemestre.engines.remote.notices import Notices
from vaguemestre.engines.remote.pictures import Pictures
from vaguemestre.engines.rspamd.learning import Learning
from vaguemestre.engines.shelf import FileShelf
from vaguemestre.engines.sieve.scripts import OpenManageSieve
from vaguemestre.engines.signing import Signature
from vaguemestre.engines.smtp.submission import Submission
from vaguemestre.engines.streams import Streams
from vaguemestre.engines.undelivered import undelivered
from vaguemestre.enrolment import handlers as enrolment_handlers
from vaguemestre.enrolment import ports as enrolment
from vaguemestre.enrolment import refusals as enrolment_refusals
from vaguemestre.enrolment.events import RequestMoved
from vaguemestre.helpdesk import handlers as helpdesk_handlers
from vaguemestre.helpdesk import ports as helpdesk
from vaguemestre.helpdesk import refusals as helpdesk_refusals
from vaguemestre.helpdesk.events import AccountSheltered
from vaguemestre.helpdesk.values import Forward, Usage
from vaguemestre.intake import handlers as intake_handlers
from vaguemestre.intake import refusals as intake_refusals
from vaguemestre.intake.events import FeedConfirmed, PeopleLeft, PersonTransferred, PlanAsked, SituationTold
from vaguemestre.jobs.ports import rounds, subscriptions
from vaguemestre.journal.queries import last_about
from vaguemestre.kernel import refusals as kernel_refusals
from vaguemestre.kernel import tickets
from vaguemestre.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.lists import handlers as lists_handlers
from vaguemestre.lists import ports as lists
from vaguemestre.lists import queries as lists_queries
from vaguemestre.lists import refusals as lists_refusals
from vaguemestre.lists.events import LetterGoesOn, ListMailCame, NoticeDue
from vaguemestre.lists.services import hear_deliveries
from vaguemestre.lists.values import Addressed
from vaguemestre.lives import handlers as lives_handlers
from vaguemestre.lives import ports as lives
from vaguemestre.lives import refusals as lives_refusals
from vaguemestre.lives.events import (
    ClosingNear,
    MailboxDoomed,
    MembershipsTouched,
    NeutralReplyDue,
    NeutralReplyOver,
)
from vaguemestre.moving import handlers as moving_handlers
from vaguemestre.moving import ports as moving
from vaguemestre.moving import refusals as moving_refusals
from vaguemestre.moving.events import ExportWithdrawn, MoveGoesOn
from vaguemestre.moving.services import withdraw_export
from vaguemestre.outbox import handlers as outbox_handlers
from vaguemestre.outbox import ports as outbox
from vaguemestre.outbox import refusals as outbox_refusals
from vaguemestre.outbox.events import HoldEnded, MailHeld, MessageFiled, MessageQueued, MessageRefused
from vaguemestre.portal import handlers as portal_handlers
from vaguemestre.portal import refusals as portal_refusals
from vaguemestre.provisioning import handlers as provisioning_handlers
from vaguemestre.provisioning import ports as provisioning
from vaguemestre.sharing import handlers as sharing_handlers
from vaguemestre.sharing import ports as sharing
from vaguemestre.sharing import queries as sharing_queries
from vaguemestre.sharing import refusals as sharing_refusals
from vaguemestre.sharing.events import AccessDue, AccessEnded, LetterLeft, MembersChanged, WorkChanged
from vaguemestre.sharing.rules.acting import prefix_of, session_named, session_of
from vaguemestre.sharing.services import take_loan_back
from vaguemestre.sharing.values import Kind, Letter
from vaguemestre.signin import handlers as signin_handlers
from vaguemestre.signin import ports as signin
from vaguemestre.signin import refusals as signin_refusals
from vaguemestre.signin.events import (
    AccountTouched,
    ContactMailDue,
    ContactsToTell,
    ProgramEntered,
    SessionsEnded,
)
from vaguemestre.signin.queries import sessions_over
from vaguemestre.signin.revocations import FileRevocations
from vaguemestre.site import numen_keys as numen_secrets
from vaguemestre.site import partners, secrets
from vaguemestre.site.belongings import belongings
from vaguemestre.site.config import Config
from vaguemestre.site.ent import EntBySaml
from vaguemestre.site.parts import take_parts
from vaguemestre.sorting import handlers as sorting_handlers
from vaguemestre.sorting import ports as sorting
from vaguemestre.sorting import queries as sorting_queries
from vaguemestre.sorting import refusals as sorting_refusals
from vaguemestre.sorting.events import PassAsked, SortingChanged
from vaguemestre.sorting.services import stop_expert, stop_filter
from vaguemestre.sso import refusals as sso_refusals
from vaguemestre.sso.cas import handlers as cas_handlers
from vaguemestre.sso.headers import handlers as headers_handlers
from vaguemestre.sso.oidc import handlers as oidc_handlers
from vaguemestre.sso.registry import handlers as registry_handlers
from vaguemestre.sso.registry import http as registry_http
from vaguemestre.sso.registry import ports as registry
from vaguemestre.sso.registry.events import VisitEnded
from vaguemestre.sso.registry.visiting import Visiting
from vaguemestre.sso.saml import handlers as saml_handlers
from vaguemestre.ui.refusals import gathered, sentences
from vaguemestre.vigilance import handlers as vigilance_handlers
from vaguemestre.webmail import handlers as webmail_handlers
from vaguemestre.webmail import ports as webmail
from vaguemestre.webmail import refusals as webmail_refusals
from vaguemestre.webmail.events import BulkAsked, PreviewWanted, ReminderDue, RemindersDue
from vaguemestre.webmail.rules.fences import Fence
from vaguemestre.webmail.rules.folders import slug
from vaguemestre.webmail.services.fencing import Fencing
from vaguemestre.webmail.values import Flag, MailLogin, OtherBox, Use
from vaguemestre.writing import handlers as writing_handlers
from vaguemestre.writing import ports as writing
from vaguemestre.writing import refusals as writing_refusals
from vaguemestre.writing.events import MailingGoesOn
from vaguemestre.writing.values import Gathering

SUBSCRIPTIONS: dict[type, tuple[Callable[[Any], None], ...]] = {
    PlacesDescribed: (sharing_handlers.open_boxes,),
    PeopleArrived: (sharing_handlers.follow_people,),
    PeopleChanged: (
        provisioning_handlers.match_people,
        sorting_handlers.follow_people,
        sharing_handlers.follow_people,
    ),
    AccountOpened: (provisioning_handlers.match_mailbox,),
    AccountChanged: (
        signin_handlers.put_out,
        provisioning_handlers.match_mailbox,
        registry_handlers.follow_account,
        sharing_handlers.follow_accounts,
    ),
    AccessDue: (sharing_handlers.end_access,),
    AccessEnded: (sharing_handlers.cut_off,),
    MembersChanged: (sharing_handlers.tell_members,),
    WorkChanged: (sharing_handlers.show_work,),
    LetterLeft: (sharing_handlers.attribute_letter,),
    ProgramEntered: (sharing_handlers.note_program,),
    AccountActivated: (provisioning_handlers.match_mailbox, assistant_handlers.welcome),
    AccountsChanged: (
        signin_handlers.put_many_out,
        provisioning_handlers.match_mailboxes,
        sorting_handlers.follow_accounts,
        registry_handlers.follow_accounts,
        sharing_handlers.follow_accounts,
    ),
    AccountTouched: (classes_handlers.follow_account, signin_handlers.tell_owner),
    ContactsToTell: (signin_handlers.tell_contacts,),
    ContactMailDue: (signin_handlers.mail_contact,),
    AccountSheltered: (helpdesk_handlers.cut_off,),
    LetterDue: (assistant_handlers.send_letter,),
    PersonErased: (
        agenda_handlers.forget_person,
        assistant_handlers.forget_person,
        classes_handlers.forget_person,
        contacts_handlers.forget_person,
        devices_handlers.forget_person,
        enrolment_handlers.forget_person,
        helpdesk_handlers.forget_person,
        lists_handlers.forget_person,
        moving_handlers.forget_person,
        outbox_handlers.forget_person,
        portal_handlers.forget_person,
        registry_handlers.forget_person,
        sharing_handlers.forget_person,
        signin_handlers.forget_person,
        sorting_handlers.forget_person,
        vigilance_handlers.forget_person,
        webmail_handlers.forget_person,
        writing_handlers.forget_person,
    ),
    TokensWithdrawn: (provisioning_handlers.withdraw_tokens,),
    SessionsEnded: (signin_handlers.refuse_tokens, registry_handlers.follow_sessions),
    VisitEnded: (oidc_handlers.tell, cas_handlers.tell, saml_handlers.tell, headers_handlers.tell),
    MessageQueued: (outbox_handlers.send,),
    MessageFiled: (writing_handlers.forget_composer, contacts_handlers.remember_recipients),
    MailingGoesOn: (writing_handlers.carry_mailing,),
    MessageRefused: (writing_handlers.bring_draft_back,),
    MailHeld: (dispatch_handlers.tell_sender,),
    HoldEnded: (outbox_handlers.follow_hold,),
    RequestMoved: (enrolment_handlers.write_to_applicant, enrolment_handlers.write_to_service),
    FeedConfirmed: (intake_handlers.apply_confirmed,),
    PlanAsked: (intake_handlers.make_plan,),
    SituationTold: (lives_handlers.follow_situation,),
    PeopleLeft: (lives_handlers.follow_departures,),
    PersonTransferred: (
        lives_handlers.follow_transfer,
        writing_handlers.follow_transfer,
        sharing_handlers.follow_transfer,
        lists_handlers.follow_transfer,
    ),
    MembershipsTouched: (sharing_handlers.follow_memberships,),
    NeutralReplyDue: (sorting_handlers.answer_for_gone,),
    NeutralReplyOver: (sorting_handlers.stop_answering,),
    ClosingNear: (lives_handlers.write_to_contacts,),
    MailboxDoomed: (lives_handlers.erase,),
    MoveGoesOn: (moving_handlers.go_on,),
    ExportWithdrawn: (moving_handlers.erase_withdrawn,),
    DepositReceived: (deposits_handlers.look_for_viruses,),
    SortingChanged: (sorting_handlers.rewrite_script,),
    PassAsked: (sorting_handlers.carry_pass,),
    PreviewWanted: (webmail_handlers.make_preview,),
    BulkAsked: (webmail_handlers.carry_out,),
    ListMailCame: (lists_handlers.read_list,),
    LetterGoesOn: (lists_handlers.carry_letter,),
    NoticeDue: (lists_handlers.tell,),
    ReminderDue: (webmail_handlers.remind,),
    RemindersDue: (webmail_handlers.remind_of_many,),
}


# How other rooms take back what an owner says was not theirs: act of `signin.rules.notices` → service.
UNDOINGS: dict[str, signin.Undo] = {
    "ent-linked": take_link_back,
    "forward-set": stop_filter,
    "filter-deletes": stop_filter,
    "expert-saved": stop_expert,
    "delegation-given": take_loan_back,
    "export-asked": withdraw_export,
}


ROUNDS: tuple[Callable[[], None], ...] = (
    writing_handlers.find_lost_mailings,
    outbox_handlers.find_lost_messages,
    outbox_handlers.forget_old_passages,
    registry_handlers.end_expired_visits,
    registry_handlers.forget_old_visits,
    signin_handlers.forget_withdrawn_proofs,
    sorting_handlers.follow_contacts,
    sorting_handlers.renew_scripts,
    lives_handlers.follow_days,
    moving_handlers.forget_old_files,
    deposits_handlers.forget_old_deposits,
    enrolment_handlers.forget_old_proofs,
    webmail_handlers.forget_old_previews,
    classes_handlers.purge_rosters,
    sharing_handlers.follow_days,
    lists_handlers.find_unread_mail,
    lists_handlers.find_lost_letters,
    writing_handlers.forget_class_mailings,
)


SENTENCES = (
    assistant_refusals.SENTENCES,
    backoffice_refusals.SENTENCES,
    classes_refusals.SENTENCES,
    contacts_refusals.SENTENCES,
    credentials_refusals.SENTENCES,
    deposits_refusals.SENTENCES,
    devices_refusals.SENTENCES,
    directory_refusals.SENTENCES,
    enrolment_refusals.SENTENCES,
    helpdesk_refusals.SENTENCES,
    intake_refusals.SENTENCES,
    kernel_refusals.SENTENCES,
    lists_refusals.SENTENCES,
    lives_refusals.SENTENCES,
    moving_refusals.SENTENCES,
    outbox_refusals.SENTENCES,
    portal_refusals.SENTENCES,
    sharing_refusals.SENTENCES,
    signin_refusals.SENTENCES,
    sorting_refusals.SENTENCES,
    sso_refusals.SENTENCES,
    webmail_refusals.SENTENCES,
    writing_refusals.SENTENCES,
)


def plug_engines(config: Config) -> None:
    """Plug every slot for one instance. Nothing is opened here: engines connect when first used."""
    sentences.plug(gathered(SENTENCES))
    subscriptions.plug(SUBSCRIPTIONS)
    rounds.plug(ROUNDS)
    signin.visits.plug(Visiting())
    signin.undoings.plug(UNDOINGS)
    signin.revocations.plug(FileRevocations(config.run_dir / "revocations"))
    credentials.secret_keys.plug(credentials_sealing.keys_from(secrets.read(config.secrets_dir, "field_key")))
    token_key = secrets.read(config.secrets_dir, "token_key.pem")
    credentials.token_keys.plug(mail_tokens.keys_from(token_key, config.public_url))
    directory.numen_keys.plug(numen_secrets.read(config.secrets_dir))
    provisioning.mail_directory.plug(projection.mail_directory(config))
    provisioning.connections.plug(Doveadm(config))
    lives.erase_mail.plug(Erasing(config))
    signin.letter_sender.plug(letter_sender)
    lives.boxes_owned.plug(_boxes_owned)
    devices.sign.plug(Signature(config))
    devices.look_up.plug(Names())
    classes.ask_ent.plug(EntAsking())
    classes.ent_by_saml.plug(EntBySaml(config))
    classes.managed_schools.plug(sharing_queries.schools_managed_by)
    writing.absent_until.plug(sorting_queries.absent_until)
    writing.gatherings_like.plug(_lists_like)
    writing.gatherings_at.plug(_lists_at)
    deposits.shelf.plug(FileShelf(config.deposits_dir))
    deposits.scan.plug(Clamd(config.files.clamd))
    helpdesk.undelivered_to.plug(partial(undelivered, config))
    helpdesk.usage_of.plug(partial(_usage, Doveadm(config)))
    helpdesk.forwards_of.plug(_forwards)
    registry.post_form.plug(Notices())
    notices = Notices()
    registry.post_form.plug(notices)
    registry.post_document.plug(notices.document)
    registry.call.plug(notices.call)
    registry.front_addresses.plug((oidc_handlers.front_address, saml_handlers.front_address))
    signin.farewell.plug(registry_http.farewell)
    _plug_mail(config)


def _plug_mail(config: Config) -> None:
    """Reading, sending and filing, each opened by a token made when a connection is."""
    pages, summaries, orders, letters = Pages(), Summaries(), Orders(), Letters()

    def forget(mailbox: str) -> None:
        pages.forget(mailbox)
        summaries.forget(mailbox)
        orders.forget(mailbox)
        letters.forget(mailbox)

    pool = Pool(
        connector((config.mail.host, config.ports.imap), _mail_token),
        generation=lambda: signin.revocations.get().count(),
        ended=_sessions_over,
        on_forget=forget,
        most_waiting=max(1, config.web.threads - 1),  # of a worker's threads, one is left for everybody else
    )
    patience = 3.0 if config.mail.full_text_search else 15.0
    mailboxes = ImapMailboxes(pool, pages, summaries, orders, letters, search_patience=patience)
    webmail.open_mailbox.plug(Fencing(mailboxes, _fence_of))
    webmail.fetch_picture.plug(Pictures())
    webmail.other_boxes.plug(_other_boxes)
    webmail.unread_elsewhere.plug(_unread_elsewhere)
    sharing.latest.plug(_latest)
    sharing.tell_pages.plug(Streams(config.ports.push, secrets.read(config.secrets_dir, "notify_key")))
    moving.open_store.plug(ImapStores(mailboxes))
    moving.open_archive.plug(OpenAnyArchive(partial(partners.own, config), partial(partners.known, config)))
    moving.open_elsewhere.plug(Elsewhere(config.moving.private_servers))
    moving.other_parts.plug(belongings)
    moving.take_parts.plug(take_parts)
    moving.partners.plug(partners.Partners(config))
    enrolment.scan.plug(partial(_scan, Clamd(config.files.clamd)))
    webmail.leave_list.plug(ListLeaving())
    _plug_decoders(config)
    webmail.live_ticket.plug(partial(_live_ticket, secrets.read(config.secrets_dir, "push_key")))
    seal_key = secrets.read(config.secrets_dir, "seal_key").encode("ascii")
    welcoming = Welcoming(mailboxes, f"mail.{config.academy.domain.lower()}", seal_key)
    assistant.deliver_welcome.plug(welcoming)
    signin.deliver_notice.plug(welcoming)
    outbox.file_sent.plug(Filing(mailboxes))
    outbox.accepted.plug(partial(was_accepted, config))
    submission = Submission(
        (config.mail.host, config.ports.submission),
        certificates.paths(config).ca,
        lambda mailbox: _mail_token(MailLogin(mailbox)),
    )
    outbox.submit.plug(submission)
    outbox.read_log.plug(LogReader(config))
    outbox.hear.plug(hear_deliveries)
    outbox.passes_on.plug(lists_queries.is_list_mailbox)
    lists.was_sent_as.plug(partial(was_sent_as, config))
    outbox.end_hold.plug(Holds(config))
    outbox.find_reports.plug(Reports(mailboxes))
    signin.send_outside.plug(submission)
    glancing = Glancing(mailboxes)
    sorting.folders_of.plug(glancing.folders)
    sorting.recent_of.plug(glancing.recent)
    sorting.message_of.plug(glancing.one)
    sorting.open_received.plug(glancing.received)
    sorting.known_of.plug(_known_of)
    sorting.put_house_script.plug(HouseScripts(config))
    sorting.open_scripts.plug(
        OpenManageSieve(
            config.mail.host, config.ports.managesieve, lambda mailbox: _mail_token(MailLogin(mailbox))
        )
    )


def _plug_decoders(config: Config) -> None:
    """What is made of somebody's files, each apart from everything."""
    apart = Apart()
    webmail.convert.plug(apart)
    webmail.run_limited.plug(Limited())
    webmail.previews.plug(Shelf(config.data_dir / "previews", apart, is_wanted=config.mail.office_previews))
    webmail.authorities.plug(trusted)
    webmail.teach.plug(Learning(config.ports.filter_controller, config.secrets_dir / "filter_key"))


def _live_ticket(key: str, mailbox: str, session_key: str, now: float) -> str:
    return tickets.issue(key, tickets.Ticket(mailbox, session_key), now=now)


_AUTOMATIC = ("mailer-daemon@", "noreply@", "no-reply@", "ne-pas-repondre@", "nepasrepondre@", "postmaster@")


def _mail_token(login: MailLogin) -> str:
    """For one's own mailbox, or for a shared one once the person of the session is known as a member."""
    keys, tokens = credentials.token_keys.get(), provisioning.mail_directory.get()
    now = timezone.now()
    inside = session_named(login.session_key)
    if inside is None:
        return mint_mail_token(keys, tokens, login.mailbox, login.session_key, now)
    session_key, _, member_id = inside
    if not sharing_queries.is_open_to(login.mailbox, member_id, now):
        raise Refusal("credentials.session-over")
    return mint_mail_token(keys, tokens, login.mailbox, session_key, now, member_id=member_id)


def _latest(mailbox: str, session_key: str, number: int) -> tuple[Letter, ...]:
    """The newest of an inbox, as sharing follows them."""
    with webmail.open_mailbox.get()(MailLogin(mailbox, session_key)) as opened:
        rows = opened.page("INBOX", 0, number).rows
    return tuple(
        Letter(
            message_id=row.summary.message_id,
            sender=row.summary.sender.name or row.summary.sender.address,
            subject=row.summary.subject,
            at=row.summary.date,
            is_answered=Flag.ANSWERED in row.flags,
            is_automatic=row.summary.sender.address.lower().startswith(_AUTOMATIC),
            where=(slug(row.ref.folder), row.ref.uid_validity, row.ref.uid),
        )
        for row in rows
    )


def _fence_of(login: MailLogin) -> Fence | None:
    """What a colleague sees of a mailbox that its person lends them."""
    only_reception = sharing_queries.lent_through(login.session_key, timezone.now())
    return None if only_reception is None else Fence(only_reception)


def _other_boxes(account_id: int) -> list[OtherBox]:
    return [
        OtherBox(one.box_id, one.title, one.address, f"{prefix_of(one.box_id)}messagerie/")
        for one in sharing_queries.boxes_of(account_id, timezone.now())
    ]


_MOST_COUNTED = 12  # shared mailboxes somebody may have and still see counts beside: each is a connection


def _unread_elsewhere(account_id: int, session_key: str) -> dict[int, int]:
    """Of the inbox of each mailbox of several people, as its member of that session sees it."""
    found = {}
    boxes = sharing_queries.boxes_of(account_id, timezone.now())
    for box in [one for one in boxes if one.kind is not Kind.PERSON][:_MOST_COUNTED]:
        inside = session_of(session_key, box.box_id, account_id)
        try:
            with webmail.open_mailbox.get()(MailLogin(box.mailbox, inside)) as opened:
                found[box.box_id] = sum(one.unread for one in opened.folders() if one.use is Use.INBOX)
        except (EngineDown, EngineRefused):
            continue  # that count is missing, and nothing else
    return found


def _known_of(account_id: int) -> tuple[str, ...]:
    return tuple(one.address for one in contacts_of(account_id))


def _sessions_over(session_keys: set[str]) -> set[str]:
    # also asked by a thread of no request, whose database connection nobody else looks after
    close_old_connections()
    return sharing_queries.keys_over(session_keys, timezone.now(), sessions_over)


def _usage(doveadm: Doveadm, mailbox: str) -> Usage:
    shown = doveadm.quota(mailbox)
    return Usage(shown.used_bytes, shown.limit_bytes)


def _forwards(account_id: int) -> list[Forward]:
    """What sorting knows of mail sent elsewhere, as the help desk shows it."""
    changed_at = last_about(f"account:{account_id}", "sorting.filter-saved")
    return [Forward(name, to, changed_at) for name, to in sorting_queries.sent_elsewhere_by(account_id)]


def _boxes_owned(account_id: int) -> tuple[str, ...]:
    """The boxes nobody else owns."""
    now = timezone.now()
    return tuple(
        one.address
        for one in sharing_queries.boxes_of(account_id, now)
        if one.is_owner and set(sharing_queries.owners_of(one.box_id, now)) == {account_id}
    )


def _scan(check: Clamd, content: bytes, name: str) -> None:
    """Every file passes where no virus check is configured."""
    if check(io.BytesIO(content)):
        raise enrolment.InfectedFile("deposits.infected", name=name)


def _lists_like(account_id: int, typed: str, now: datetime, *, limit: int) -> tuple[Gathering, ...]:
    """Lists, as whoever writes is offered them."""
    found = lists_queries.lists_like(account_id, typed, now, limit=limit)
    return tuple(Gathering(one.address, one.title) for one in found)


def _lists_at(account_id: int, addresses: Collection[str], now: datetime) -> dict[str, Gathering]:
    found = lists_queries.addressed(account_id, addresses, now)
    return {address: _gathering(one) for address, one in found.items()}


def _gathering(one: Addressed) -> Gathering:
    counted = one.counted
    if counted is None:
        return Gathering(one.address, one.title, waits=one.waits)
    sample = tuple(
        (member.name or member.address, ", ".join(member.reasons[:1])) for member in counted.sample
    )
    return Gathering(one.address, one.title, counted.count, sample, one.waits)
