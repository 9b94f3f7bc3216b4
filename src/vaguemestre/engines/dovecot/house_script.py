"""The house's Sieve script of a mailbox, beside its mail, out of reach of ManageSieve."""

import os
import subprocess
import tempfile
from pathlib import Path

from vaguemestre.engines.dovecot.homes import HOUSE_SCRIPT, mail_home, sieve_settings
from vaguemestre.engines.home_alias import engine_home
from vaguemestre.engines.instance import Place
from vaguemestre.engines.system_users import set_owner, system_user
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr

_TIMEOUT_SECONDS = 30


class HouseScripts:
    """Puts a script that Dovecot runs before the personal one. Runs as the mail's user, or as root."""

    def __init__(self, instance: Place) -> None:
        self._instance = instance

    def __call__(self, mailbox: str, content: str) -> None:
        script = mail_home(self._instance, mailbox) / HOUSE_SCRIPT
        binary = script.with_suffix(".svbin")
        try:
            if not content:
                script.unlink(missing_ok=True)
                binary.unlink(missing_ok=True)
                return
            if _read(script) == content and binary.exists():
                return
            self._make_home(script.parent)
            self._install(script, content)
        except OSError as error:
            raise EngineDown(f"script de {mailbox} : {os_error_fr(error)}") from error

    def content(self, mailbox: str) -> str:
        """The script; empty if there is none."""
        try:
            return _read(mail_home(self._instance, mailbox) / HOUSE_SCRIPT)
        except OSError as error:
            raise EngineDown(f"script de {mailbox} : {os_error_fr(error)}") from error

    def _make_home(self, home: Path) -> None:
        """Create the home as Dovecot does at the first delivery."""
        for folder in (home.parent, home):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                _give_to_mail(folder, 0o700)

    def _install(self, script: Path, content: str) -> None:
        """Write the script and compile it; restore the previous one when it does not compile."""
        before = _read(script)
        _replace(script, content)
        try:
            self._compile(script)
        except EngineRefused:
            if before:
                _replace(script, before)
            else:
                script.unlink(missing_ok=True)
            raise

    def _compile(self, script: Path) -> None:
        path = engine_home(self._instance) / script.relative_to(self._instance.home)
        argv = ["sievec", "-c", str(sieve_settings(self._instance)), str(path)]
        try:
            ended = subprocess.run(
                argv, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise EngineDown("sievec") from error
        if ended.returncode:
            raise EngineRefused(f"sievec : {ended.stderr.strip()[-800:]}")
        _give_to_mail(script.with_suffix(".svbin"), 0o600)


def _give_to_mail(path: Path, mode: int) -> None:
    """Give what root made to the mail's user; the agent is that user."""
    user = system_user()
    set_owner(path, user.pw_uid, user.pw_gid, mode)


def _read(script: Path) -> str:
    try:
        return script.read_bytes().decode()
    except FileNotFoundError:
        return ""


def _replace(script: Path, content: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=script.parent, prefix=".house-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode())
        _give_to_mail(Path(name), 0o600)
        Path(name).replace(script)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
