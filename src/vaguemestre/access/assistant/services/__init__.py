"""The assistant's use cases, and the parts the help desk shares: finding an account, codes, passwords."""

from vaguemestre.access.assistant.services.erasure import forget_person
from vaguemestre.access.assistant.services.identification import CLOSED, identify, show_code
from vaguemestre.access.assistant.services.identification_codes import ask_code, code_holds
from vaguemestre.access.assistant.services.issued_codes import issue_code, void_issued_codes
from vaguemestre.access.assistant.services.letters import announce_letter, letter_sender
from vaguemestre.access.assistant.services.password_choice import activate, choose_password

__all__ = [
    "CLOSED",
    "activate",
    "announce_letter",
    "ask_code",
    "choose_password",
    "code_holds",
    "forget_person",
    "identify",
    "issue_code",
    "letter_sender",
    "show_code",
    "void_issued_codes",
]
