"""What address books need of the sandbox."""

from typing import Any

from vaguemestre.engines.conversion.task_runner import Budget, FileReader
from vaguemestre.mailbox.contacts.ports import FileReaderBusy
from vaguemestre.mailbox.contacts.rules import file_task
from vaguemestre.mailbox.webmail.ports import ReaderBusy

_BUDGET = Budget(processor=30, clock=90)  # 20,000 cards of fifteen properties take 10 to 16 s


class ContactsFileReader:
    """`contacts.ports.ReadApart`. One file at a time and one that waits: each holds a thread of the pages."""

    def __init__(self) -> None:
        self._read = FileReader(file_task.__name__, _BUDGET)

    def __call__(self, act: str, content: bytes) -> Any:
        try:
            return self._read({"act": act}, content)
        except ReaderBusy as error:
            raise FileReaderBusy(str(error)) from error
