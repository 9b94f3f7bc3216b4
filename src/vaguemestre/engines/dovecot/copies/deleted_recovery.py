"""The deleted messages that a mailbox still keeps, moved back into a folder of its owner."""

from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer
from vaguemestre.post.mailstore.values import DELETED_MESSAGES


class DeletedRecovery:
    def __init__(self, doveadm: DoveadmServer) -> None:
        self._doveadm = doveadm

    def __call__(self, mailbox: str, folder: str) -> int:
        """Move them all, with their flags and dates, and make the folder if need be. Returns how many.

        What the quota has no room for stays where it is. Raises EngineDown, EngineRefused.
        """
        rows = self._doveadm.fetched(mailbox, ("uid",), "mailbox", DELETED_MESSAGES, "all")
        if not rows:
            return 0
        words = ("--", folder, "mailbox", DELETED_MESSAGES, "all")
        if self._doveadm.run(mailbox, "move", *words).status != "+":
            self._doveadm.run(mailbox, "mailbox create", "-s", "--", folder)
            self._doveadm.cells(mailbox, "move", *words[1:])
        return len(rows)
