"""The French sentences of every refusal, room by room."""

from vaguemestre.assistant import refusals as assistant_refusals
from vaguemestre.backoffice import refusals as backoffice_refusals
from vaguemestre.classes import refusals as classes_refusals
from vaguemestre.contacts import refusals as contacts_refusals
from vaguemestre.credentials import refusals as credentials_refusals
from vaguemestre.deposits import refusals as deposits_refusals
from vaguemestre.devices import refusals as devices_refusals
from vaguemestre.directory import refusals as directory_refusals
from vaguemestre.enrolment import refusals as enrolment_refusals
from vaguemestre.helpdesk import refusals as helpdesk_refusals
from vaguemestre.intake import refusals as intake_refusals
from vaguemestre.kernel import refusals as kernel_refusals
from vaguemestre.lists import refusals as lists_refusals
from vaguemestre.lives import refusals as lives_refusals
from vaguemestre.mailstore import refusals as mailstore_refusals
from vaguemestre.moving import refusals as moving_refusals
from vaguemestre.outbox import refusals as outbox_refusals
from vaguemestre.portal import refusals as portal_refusals
from vaguemestre.sharing import refusals as sharing_refusals
from vaguemestre.signin import refusals as signin_refusals
from vaguemestre.sorting import refusals as sorting_refusals
from vaguemestre.sso import refusals as sso_refusals
from vaguemestre.webmail import refusals as webmail_refusals
from vaguemestre.writing import refusals as writing_refusals

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
    mailstore_refusals.SENTENCES,
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
