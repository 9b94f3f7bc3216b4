"""The house's Sieve script of a mailbox, beside its mail, out of reach of ManageSieve."""

import os
import subprocess
import tempfile
from pathlib import Path

from vaguemestre.engines.dovecot.configuration import HOUSE_SCRIPT, configuration_file
from vaguemestre.engines.dovecot.homes import mail_home
from vaguemestre.engines.instance import Instance, engine_home, set_owner, system_user
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

_TIMEOUT_SECONDS = 30


class HouseScripts:
    """Implements `sorting.ports.PutHouseScript`: a script that Dovecot runs before the personal one."""

    def __init__(self, instance: Instance) -> None:
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
            raise EngineDown(f"script {mailbox}: {error.strerror}") from error

    def _make_home(self, home: Path) -> None:
        """Create the home as Dovecot does at the first delivery."""
        user = system_user()
        for folder in (home.parent, home):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                set_owner(folder, user.pw_uid, user.pw_gid, 0o700)

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
        argv = ["sievec", "-c", str(configuration_file(self._instance)), str(path)]
        try:
            ended = subprocess.run(
                argv, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise EngineDown("sievec") from error
        if ended.returncode:
            raise EngineRefused(f"sievec : {ended.stderr.strip()[-800:]}")
        set_owner(script.with_suffix(".svbin"), 0, system_user().pw_gid, 0o640)


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
            os.fchown(file.fileno(), 0, system_user().pw_gid)
            os.fchmod(file.fileno(), 0o640)
        Path(name).replace(script)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
