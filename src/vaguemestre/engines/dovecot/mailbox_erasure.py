"""`lifecycle.ports.EraseMail`: the mail of a closed account erased from the disk."""

import shutil

from vaguemestre.engines.dovecot.homes import mail_home
from vaguemestre.engines.instance import Place
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr


class MailboxErasure:
    """Removes the home of a mailbox."""

    def __init__(self, instance: Place) -> None:
        self._instance = instance

    def __call__(self, mailbox: str) -> None:
        folder = mail_home(self._instance, mailbox)
        try:
            if folder.is_dir():
                shutil.rmtree(folder)
        except OSError as error:
            raise EngineDown(f"courriels de {mailbox} : {os_error_fr(error)}") from error
