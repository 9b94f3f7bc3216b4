"""Who listens to what: event → handlers, run by the worker after commit."""

from collections.abc import Callable
from typing import Any

from vaguemestre.access.assistant import handlers as assistant_handlers
from vaguemestre.access.assistant.events import LetterDue
from vaguemestre.access.signin import handlers as signin_handlers
from vaguemestre.access.signin.events import (
    AccountTouched,
    ContactMailDue,
    ContactsToTell,
    ProgramEntered,
    SessionsEnded,
)
from vaguemestre.access.sso.cas import handlers as cas_handlers
from vaguemestre.access.sso.headers import handlers as headers_handlers
from vaguemestre.access.sso.oidc import handlers as oidc_handlers
from vaguemestre.access.sso.registry import handlers as registry_handlers
from vaguemestre.access.sso.registry.events import VisitEnded
from vaguemestre.access.sso.saml import handlers as saml_handlers
from vaguemestre.desks.bulk import handlers as bulk_handlers
from vaguemestre.desks.bulk.events import ActDue
from vaguemestre.desks.domainreports import handlers as domainreports_handlers
from vaguemestre.desks.domainreports.events import ReportsDelivered
from vaguemestre.desks.enrolment import handlers as enrolment_handlers
from vaguemestre.desks.enrolment.events import RequestMoved
from vaguemestre.desks.helpdesk import handlers as helpdesk_handlers
from vaguemestre.desks.helpdesk.events import AccountSheltered, DeletedMessagesWanted
from vaguemestre.desks.portal import handlers as portal_handlers
from vaguemestre.desks.portal.events import AnnouncementMailed
from vaguemestre.desks.removals import handlers as removals_handlers
from vaguemestre.desks.removals.events import RefusedContentChanged, RemovalDue
from vaguemestre.mailbox.autoconfig import handlers as autoconfig_handlers
from vaguemestre.mailbox.calendar import handlers as calendar_handlers
from vaguemestre.mailbox.compose import handlers as compose_handlers
from vaguemestre.mailbox.compose.events import MailingDue
from vaguemestre.mailbox.contacts import handlers as contacts_handlers
from vaguemestre.mailbox.portability import handlers as portability_handlers
from vaguemestre.mailbox.portability.events import ExportWithdrawn, ImportGoesOn, MoveGoesOn
from vaguemestre.mailbox.sorting import handlers as sorting_handlers
from vaguemestre.mailbox.sorting.events import BackfillRequested, FolderMoved, SortingChanged
from vaguemestre.mailbox.webmail import handlers as webmail_handlers
from vaguemestre.mailbox.webmail.events import BulkRequested, PreviewRequested, ReminderDue, RemindersDue
from vaguemestre.people.credentials import handlers as credentials_handlers
from vaguemestre.people.credentials.events import (
    AccountActivated,
    AccountChanged,
    AccountsChanged,
    AccountsOpened,
    ClassesChanged,
    OfficeChanged,
    PersonErased,
    TokensWithdrawn,
)
from vaguemestre.people.directory.events import PeopleArrived, PeopleChanged, PlacesDescribed
from vaguemestre.people.intake import handlers as intake_handlers
from vaguemestre.people.intake.events import (
    FeedConfirmed,
    PeopleLeft,
    PersonTransferred,
    PlanRequested,
    SituationReported,
)
from vaguemestre.people.lifecycle import handlers as lifecycle_handlers
from vaguemestre.people.lifecycle.events import (
    ClosingNear,
    ClosingWithdrawn,
    MailboxPurgeDue,
    MembershipsChanged,
    NeutralReplyDue,
    NeutralReplyEnded,
)
from vaguemestre.people.provisioning import handlers as provisioning_handlers
from vaguemestre.post.filelinks import handlers as filelinks_handlers
from vaguemestre.post.filelinks.events import FileUploaded
from vaguemestre.post.outbox import handlers as outbox_handlers
from vaguemestre.post.outbox.events import HoldEnded, MailHeld, MessageFiled, MessageQueued, MessageRefused
from vaguemestre.post.quarantine import handlers as quarantine_handlers
from vaguemestre.post.quarantine.events import ReleaseAsked
from vaguemestre.post.redirects import handlers as redirects_handlers
from vaguemestre.post.reports import handlers as reports_handlers
from vaguemestre.post.reports.events import VoteCast
from vaguemestre.post.trace import handlers as trace_handlers
from vaguemestre.post.trace.events import HandedOverAgain, MailQuarantined, MailUnexamined, ScriptsChanged
from vaguemestre.post.tracking import handlers as tracking_handlers
from vaguemestre.schools.lists import handlers as lists_handlers
from vaguemestre.schools.lists.events import FanoutDue, ListMailDelivered, NoticeDue
from vaguemestre.schools.rosters import handlers as rosters_handlers
from vaguemestre.schools.sharing import handlers as sharing_handlers
from vaguemestre.schools.sharing.events import (
    AccessDue,
    AccessEnded,
    ClientMessageSent,
    MembersAdded,
    MembersChanged,
    SendingEnded,
    WorkChanged,
)

SUBSCRIPTIONS: dict[type, tuple[Callable[[Any], None], ...]] = {
    PlacesDescribed: (sharing_handlers.open_boxes,),
    PeopleArrived: (sharing_handlers.sync_owners_of_people,),
    PeopleChanged: (
        lifecycle_handlers.cancel_reported_departures,
        credentials_handlers.follow_people,
        provisioning_handlers.provision_people,
        sorting_handlers.follow_people,
        sharing_handlers.sync_owners_of_people,
        sharing_handlers.tell_delegations_apart,
        enrolment_handlers.follow_people,
    ),
    AccountsOpened: (credentials_handlers.follow_new_accounts, provisioning_handlers.make_mailboxes),
    OfficeChanged: (signin_handlers.forget_office, removals_handlers.end_right),
    ClassesChanged: (credentials_handlers.follow_classes,),
    AccountChanged: (
        signin_handlers.end_sessions,
        provisioning_handlers.provision_mailbox,
        registry_handlers.follow_account,
        sharing_handlers.end_access_of_closed_accounts,
    ),
    AccessDue: (sharing_handlers.end_due_access,),
    AccessEnded: (sharing_handlers.disconnect_member,),
    MembersChanged: (sharing_handlers.notify_members,),
    SendingEnded: (compose_handlers.stop_member_mailings,),
    MembersAdded: (sharing_handlers.notify_of_several,),
    WorkChanged: (sharing_handlers.refresh_open_pages,),
    ClientMessageSent: (sharing_handlers.attribute_client_message,),
    ProgramEntered: (sharing_handlers.record_client_sign_in,),
    AccountActivated: (
        provisioning_handlers.provision_mailbox,
        assistant_handlers.send_welcome,
        sharing_handlers.tell_of_boxes,
    ),
    AccountsChanged: (
        signin_handlers.end_sessions_of_many,
        provisioning_handlers.provision_mailboxes,
        sorting_handlers.follow_accounts,
        registry_handlers.follow_accounts,
        sharing_handlers.end_access_of_closed_accounts,
    ),
    AccountTouched: (rosters_handlers.unlink_after_alarm, signin_handlers.notify_owner),
    ContactsToTell: (signin_handlers.notify_contacts,),
    ContactMailDue: (signin_handlers.mail_contact,),
    AccountSheltered: (helpdesk_handlers.disconnect_mailbox,),
    DeletedMessagesWanted: (helpdesk_handlers.recover_messages,),
    LetterDue: (assistant_handlers.send_letter,),
    PersonErased: (
        credentials_handlers.forget_person,
        calendar_handlers.forget_person,
        assistant_handlers.erase_account,
        rosters_handlers.forget_person,
        contacts_handlers.forget_person,
        autoconfig_handlers.forget_person,
        enrolment_handlers.forget_person,
        helpdesk_handlers.forget_person,
        lists_handlers.forget_person,
        portability_handlers.forget_person,
        outbox_handlers.forget_person,
        portal_handlers.forget_person,
        provisioning_handlers.forget_person,
        registry_handlers.erase_account,
        sharing_handlers.forget_person,
        signin_handlers.erase_account,
        sorting_handlers.forget_person,
        reports_handlers.forget_person,
        quarantine_handlers.forget_person,
        redirects_handlers.forget_person,
        removals_handlers.forget_person,
        bulk_handlers.forget_person,
        webmail_handlers.forget_person,
        compose_handlers.forget_person,
    ),
    TokensWithdrawn: (provisioning_handlers.withdraw_tokens,),
    SessionsEnded: (signin_handlers.refuse_tokens, registry_handlers.follow_sessions),
    VisitEnded: (
        oidc_handlers.notify_client,
        cas_handlers.notify_service,
        saml_handlers.notify_service_provider,
        headers_handlers.delete_ended_visit,
    ),
    MessageQueued: (outbox_handlers.send,),
    HandedOverAgain: (trace_handlers.drop_second_copies,),
    MessageFiled: (compose_handlers.delete_filed_draft, contacts_handlers.remember_recipients),
    MailingDue: (compose_handlers.run_mailing,),
    MessageRefused: (compose_handlers.restore_refused_draft,),
    MailHeld: (tracking_handlers.notify_sender,),
    HoldEnded: (outbox_handlers.follow_hold,),
    RequestMoved: (enrolment_handlers.mail_applicant, enrolment_handlers.notify_service),
    FeedConfirmed: (intake_handlers.apply_confirmed,),
    PlanRequested: (intake_handlers.rebuild_requested_plan,),
    SituationReported: (lifecycle_handlers.apply_reported_situation,),
    PeopleLeft: (lifecycle_handlers.begin_reported_departures,),
    PersonTransferred: (
        lifecycle_handlers.begin_academy_move,
        compose_handlers.move_identities,
        sharing_handlers.end_access_after_transfer,
        lists_handlers.follow_transfer,
        enrolment_handlers.leave_services,
    ),
    MembershipsChanged: (sharing_handlers.suspend_withdrawn_access,),
    NeutralReplyDue: (sorting_handlers.answer_for_leaver,),
    NeutralReplyEnded: (sorting_handlers.stop_answering,),
    ClosingNear: (signin_handlers.notify_closing, lifecycle_handlers.send_closing_letters),
    ClosingWithdrawn: (signin_handlers.notify_withdrawn_closing, lifecycle_handlers.send_withdrawal_letters),
    MailboxPurgeDue: (lifecycle_handlers.erase_purged_mailbox,),
    ImportGoesOn: (portability_handlers.go_on_importing,),
    MoveGoesOn: (portability_handlers.go_on,),
    ExportWithdrawn: (portability_handlers.erase_withdrawn,),
    FileUploaded: (filelinks_handlers.scan_file,),
    ActDue: (bulk_handlers.go_on,),
    AnnouncementMailed: (portal_handlers.prepare_mail,),
    RemovalDue: (removals_handlers.go_on,),
    RefusedContentChanged: (removals_handlers.tell_filter,),
    MailQuarantined: (quarantine_handlers.follow_delivery,),
    MailUnexamined: (quarantine_handlers.note_unexamined,),
    ReleaseAsked: (quarantine_handlers.hand_over,),
    ScriptsChanged: (sorting_handlers.tell_foreign_script,),
    VoteCast: (reports_handlers.teach_votes,),
    SortingChanged: (sorting_handlers.rewrite_script,),
    FolderMoved: (sorting_handlers.follow_moved_folder,),
    BackfillRequested: (sorting_handlers.run_backfill,),
    PreviewRequested: (webmail_handlers.make_preview,),
    BulkRequested: (webmail_handlers.run_bulk,),
    ReportsDelivered: (domainreports_handlers.read_reports,),
    ListMailDelivered: (lists_handlers.read_list,),
    FanoutDue: (lists_handlers.fan_out,),
    NoticeDue: (lists_handlers.send_notices,),
    ReminderDue: (webmail_handlers.remind,),
    RemindersDue: (webmail_handlers.remind_of_many,),
}
