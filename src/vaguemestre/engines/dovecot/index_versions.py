"""Full-text indexes rebuilt after a change of what is indexed."""

from collections.abc import Sequence
from pathlib import Path

from vaguemestre.engines.config_templates import write
from vaguemestre.engines.dovecot.configuration import configuration_file
from vaguemestre.engines.dovecot.doveadm import Doveadm
from vaguemestre.engines.instance import Instance

# Raise it when messages are indexed differently: languages, tokens, kinds of files read.
_VERSION = 3
_STAMP = "vaguemestre-index"


class IndexVersions:
    """The indexes of a running instance. Needs root."""

    def __init__(self, instance: Instance) -> None:
        self._doveadm = Doveadm(instance)
        self._root = instance.home / "mail"
        self._version = f"{_VERSION}{'+files' if _reads_files(instance) else ''}\n"

    def mailboxes(self) -> Sequence[str]:
        """Names of the mailboxes that hold mail. Raises EngineDown, EngineRefused."""
        return sorted(name for name in self._doveadm.mailboxes() if self._home(name).is_dir())

    def is_current(self, mailbox: str) -> bool:
        """Whether the index was rebuilt since the last change."""
        try:
            return self._stamp(mailbox).read_text(encoding="ascii") == self._version
        except (OSError, UnicodeDecodeError):
            return False

    def rebuild(self, mailbox: str) -> None:
        """Rebuild the index; if interrupted, it stays outdated.

        Meanwhile mail arrives, and a search in that mailbox waits. Raises EngineDown, EngineRefused.
        """
        self._stamp(mailbox).unlink(missing_ok=True)
        self._doveadm.delete_index(mailbox)
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
