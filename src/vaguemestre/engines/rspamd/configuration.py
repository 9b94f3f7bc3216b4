"""rspamd's configuration, if it is installed and configured."""

import pwd
import shutil
from collections.abc import Iterable
from pathlib import Path

from vaguemestre.engines.config_templates import render, write
from vaguemestre.engines.home_alias import engine_path, filter_memory_socket, open_home
from vaguemestre.engines.instance import Instance, has_filter
from vaguemestre.engines.outgoing.report_door import greeting, organisation, report_sender, sends_reports
from vaguemestre.engines.rspamd import fuzzy_keys, refused_content, signer
from vaguemestre.engines.system_users import FILTER_USER, set_owner
from vaguemestre.mailbox.autoconfig.rules.report_address import reporting_address
from vaguemestre.post.trace.rules.marks import marks_key

_HERE = Path(__file__).parent
_MIN_LEARNS = 200  # votes of each kind before they count
_NEURAL_TRAINS = 200  # votes of each kind before the network is trained
_NEURAL_SECONDS = 60  # how often it looks whether there are enough
# where an address costs nothing and is somebody new each minute
_FREE_DOMAINS = (
    "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.com",
    "live.fr", "msn.com", "yahoo.com", "yahoo.fr", "ymail.com", "icloud.com", "me.com", "gmx.com", "gmx.fr",
    "mail.com", "proton.me", "protonmail.com", "laposte.net", "orange.fr", "wanadoo.fr", "free.fr",
    "sfr.fr", "bbox.fr", "neuf.fr", "aol.com",
)  # fmt: skip
_OWN_RULES = (
    "attachments.lua", "listed_links.lua", "memory.lua", "message_marks.lua", "quarantine.lua",
    "sender_results.lua", "votes.lua",
)  # fmt: skip


def folder(instance: Instance) -> Path:
    return instance.engines_dir / "rspamd"


def listed_links(instance: Instance) -> Path:
    """The file of links that the security desk feeds, watched by the filter."""
    return folder(instance) / "lists" / "links"


def is_wanted(instance: Instance) -> bool:
    """Whether this instance has a filter: the setting says so and rspamd is installed."""
    return has_filter(instance)


def prepare(instance: Instance, name_server: str = "") -> None:
    """Write what rspamd reads. Needs root and the secrets.

    `name_server`: `address:port` of the only one to use; empty for the machine's own.
    """
    open_home(instance)
    user = pwd.getpwnam(FILTER_USER)
    base, database = folder(instance), folder(instance) / "db"
    for directory in (base, database):
        directory.mkdir(parents=True, exist_ok=True)
    base.chmod(0o755)
    set_owner(database, user.pw_uid, user.pw_gid, 0o700)
    text = render(
        _HERE,
        "rspamd.conf.j2",
        db=engine_path(instance, database),
        user=FILTER_USER,
        memory=filter_memory_socket(instance),
        min_learns=_MIN_LEARNS,
        neural_trains=_NEURAL_TRAINS,
        neural_seconds=_NEURAL_SECONDS,
        trusted_forwarders=_quoted(instance.mail.trusted_forwarders),
        key=(instance.secrets_dir / "filter_key").read_text().strip(),
        marks_key=marks_key((instance.secrets_dir / "django_key").read_text().strip()),
        name_server=name_server,
        free_domains=_quoted(_FREE_DOMAINS),
        clamd=instance.files.clamd,
        reports=_reports(instance),
        ports=instance.ports,
        fuzzy_keys=fuzzy_keys.keys_of(base),
    )
    write(base / "rspamd.conf", text, mode=0o640, group=user.pw_gid)
    refused_content.prepare_folder(instance)
    _copy_rules(base)
    listed_links(instance).parent.mkdir(mode=0o755, exist_ok=True)
    listed_links(instance).touch(mode=0o644)


def _copy_rules(base: Path) -> None:
    """Our own rules, and what they share."""
    shutil.copyfile(_HERE / "refused.lua", base / "rspamd.local.lua")
    shutil.copyfile(_HERE / "link_names.lua", base / "link_names.lua")
    (base / "local.d").mkdir(exist_ok=True)
    shutil.copyfile(_HERE / "composites.conf.j2", base / "local.d" / "composites.conf")
    (base / "lua.local.d").mkdir(exist_ok=True)
    for name in _OWN_RULES:
        shutil.copyfile(_HERE / name, base / "lua.local.d" / name)


def _reports(instance: Instance) -> dict[str, str]:
    """What the DMARC reports that we send say of us; empty if we send none."""
    if not sends_reports(instance):
        return {}
    return {
        "domain": instance.academy.domain,
        "organisation": organisation(instance),
        "sender": report_sender(instance),
        "greeting": greeting(instance),
        "own_domains": _quoted(instance.domains),
        "own_addresses": _quoted(map(reporting_address, instance.domains)),
    }


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def prepare_signer(instance: Instance) -> None:
    """Write what the signer reads, where mail really leaves. Needs root."""
    if signer.is_wanted(instance):
        signer.prepare(instance)


def command(instance: Instance) -> list[str]:
    """rspamd in the foreground: SIGTERM stops it and its workers.

    The distribution's `local.d` belongs to the machine's own rspamd; ours has composites alone.
    """
    base = engine_path(instance, folder(instance))
    return [
        "/usr/bin/rspamd", "-f", "-u", FILTER_USER, "-g", FILTER_USER, "-c", str(base / "rspamd.conf"),
        f"--var=LOCAL_CONFDIR={base}", f"--var=DBDIR={base / 'db'}", f"--var=RUNDIR={base / 'db'}",
    ]  # fmt: skip
