"""Words of enclosed files for the full-text index: a door Dovecot knocks at, a reader shut in behind it."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from vaguemestre.engines.config_templates import write
from vaguemestre.engines.dovecot.files import door
from vaguemestre.engines.instance import own

USER = "dovenull"  # Dovecot's own nobody: owns no mail
_HERE = Path(__file__).parent
_READER = _HERE.parent.parent / "converting" / "inside" / "words.py"


def prepare(folder: Path) -> bool:
    """Put door and reader in a folder Dovecot may walk to. Needs root.

    Returns whether files can be read apart on this machine: tried, for some forbid an ordinary user a world
    of their own. Where they cannot, files are left out of the index.
    """
    write(folder / "door.py", (_HERE / "door.py").read_text(encoding="utf-8"))
    write(folder / "words.py", _READER.read_text(encoding="utf-8"))
    folder.chmod(0o755)
    user = pwd.getpwnam(USER)
    for name in ("spent", "kept"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir()
        own(folder / name, user.pw_uid, user.pw_gid, 0o700)
    return bool(shutil.which("bwrap")) and _tried(folder, user)


def _tried(folder: Path, user: pwd.struct_passwd) -> bool:
    try:
        trial = subprocess.Popen(
            door.walls(str(folder), "application/csv"),
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
        told, _ = trial.communicate(b"mots", timeout=10)
    except subprocess.TimeoutExpired:
        trial.kill()
        trial.communicate()
        return False
    finally:
        _bury(trial.pid)
    return trial.returncode == 0 and told == b"mots"


def _bury(group: int) -> None:
    """Bubblewrap leaves its first process to whoever takes orphans in: us, under the supervisor."""
    try:
        while True:
            os.waitpid(-group, 0)
    except ChildProcessError:
        return
