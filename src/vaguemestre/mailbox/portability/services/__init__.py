"""Imports and exports: requests, slices, verification."""

from vaguemestre.mailbox.portability.services.erasure import forget_person
from vaguemestre.mailbox.portability.services.growing_files import LocalFile, StoredFile
from vaguemestre.mailbox.portability.services.mbox_export import export_folders, pack
from vaguemestre.mailbox.portability.services.message_import import import_messages
from vaguemestre.mailbox.portability.services.requests import (
    ask_export,
    ask_import,
    ask_import_from_server,
    ask_sealed,
    forget_file,
    hand_to_imports,
    record_download,
    resume_move,
    stop_move,
    withdraw_export,
)
from vaguemestre.mailbox.portability.services.retention import delete_old_moves
from vaguemestre.mailbox.portability.services.run_slice import run_move
from vaguemestre.mailbox.portability.services.sealed_export import write_archive, write_sealed
from vaguemestre.mailbox.portability.services.verification import verify

__all__ = [
    "LocalFile",
    "StoredFile",
    "ask_export",
    "ask_import",
    "ask_import_from_server",
    "ask_sealed",
    "delete_old_moves",
    "export_folders",
    "forget_file",
    "forget_person",
    "hand_to_imports",
    "import_messages",
    "pack",
    "record_download",
    "resume_move",
    "run_move",
    "stop_move",
    "verify",
    "withdraw_export",
    "write_archive",
    "write_sealed",
]
