"""What is done with moves: the work itself (`bring`, `take_out`) and its rows (`asking`, `going`)."""

from vaguemestre.mailbox.portability.services.erasure import forget_person
from vaguemestre.mailbox.portability.services.mbox_export import pack, take_out
from vaguemestre.mailbox.portability.services.message_import import bring
from vaguemestre.mailbox.portability.services.requests import (
    ask_export,
    ask_import,
    ask_import_from_server,
    ask_sealed,
    forget_file,
    resume_move,
    stop_move,
    withdraw_export,
)
from vaguemestre.mailbox.portability.services.run_slice import carry_on
from vaguemestre.mailbox.portability.services.sealed_export import write_archive, write_sealed
from vaguemestre.mailbox.portability.services.verification import verify

__all__ = [
    "ask_export",
    "ask_import",
    "ask_import_from_server",
    "ask_sealed",
    "bring",
    "carry_on",
    "forget_file",
    "forget_person",
    "pack",
    "resume_move",
    "stop_move",
    "take_out",
    "verify",
    "withdraw_export",
    "write_archive",
    "write_sealed",
]
