"""The signer: a second rspamd that signs what leaves (DKIM), seals what is sent on (ARC), and nothing else.

It is apart from the content filter, which is optional and reads hostile mail; it is there where mail leaves.
"""

import pwd
from pathlib import Path

from vaguemestre.engines.config_templates import render, write
from vaguemestre.engines.home_alias import engine_path, filter_memory_socket, open_home, signer_socket
from vaguemestre.engines.instance import Instance, has_filter
from vaguemestre.engines.rspamd import signing_keys
from vaguemestre.engines.system_users import FILTER_USER, postfix_group, set_owner

PROGRAM = Path("/usr/bin/rspamd")
_HERE = Path(__file__).parent


def folder(instance: Instance) -> Path:
    return instance.engines_dir / "signer"


def is_wanted(instance: Instance) -> bool:
    return instance.mail.outgoing.leaves


def prepare(instance: Instance) -> None:
    """Write what the signer reads. Needs root."""
    open_home(instance)
    user = pwd.getpwnam(FILTER_USER)
    base = folder(instance)
    database = base / "db"
    database.mkdir(parents=True, exist_ok=True)
    base.chmod(0o755)
    set_owner(database, user.pw_uid, user.pw_gid, 0o700)
    place = signer_socket(instance).parent  # nobody else enters: any local user would get our signature
    place.mkdir(exist_ok=True)
    set_owner(place, user.pw_uid, postfix_group(), 0o2750)  # the socket has Postfix's group
    signing_keys.prepare_folder(instance)
    text = render(
        _HERE,
        "signer.conf.j2",
        db=engine_path(instance, database),
        keys=engine_path(instance, signing_keys.folder(instance)),
        socket=signer_socket(instance),
        has_filter=has_filter(instance),
        memory=filter_memory_socket(instance),
        domain=instance.academy.domain,
    )
    write(base / "rspamd.conf", text, mode=0o640, group=user.pw_gid)


def command(instance: Instance) -> list[str]:
    """The signer in the foreground: SIGTERM stops it and its worker."""
    base = engine_path(instance, folder(instance))
    return [
        str(PROGRAM), "-f", "-u", FILTER_USER, "-g", FILTER_USER, "-c", str(base / "rspamd.conf"),
        f"--var=LOCAL_CONFDIR={base}", f"--var=DBDIR={base / 'db'}", f"--var=RUNDIR={base / 'db'}",
    ]  # fmt: skip
