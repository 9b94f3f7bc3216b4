"""HAProxy of this machine, as Debian's unit runs it: it takes another configuration, or serves by the former.

A reload by systemctl is a signal, whose outcome nobody tells. HAProxy's master is asked instead: it answers
once a new worker serves or has failed (HAProxy 3.0, management.txt, « reload »).
"""

import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.engines.config_templates import write
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.processes.production.machine.commands import StepFailed, are_active, run
from vaguemestre.processes.production.nodes.served_file import ServedFile

UNIT = "haproxy.service"
_FILE = ServedFile(Path("/etc/haproxy/haproxy.cfg"))
_ALERT, _TAKEN = "[ALERT]", "cannot bind socket (Address already in use)"
_LATER = ("Fatal errors", "found in configuration file", "Some protocols failed")  # said after the reason
_ANSWER_SECONDS = 60.0  # a port that is taken is tried for two seconds
_WHO = " : un autre programme tient ce port, « ss -ltnp » dit lequel. Arrêtez-le, puis relancez bin/install."


@dataclass(frozen=True)
class HAProxy:
    """`master`: where its first process answers."""

    file: ServedFile = _FILE
    master: Path = Path("/run/haproxy-master.sock")

    def runs_as(self, text: str) -> bool:
        """Whether it serves by that configuration."""
        return self.file.is_taken(text) and are_active(UNIT)

    def take(self, text: str) -> None:
        """Have it serve by that configuration. Raises StepFailed: who was served still is, as before."""
        is_serving = are_active(UNIT)
        self._check(text, is_serving=is_serving)
        run(("systemctl", "enable", "--quiet", UNIT))
        self.file.begin(text)
        if is_serving:
            self._reload()
        else:
            self._start()
        self.file.settle()

    def _check(self, text: str, *, is_serving: bool) -> None:
        write(self.file.refused, text)
        check = ["haproxy", "-c", "-f", str(self.file.refused)]
        ended = subprocess.run(check, capture_output=True, text=True, check=False)
        if ended.returncode:
            still = " et sert toujours selon l’ancienne" if is_serving else ""
            raise StepFailed(
                f"HAProxy refuse sa nouvelle configuration{still} : {_first_alert(ended.stderr)}. "
                f"« {' '.join(check)} » dit tout. Corrigez ce qu’il nomme (le fichier de l’installation, un "
                "certificat), puis relancez bin/install."
            )

    def _reload(self) -> None:
        try:
            reply = self._ask_for_reload()
        except OSError as error:
            self.file.take_back()
            raise StepFailed(
                "HAProxy sert toujours selon son ancienne configuration, faute d’être joint : "
                f"{self.master} ne répond pas ({os_error_fr(error)}). Le service de Debian l’ouvre, si "
                '/etc/default/haproxy n’a pas d’autre EXTRAOPTS que "-S /run/haproxy-master.sock" : '
                "remettez-le, « systemctl restart haproxy », puis relancez bin/install."
            ) from error
        if not reply.startswith("Success=1"):
            self.file.take_back()
            raise StepFailed(
                "HAProxy ne prend pas sa nouvelle configuration et sert toujours selon l’ancienne : "
                f"{_failure_sentence(reply)}"
            )

    def _ask_for_reload(self) -> str:
        with socket.socket(socket.AF_UNIX) as master:
            master.settimeout(_ANSWER_SECONDS)
            master.connect(str(self.master))
            master.sendall(b"reload\n")
            return b"".join(iter(lambda: master.recv(65536), b"")).decode(errors="replace")

    def _start(self) -> None:
        try:
            run(("systemctl", "start", UNIT))
        except StepFailed as failed:
            self.file.settle()  # nothing ran by the former one
            said = run(("journalctl", "--unit", UNIT, "--reverse", "--lines=40", "--output=cat"))
            raise StepFailed(f"HAProxy ne démarre pas : {_failure_sentence(said)}") from failed


def _failure_sentence(said: str) -> str:
    """What HAProxy complained of, and what to do."""
    reason = _first_alert(said)
    if _TAKEN in reason:
        return f"{reason}{_WHO}"
    return f"{reason}. « journalctl -u haproxy » dit la suite. Corrigez, puis relancez bin/install."


def _first_alert(said: str) -> str:
    """The reason among lines that HAProxy said, without what comes before it on its line."""
    alerts = [line.partition(" : ")[2] for line in said.splitlines() if line.startswith(_ALERT)]
    reasons = [alert for alert in alerts if not any(words in alert for words in _LATER)]
    return (reasons or alerts or ["il ne dit pas pourquoi"])[0].rstrip(".")
