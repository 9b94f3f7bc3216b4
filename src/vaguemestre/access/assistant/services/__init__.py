"""The assistant's use cases, and the parts the help desk shares: finding an account, codes, passwords."""

from vaguemestre.access.assistant.services.asking import ask_code, code_holds
from vaguemestre.access.assistant.services.choosing import activate, choose_password
from vaguemestre.access.assistant.services.forgetting import forget_person
from vaguemestre.access.assistant.services.identifying import CLOSED, identify, show_code
from vaguemestre.access.assistant.services.issued_codes import issue_code, void_issued_codes
from vaguemestre.access.assistant.services.letters import announce_letter, letter_sender

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
