"""Text of attachments for the full-text index: Dovecot's decoder script, and its sandboxed reader."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from vaguemestre.engines.config_templates import write
from vaguemestre.engines.dovecot.files import door
from vaguemestre.engines.home_alias import sockets
from vaguemestre.engines.instance import Place
from vaguemestre.engines.system_users import DOVECOT_NOBODY, set_owner

USER = DOVECOT_NOBODY
_HERE = Path(__file__).parent
_READER = _HERE.parent.parent / "conversion" / "decoders" / "file_text.py"


def socket_path(instance: Place) -> Path:
    """Socket of `words_agent`, in a folder of its own."""
    return sockets(instance) / "words-agent" / "s"


def prepare(folder: Path, *, by_agent: bool) -> bool:
    """Install the decoder script and the reader in a folder that Dovecot may enter. Needs root.

    Returns whether the sandbox works on this machine, tried for real: some forbid user namespaces. If not,
    attachments are left out of the index. `by_agent`: another unit starts the sandbox, and tries it.
    """
    write(folder / "door.py", (_HERE / "door.py").read_text(encoding="utf-8"))
    write(folder / "words.py", _READER.read_text(encoding="utf-8"))
    folder.chmod(0o755)
    user = pwd.getpwnam(USER)
    for name in ("spent", "kept"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir()
        set_owner(folder / name, user.pw_uid, user.pw_gid, 0o700)
    return bool(shutil.which("bwrap")) and (by_agent or is_sandbox_working(folder, user))


def served_argv(folder: Path) -> list[str]:
    """The command that answers one request of the agent, on its standard input and output."""
    return ["/usr/bin/python3", "-I", "-S", "-B", str(folder / "door.py"), str(folder), "served"]


def is_sandbox_working(folder: Path, user: pwd.struct_passwd) -> bool:
    """Whether a file is read, by that user. Needs root, or to be that user."""
    is_root = not os.geteuid()
    try:
        trial = subprocess.Popen(
            door.sandbox_argv(str(folder), "application/csv"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath},
            user=user.pw_uid if is_root else None,
            group=user.pw_gid if is_root else None,
            extra_groups=() if is_root else None,
            process_group=0,
            cwd="/",
        )
    except OSError:
        return False
    try:
        text, _ = trial.communicate(b"mots", timeout=10)
    except subprocess.TimeoutExpired:
        trial.kill()
        trial.communicate()
        return False
    finally:
        _reap(trial.pid)
    return trial.returncode == 0 and text == b"mots"


def _reap(group: int) -> None:
    """Reap bubblewrap's first process, an orphan that the supervisor's subreaper adopts: us."""
    try:
        while True:
            os.waitpid(-group, 0)
    except ChildProcessError:
        return
