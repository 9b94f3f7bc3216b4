"""What address books need of the sandbox."""

from typing import Any, Protocol

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.slots import Slot


class FileReaderBusy(EngineDown):
    """Other files are being read; asking again in a moment helps."""


class ReadApart(Protocol):
    def __call__(self, act: str, content: bytes) -> Any:
        """What `rules.file_task.perform` answers of that content, in the sandbox.

        Raises EngineRefused beyond the budget, EngineDown, FileReaderBusy.
        """
        ...


class DrawPhoto(Protocol):
    def __call__(self, content: bytes) -> bytes:
        """The thumbnail of a photo (`rules.photos`); one that is not small is decoded in the sandbox.

        Raises Refusal `contacts.photo-unreadable`, EngineDown, FileReaderBusy.
        """
        ...


draw_photo: Slot[DrawPhoto] = Slot("contacts.draw_photo")
read_apart: Slot[ReadApart] = Slot("contacts.read_apart")
