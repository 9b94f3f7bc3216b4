"""Use cases of shared mailboxes."""

from vaguemestre.schools.sharing.services.app_passwords import create_member_password, revoke_member_password
from vaguemestre.schools.sharing.services.boxes import close_boxes, open_school_boxes, sync_owners
from vaguemestre.schools.sharing.services.client_messages import (
    SubmissionConnection,
    announce_client_message,
    attribute_client_message,
    record_client_sign_in,
)
from vaguemestre.schools.sharing.services.collaboration import (
    add_note,
    assign_thread,
    delete_expired,
    delete_sent,
    record_activity,
    record_copies,
    record_copy,
    record_presence,
    record_sent,
    release_thread,
    set_thread_closed,
    stop_answering,
    stop_reading,
    warn_before_answer,
)
from vaguemestre.schools.sharing.services.delegation import (
    delegate_mailbox,
    end_delegation,
    end_delegations,
    record_delegate_visit,
    revoke_delegation,
    tell_delegations_apart,
)
from vaguemestre.schools.sharing.services.erasure import forget_person
from vaguemestre.schools.sharing.services.given_access import end_access_given_by
from vaguemestre.schools.sharing.services.members import (
    MAX_MEMBERS,
    add_member,
    add_members,
    change_member,
    check_may_send,
    end_expired_memberships,
    end_member,
    end_memberships_of,
    end_memberships_outside,
    end_sending_everywhere,
)
from vaguemestre.schools.sharing.services.owners import check_may_own, take_back_owner
from vaguemestre.schools.sharing.services.requests import grant_request, refuse_request, request_box
from vaguemestre.schools.sharing.services.withdrawn_access import suspend_withdrawn_access

__all__ = [
    "MAX_MEMBERS",
    "SubmissionConnection",
    "add_member",
    "add_members",
    "add_note",
    "announce_client_message",
    "assign_thread",
    "attribute_client_message",
    "change_member",
    "check_may_own",
    "check_may_send",
    "close_boxes",
    "create_member_password",
    "delegate_mailbox",
    "delete_expired",
    "delete_sent",
    "end_access_given_by",
    "end_delegation",
    "end_delegations",
    "end_expired_memberships",
    "end_member",
    "end_memberships_of",
    "end_memberships_outside",
    "end_sending_everywhere",
    "forget_person",
    "grant_request",
    "open_school_boxes",
    "record_activity",
    "record_client_sign_in",
    "record_copies",
    "record_copy",
    "record_delegate_visit",
    "record_presence",
    "record_sent",
    "refuse_request",
    "release_thread",
    "request_box",
    "revoke_delegation",
    "revoke_member_password",
    "set_thread_closed",
    "stop_answering",
    "stop_reading",
    "suspend_withdrawn_access",
    "sync_owners",
    "take_back_owner",
    "tell_delegations_apart",
    "warn_before_answer",
]
