"""Who listens to what: event → handlers, run by the worker after commit."""

from collections.abc import Callable
from typing import Any

from vaguemestre.agenda import handlers as agenda_handlers
from vaguemestre.assistant import handlers as assistant_handlers
from vaguemestre.assistant.events import LetterDue
from vaguemestre.classes import handlers as classes_handlers
from vaguemestre.contacts import handlers as contacts_handlers
from vaguemestre.credentials.events import (
    AccountActivated,
    AccountChanged,
    AccountOpened,
    AccountsChanged,
    PersonErased,
    TokensWithdrawn,
)
from vaguemestre.deposits import handlers as deposits_handlers
from vaguemestre.deposits.events import DepositReceived
from vaguemestre.devices import handlers as devices_handlers
from vaguemestre.directory.events import PeopleArrived, PeopleChanged, PlacesDescribed
from vaguemestre.dispatch import handlers as dispatch_handlers
from vaguemestre.enrolment import handlers as enrolment_handlers
from vaguemestre.enrolment.events import RequestMoved
from vaguemestre.helpdesk import handlers as helpdesk_handlers
from vaguemestre.helpdesk.events import AccountSheltered
from vaguemestre.intake import handlers as intake_handlers
from vaguemestre.intake.events import FeedConfirmed, PeopleLeft, PersonTransferred, PlanAsked, SituationTold
from vaguemestre.lists import handlers as lists_handlers
from vaguemestre.lists.events import LetterGoesOn, ListMailCame, NoticeDue
from vaguemestre.lives import handlers as lives_handlers
from vaguemestre.lives.events import (
    ClosingNear,
    MailboxDoomed,
    MembershipsTouched,
    NeutralReplyDue,
    NeutralReplyOver,
)
from vaguemestre.moving import handlers as moving_handlers
from vaguemestre.moving.events import ExportWithdrawn, MoveGoesOn
from vaguemestre.outbox import handlers as outbox_handlers
from vaguemestre.outbox.events import HoldEnded, MailHeld, MessageFiled, MessageQueued, MessageRefused
from vaguemestre.portal import handlers as portal_handlers
from vaguemestre.provisioning import handlers as provisioning_handlers
from vaguemestre.sharing import handlers as sharing_handlers
from vaguemestre.sharing.events import AccessDue, AccessEnded, LetterLeft, MembersChanged, WorkChanged
from vaguemestre.signin import handlers as signin_handlers
from vaguemestre.signin.events import (
    AccountTouched,
    ContactMailDue,
    ContactsToTell,
    ProgramEntered,
    SessionsEnded,
)
from vaguemestre.sorting import handlers as sorting_handlers
from vaguemestre.sorting.events import PassAsked, SortingChanged
from vaguemestre.sso.cas import handlers as cas_handlers
from vaguemestre.sso.headers import handlers as headers_handlers
from vaguemestre.sso.oidc import handlers as oidc_handlers
from vaguemestre.sso.registry import handlers as registry_handlers
from vaguemestre.sso.registry.events import VisitEnded
from vaguemestre.sso.saml import handlers as saml_handlers
from vaguemestre.vigilance import handlers as vigilance_handlers
from vaguemestre.webmail import handlers as webmail_handlers
from vaguemestre.webmail.events import BulkAsked, PreviewWanted, ReminderDue, RemindersDue
from vaguemestre.writing import handlers as writing_handlers
from vaguemestre.writing.events import MailingGoesOn

SUBSCRIPTIONS: dict[type, tuple[Callable[[Any], None], ...]] = {
    PlacesDescribed: (sharing_handlers.open_boxes,),
    PeopleArrived: (sharing_handlers.follow_people,),
    PeopleChanged: (
        lives_handlers.follow_returns,
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
    ClosingNear: (signin_handlers.tell_of_closing, lives_handlers.write_to_contacts),
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
