"""What address books need of the sandbox."""

from hashlib import sha256
from typing import Any

from vaguemestre.engines.conversion.task_runner import Budget, FileReader
from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.mailbox.contacts.ports import FileReaderBusy
from vaguemestre.mailbox.contacts.rules import file_task, photo_task, photos
from vaguemestre.mailbox.webmail.ports import ReaderBusy
from vaguemestre.mailbox.webmail.services.isolation.lru import WeightedLru

_BUDGET = Budget(processor=30, clock=90)  # 20,000 cards of fifteen properties take 10 to 16 s
_PHOTO_BUDGET = Budget(processor=4, clock=15, memory=600_000_000)
_MAX_PHOTOS, _PHOTO_BYTES = 2_000, 8_000_000  # thumbnails kept by a process


class ContactsFileReader:
    """`contacts.ports.ReadApart`. One file at a time and one that waits: each holds a thread of the pages."""

    def __init__(self) -> None:
        self._read = FileReader(file_task.__name__, _BUDGET)

    def __call__(self, act: str, content: bytes) -> Any:
        try:
            return self._read({"act": act}, content)
        except ReaderBusy as error:
            raise FileReaderBusy(str(error)) from error


class PhotoReader:
    """`contacts.ports.DrawPhoto`. Small photos here, the others in the sandbox, as files are.

    A list shows many photos that telephones wrote, most of them small: a process for each would take longer.
    The thumbnails of large ones are kept, and what is none too.
    """

    def __init__(self) -> None:
        self._read = FileReader(photo_task.__name__, _PHOTO_BUDGET)
        self._answers: WeightedLru[bytes, str] = WeightedLru(_MAX_PHOTOS, _PHOTO_BYTES, len)

    def __call__(self, content: bytes) -> bytes:
        if photos.is_light(content):
            return photos.thumbnail(content)
        key = sha256(content).digest()
        answer = self._answers.get(key)
        if answer is None:
            answer = self._drawn(content)
            self._answers.put(key, answer)
        return photo_task.thumbnail_in(answer)

    def _drawn(self, content: bytes) -> str:
        try:
            return str(self._read({}, content))
        except EngineRefused as error:
            raise Refusal("contacts.photo-unreadable") from error
        except ReaderBusy as error:
            raise FileReaderBusy(str(error)) from error
