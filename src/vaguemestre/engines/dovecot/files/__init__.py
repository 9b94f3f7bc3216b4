"""Text of attachments for the full-text index: Dovecot's decoder script, and its sandboxed reader."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from vaguemestre.engines.config_templates import write
from vaguemestre.engines.dovecot.files import door
from vaguemestre.engines.system_users import set_owner

USER = "dovenull"  # Dovecot's own nobody: owns no mail
_HERE = Path(__file__).parent
_READER = _HERE.parent.parent / "conversion" / "decoders" / "file_text.py"


def prepare(folder: Path) -> bool:
    """Install the decoder script and the reader in a folder that Dovecot may enter. Needs root.

    Returns whether the sandbox works on this machine, tried for real: some forbid user namespaces. If not,
    attachments are left out of the index.
    """
    write(folder / "door.py", (_HERE / "door.py").read_text(encoding="utf-8"))
    write(folder / "words.py", _READER.read_text(encoding="utf-8"))
    folder.chmod(0o755)
    user = pwd.getpwnam(USER)
    for name in ("spent", "kept"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir()
        set_owner(folder / name, user.pw_uid, user.pw_gid, 0o700)
    return bool(shutil.which("bwrap")) and _is_sandbox_working(folder, user)


def _is_sandbox_working(folder: Path, user: pwd.struct_passwd) -> bool:
    try:
        trial = subprocess.Popen(
            door.sandbox_argv(str(folder), "application/csv"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath},
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=(),
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
