"""Terminal output of `bin/up`: timed steps, one log stream, a framed summary."""

import contextlib
import os
import sys
import time
from collections.abc import Sequence
from typing import TextIO

from vaguemestre.processes.supervisor.run_folder import SampleAccount
from vaguemestre.site.config import Config

_NAME_WIDTH = 9
_ROLES = {
    "teacher": "enseignant",
    "colleague": "collègue",
    "newcomer": "nouvel arrivant",
    "transferred": "arrivé d’ailleurs",
    "head": "chef d’établissement",
    "secretary": "secrétariat",
    "otp": "clé OTP",
    "hr_dpe": "gestion DPE",
    "hr_dpate": "gestion DPATE",
    "hr_deep": "gestion DEEP",
    "hr_dsden": "gestion DSDEN",
    "helpdesk": "assistance",
    "administrator": "administration",
    "outside": "le monde extérieur",
}


class Screen:
    """Writes to a stream, ignoring errors: a closed terminal or full disk does not stop the instance."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        began = os.environ.get("VAGUEMESTRE_STARTED", "")
        self._began = float(began) if began.replace(".", "", 1).isdigit() else time.time()
        self._dim = self._stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"

    @property
    def passed(self) -> float:
        """Seconds since the command was typed."""
        return time.time() - self._began

    def step(self, text: str) -> None:
        self._write(f"[{self.passed:5.1f} s] {text}".replace(".", ",", 1))

    def log(self, name: str, line: str) -> None:
        prefix = f"{name:<{_NAME_WIDTH}}|"
        self._write(f"\x1b[2m{prefix}\x1b[0m {line}" if self._dim else f"{prefix} {line}")

    def summary(self, config: Config, accounts: Sequence[SampleAccount], administrator: str) -> None:
        self._write("\n".join(framed(summary_lines(config, accounts, administrator, self.passed))))

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(f"{text}\n")
            self._stream.flush()


def summary_lines(
    config: Config, accounts: Sequence[SampleAccount], administrator: str, seconds: float
) -> list[str]:
    """Lines of the summary of a ready instance."""
    ports = config.ports
    lines = [
        f"Vaguemestre est prêt ({f'{seconds:.1f}'.replace('.', ',')} s) · {config.academy.name}",
        "",
        f"Site        {config.public_url}",
        f"IMAP        {config.mail.host}  {ports.imap} · TLS {ports.imaps}",
        f"Envoi       {config.mail.host}  {ports.submission} (STARTTLS) · TLS {ports.submissions}",
        f"Arrivée     MX {ports.mx} · ManageSieve {ports.managesieve}",
        f"Dossier     {config.home}",
    ]
    if administrator:
        lines += ["", "Premier administrateur : activez son compte à cette adresse (montrée une seule fois)"]
        lines += [administrator]
    if accounts:
        lines += [
            "",
            f"{'Comptes de démonstration':<26}{'identifiant':<20}mot de passe, s’il n’a pas été changé",
        ]
        lines += [_account_line(account) for account in accounts]
        lines += ["", f"Tout le reste (mots de passe d’application, OTP…) : {config.run_dir / 'ready.json'}"]
    return [*lines, "Ctrl-C pour arrêter."]


def _account_line(account: SampleAccount) -> str:
    role = str(account.get("role", ""))
    if account.get("password"):
        secret = str(account["password"])
    elif account.get("pin"):
        secret = f"PIN {account['pin']} + code de la clé"
    elif account.get("numen"):
        secret = f"jamais activé : NUMEN {account['numen']}, naissance le {account.get('birth_date', '')}"
    else:
        secret = ""
    return f"{_ROLES.get(role, role):<26}{account.get('username', '')!s:<20}{secret}"


def framed(lines: Sequence[str]) -> list[str]:
    width = max(len(line) for line in lines)
    return [
        f"┌{'─' * (width + 2)}┐",
        *(f"│ {line:<{width}} │" for line in lines),
        f"└{'─' * (width + 2)}┘",
    ]
