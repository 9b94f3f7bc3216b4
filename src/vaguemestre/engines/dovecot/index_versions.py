"""Full-text indexes made anew where they date from before a change of what is indexed."""

from collections.abc import Sequence
from pathlib import Path

from vaguemestre.engines.config_templates import write
from vaguemestre.engines.dovecot.configuration import configuration_file
from vaguemestre.engines.dovecot.doveadm import Doveadm
from vaguemestre.engines.instance import Instance

# Raise it when letters are to be indexed otherwise: languages, tokens, kinds of files read.
_VERSION = 2
_STAMP = "vaguemestre-index"


class Indexing:
    """The indexes of one instance that runs. Needs root."""

    def __init__(self, instance: Instance) -> None:
        self._doveadm = Doveadm(instance)
        self._root = instance.home / "mail"
        self._version = f"{_VERSION}{'+files' if _reads_files(instance) else ''}\n"

    def mailboxes(self) -> Sequence[str]:
        """Those that hold mail, by name. Raises EngineDown, EngineRefused."""
        return sorted(one for one in self._doveadm.mailboxes() if self._home(one).is_dir())

    def is_current(self, mailbox: str) -> bool:
        """Whether its index was made anew since the last change."""
        try:
            return self._stamp(mailbox).read_text(encoding="ascii") == self._version
        except (OSError, UnicodeDecodeError):
            return False

    def renew(self, mailbox: str) -> None:
        """Drop its index and make another; cut short, it is to be done again.

        Meanwhile mail arrives, and a search of that mailbox waits. Raises EngineDown, EngineRefused.
        """
        self._stamp(mailbox).unlink(missing_ok=True)
        self._doveadm.forget_index(mailbox)
        self._doveadm.index(mailbox)
        if self._home(mailbox).is_dir():
            write(self._stamp(mailbox), self._version)

    def _home(self, mailbox: str) -> Path:
        name, _, domain = mailbox.lower().rpartition("@")
        return self._root / domain / name

    def _stamp(self, mailbox: str) -> Path:
        return self._home(mailbox) / _STAMP


def _reads_files(instance: Instance) -> bool:
    return "\nfts_decoder_driver" in configuration_file(instance).read_text(encoding="utf-8")
