"""The French sentences of every refusal, room by room."""

from vaguemestre.access.assistant import refusals as assistant_refusals
from vaguemestre.access.signin import refusals as signin_refusals
from vaguemestre.access.sso import refusals as sso_refusals
from vaguemestre.desks.backoffice import refusals as backoffice_refusals
from vaguemestre.desks.breaches import refusals as breaches_refusals
from vaguemestre.desks.bulk import refusals as bulk_refusals
from vaguemestre.desks.enrolment import refusals as enrolment_refusals
from vaguemestre.desks.helpdesk import refusals as helpdesk_refusals
from vaguemestre.desks.operations import refusals as operations_refusals
from vaguemestre.desks.portal import refusals as portal_refusals
from vaguemestre.desks.removals import refusals as removals_refusals
from vaguemestre.foundation.kernel import refusals as kernel_refusals
from vaguemestre.mailbox.autoconfig import refusals as autoconfig_refusals
from vaguemestre.mailbox.compose import refusals as compose_refusals
from vaguemestre.mailbox.contacts import refusals as contacts_refusals
from vaguemestre.mailbox.portability import refusals as portability_refusals
from vaguemestre.mailbox.sorting import refusals as sorting_refusals
from vaguemestre.mailbox.webmail import refusals as webmail_refusals
from vaguemestre.people.credentials import refusals as credentials_refusals
from vaguemestre.people.directory import refusals as directory_refusals
from vaguemestre.people.intake import refusals as intake_refusals
from vaguemestre.people.lifecycle import refusals as lifecycle_refusals
from vaguemestre.people.paragraphs import refusals as paragraphs_refusals
from vaguemestre.people.service_classes import refusals as service_classes_refusals
from vaguemestre.post.filelinks import refusals as filelinks_refusals
from vaguemestre.post.mailstore import refusals as mailstore_refusals
from vaguemestre.post.outbox import refusals as outbox_refusals
from vaguemestre.post.quarantine import refusals as quarantine_refusals
from vaguemestre.post.redirects import refusals as redirects_refusals
from vaguemestre.schools.lists import refusals as lists_refusals
from vaguemestre.schools.rosters import refusals as rosters_refusals
from vaguemestre.schools.sharing import refusals as sharing_refusals

SENTENCES = (
    assistant_refusals.SENTENCES,
    backoffice_refusals.SENTENCES,
    breaches_refusals.SENTENCES,
    bulk_refusals.SENTENCES,
    rosters_refusals.SENTENCES,
    contacts_refusals.SENTENCES,
    credentials_refusals.SENTENCES,
    filelinks_refusals.SENTENCES,
    autoconfig_refusals.SENTENCES,
    directory_refusals.SENTENCES,
    enrolment_refusals.SENTENCES,
    helpdesk_refusals.SENTENCES,
    intake_refusals.SENTENCES,
    kernel_refusals.SENTENCES,
    lists_refusals.SENTENCES,
    lifecycle_refusals.SENTENCES,
    mailstore_refusals.SENTENCES,
    portability_refusals.SENTENCES,
    outbox_refusals.SENTENCES,
    portal_refusals.SENTENCES,
    operations_refusals.SENTENCES,
    quarantine_refusals.SENTENCES,
    redirects_refusals.SENTENCES,
    removals_refusals.SENTENCES,
    sharing_refusals.SENTENCES,
    signin_refusals.SENTENCES,
    sorting_refusals.SENTENCES,
    sso_refusals.SENTENCES,
    webmail_refusals.SENTENCES,
    compose_refusals.SENTENCES,
    paragraphs_refusals.SENTENCES,
    service_classes_refusals.SENTENCES,
)
