"""Use cases of the assistant, and functions shared with the help desk."""

from vaguemestre.access.assistant.services.erasure import erase_account
from vaguemestre.access.assistant.services.identification import CLOSED, accept_code, identify
from vaguemestre.access.assistant.services.identification_codes import is_code_right, send_code
from vaguemestre.access.assistant.services.issued_codes import (
    issue_code,
    void_every_issued_code,
    void_issued_codes,
)
from vaguemestre.access.assistant.services.letters import announce_letter, letter_sender
from vaguemestre.access.assistant.services.password_choice import activate, choose_password
from vaguemestre.access.assistant.services.retention import delete_old_codes

__all__ = [
    "CLOSED",
    "accept_code",
    "activate",
    "announce_letter",
    "choose_password",
    "delete_old_codes",
    "erase_account",
    "identify",
    "is_code_right",
    "issue_code",
    "letter_sender",
    "send_code",
    "void_every_issued_code",
    "void_issued_codes",
]
