"""Valkey's configuration: a socket that the filter alone opens, beside the filter."""

import grp
from pathlib import Path

from vaguemestre.engines.config_templates import render, write
from vaguemestre.engines.home_alias import engine_path, filter_memory_socket, open_home
from vaguemestre.engines.instance import Instance, has_filter
from vaguemestre.engines.system_users import FILTER_USER, set_owner, system_user

USER = "vaguemestre-valkey"
PROGRAM = Path("/usr/bin/valkey-server")
_HERE = Path(__file__).parent


def folder(instance: Instance) -> Path:
    return instance.engines_dir / "valkey"


def is_wanted(instance: Instance) -> bool:
    """Whether this instance has a filter, and Valkey is installed."""
    return has_filter(instance) and PROGRAM.is_file()


def prepare(instance: Instance) -> None:
    """Write what Valkey reads, and give it its folders. Needs root. Raises EngineRefused."""
    open_home(instance)
    user = system_user(USER)
    base = folder(instance)
    database = base / "db"
    database.mkdir(parents=True, exist_ok=True)
    base.chmod(0o755)
    set_owner(database, user.pw_uid, user.pw_gid, 0o700)
    place = filter_memory_socket(instance).parent
    place.mkdir(exist_ok=True)
    # the socket has the filter's group: nobody else reads what was learned, or makes it forget
    set_owner(place, user.pw_uid, grp.getgrnam(FILTER_USER).gr_gid, 0o2750)
    text = render(
        _HERE,
        "valkey.conf.j2",
        database=engine_path(instance, database),
        socket=filter_memory_socket(instance),
    )
    write(base / "valkey.conf", text, mode=0o640, group=user.pw_gid)


def command(instance: Instance) -> tuple[str, ...]:
    """Valkey in the foreground: SIGTERM has it save and stop."""
    return (str(PROGRAM), str(engine_path(instance, folder(instance) / "valkey.conf")))
