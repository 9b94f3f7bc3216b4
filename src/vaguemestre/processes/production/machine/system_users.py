"""One system user per duty. As root."""

import pwd

from vaguemestre.engines.system_users import system_user
from vaguemestre.processes import duties
from vaguemestre.processes.production.machine.commands import run, succeeds

_SHELL = "/usr/sbin/nologin"


def are_made() -> bool:
    """Whether every user and group of the duties exists."""
    names = {*duties.groups(), *duties.users()}
    return all(succeeds("getent", "group", name) for name in names) and all(map(_is_user, duties.users()))


def make() -> None:
    """Make those that are missing. Raises StepFailed."""
    for name in duties.groups():
        if not succeeds("getent", "group", name):
            run(("groupadd", "--system", name))
    system_user()
    for name in filter(lambda user: not _is_user(user), duties.users()):
        run(
            ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
             "--shell", _SHELL, name)
        )  # fmt: skip


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
