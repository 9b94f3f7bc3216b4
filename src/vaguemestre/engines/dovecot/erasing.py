"""What Dovecot holds of a mailbox nobody has any more, erased from the disk."""

import shutil

from vaguemestre.engines.instance import Instance
from vaguemestre.kernel.addresses import parse_address
from vaguemestre.kernel.errors import EngineDown, EngineRefused, Refusal


class Erasing:
    """Implements `lives.ports.EraseMail`: the folder of the mailbox, as `mail_home` names it."""

    def __init__(self, instance: Instance) -> None:
        self._root = instance.home / "mail"

    def __call__(self, mailbox: str) -> None:
        try:
            parse_address(mailbox)
        except Refusal as refusal:
            raise EngineRefused(f"nom de boîte inattendu : {mailbox!r}") from refusal
        name, _, domain = mailbox.lower().rpartition("@")
        folder = self._root / domain / name
        if folder.parent.parent != self._root or name in ("", ".", "..") or "/" in mailbox:
            raise EngineRefused(f"nom de boîte inattendu : {mailbox!r}")
        try:
            if folder.is_dir():
                shutil.rmtree(folder)
        except OSError as error:
            raise EngineDown(f"mail {mailbox}: {error.strerror}") from error
