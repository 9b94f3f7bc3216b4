"""The systemd units of an instance in production, from the plan of processes and their duties. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.engines.clamd import is_elsewhere
from vaguemestre.engines.database.database_login import role_secret
from vaguemestre.engines.nginx.configuration import POOLS
from vaguemestre.engines.nginx.configuration import sockets as pool_sockets
from vaguemestre.engines.tls.certificates import given_paths
from vaguemestre.foundation.jobs.rules import QUEUES, worker_name
from vaguemestre.processes.duties import DATABASE, POD_SECRETS, Duty, duty_of
from vaguemestre.processes.production.layout import HOME, RUN, python, source
from vaguemestre.processes.production.units.backup_unit import backup_units, timers
from vaguemestre.processes.production.units.shared_pod import POD, kept_by_pacemaker, pod_text, target_text
from vaguemestre.processes.production.units.unit import TARGET, Unit, render
from vaguemestre.processes.production.upgrades.stand_ins import process_of, stand_ins_of
from vaguemestre.processes.supervisor.plan import Child
from vaguemestre.processes.watchdog import question_word
from vaguemestre.site.config import Config
from vaguemestre.site.config.files import S3_KEYS

PREFIX = "vaguemestre"
FORMER = ("numen_key.former",)  # secrets that were changed; the ground makes an empty one before that
PREPARE = f"{PREFIX}-prepare"
CERTIFICATES = f"{PREFIX}-certificates"
_DESCRIPTIONS = {
    "web": "pages of those signed in",
    "reading": "texts, previews and cards of messages",
    "door": "sign-in, activation and recovery",
    "push": "live notices",
    "carddav": "address books of mail programs",
    "pictures": "remote pictures",
    "front": "HTTPS (nginx)",
    "gate": "submission policy",
    "arrivals": "parts of what arrives",
    "collector": "steps of messages, from the logs",
    "metrics": "measures for Prometheus",
    "mail-agent": "work on mailboxes (doveadm)",
    "queue-agent": "work on the queue of Postfix",
    "words-agent": "words of attachments, for the index",
    "token-agent": "tokens that open mailboxes",
    "numen-agent": "keys of NUMENs",
    "dovecot": "mailboxes, IMAP, ManageSieve (Dovecot)",
    "postfix": "mail in and out (Postfix)",
    "rspamd": "content filter (rspamd)",
    "valkey": "what the content filter remembers (Valkey)",
    "signer": "signatures of outgoing mail (rspamd)",
    "mta-sts": "TLS policies of other domains (MTA-STS)",
    "dane-policy": "domains with DANE",
    "tls-reports": "TLS reports to others (RFC 8460)",
    "dmarc-reports": "DMARC reports to others (rspamadm)",
    "postsrsd": "return paths of what is sent on (SRS)",
}
_MEMORY = {
    "web": "3G",
    "reading": "3G",
    "dovecot": "8G",
    "postfix": "7G",
    **{worker_name(queue): "3G" for queue in QUEUES},
    worker_name("untrusted"): "1G",  # it weighs what strangers send before reading it
    "words-agent": "3G",
    "rspamd": "2G",  # 0.3 GB, and some 0.1 GB for each letter of 18 MB that it reads
}
# Processes that speak to other machines: they serve the world, or ask it something.
_ABROAD = frozenset((
    "web", "reading", "door", "pictures", "worker", "worker-long", "worker-imports",
    "worker-untrusted", "front", "dovecot", "postfix", "rspamd", "signer", "mta-sts", "dmarc-reports",
))  # fmt: skip
# What the masters of Debian's engines need to open low ports and become other users.
_ENGINE_RIGHTS = {
    "dovecot": (
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_NET_BIND_SERVICE",
        "CAP_SETGID", "CAP_SETUID", "CAP_SYS_CHROOT",
    ),
    "postfix": (
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_NET_BIND_SERVICE",
        "CAP_SETGID", "CAP_SETUID",
    ),
}  # fmt: skip
_ENGINE_CALLS = {"dovecot": ("chroot",)}  # its sign-in processes are shut in an empty folder
_DENIED_CALLS = {"dovecot": "@resources"}  # its own limits are set by prlimit(2), which is not of these
_ASK_INTERFACES = ("postfix", "queue-agent")  # it runs postqueue and postsuper, which ask as Postfix does
_HERE = ("", "127.0.0.1", "::1", "localhost")
_RELOADED = ("front", "dovecot", "postfix", "rspamd", "signer")  # HUP: read anew, connections stay
_ENGINE_USERS = {"rspamd": "_rspamd", "signer": "_rspamd"}
_COMPILE = (*_ENGINE_USERS, "postfix", "queue-agent", "dmarc-reports")  # rules, or patterns (pcre_table(5))
_UMASKS = {"dovecot": "0027"}  # what others open of it has modes of its own
_ENGINE_WRITES = {
    "dovecot": ("mail", "engines", "logs"),
    "postfix": ("engines/postfix", "engines/db", "logs"),
    "rspamd": ("engines/rspamd/db",),
    "signer": ("engines/signer/db", "run/d/signer"),
}


@dataclass(frozen=True)
class UnitFile:
    """A file of /etc/systemd/system. `is_started`: the target pulls it in, or it is a target or a path."""

    name: str
    text: str


def unit_files(config: Config, children: Sequence[Child], release: Path) -> tuple[UnitFile, ...]:
    """Every unit file of the instance, sorted by name. They name the release itself, through no link."""
    units = services_of(config, children, release)
    services = [UnitFile(f"{unit.name}.service", render(unit)) for unit in units]
    clocks = [UnitFile(name, text) for name, text in timers(config).items()]
    target = UnitFile(TARGET, target_text(starts_at_boot=not config.is_pod_shared))
    pod = (UnitFile(f"{POD}.service", pod_text()),) if config.is_pod_shared else ()
    files = (*services, *pod, target, *_certificate_files(config), *clocks)
    return tuple(sorted(files, key=lambda file: file.name))


def services_of(config: Config, children: Sequence[Child], release: Path) -> tuple[Unit, ...]:
    """The services: what prepares the ground first, then one for each process of the plan."""
    processes = (*children, *stand_ins_of(children, pool_sockets(config)))
    services = (_service(config, child, release) for child in processes)
    backups = backup_units(config, release, is_database_away=_is_database_away(config))
    units = (_prepare(config, release), *services, _certificates(release), *backups)
    return kept_by_pacemaker(units, release, PREPARE) if config.is_pod_shared else units


def service_name(process: str) -> str:
    return f"{PREFIX}-{process}"


def _prepare(config: Config, release: Path) -> Unit:
    """As root, once a start: owners of folders, secrets, certificates, configurations, migrations."""
    is_here = config.database.engine == "postgresql" and not _is_database_away(config)
    leader = "haproxy.service" if config.topology.database_nodes else "postgresql.service"
    return Unit(
        name=PREPARE,
        description="Vaguemestre: ground of an instance",
        argv=(str(python(release)), "-m", "vaguemestre.cli.main", "ground"),
        environment=_modules(release),
        after=("systemd-tmpfiles-setup.service", *((leader,) if is_here else ())),
        writes=(HOME, RUN),
        capabilities=(
            "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_SETGID", "CAP_SETUID",
            "CAP_NET_BIND_SERVICE",  # nginx tries its ports when it checks its configuration
        ),
        is_oneshot=True,
        asks_interfaces=True,
        allows_set_ids=True,  # `postfix check` runs postsuper, which becomes Postfix's user
        compiles=True,  # nginx and Postfix compile their patterns as they are checked
        reads_homes=True,
        leaves_machine=_is_database_away(config),
        memory_max="2G",
        umask="0022",
    )  # fmt: skip


def _service(config: Config, child: Child, release: Path) -> Unit:
    process = process_of(child.name)
    duty, base = duty_of(process), _base(process)
    return Unit(
        name=service_name(child.name),
        description=f"Vaguemestre: {_description(child.name)}",
        argv=(
            str(python(release)), "-m", "vaguemestre.processes.watchdog", *_options(child), "--", *child.argv,
        ),
        user=duty.user if duty else _ENGINE_USERS.get(child.name, "root"),
        groups=duty.groups if duty else (),
        environment={**_modules(release), **dict(child.environment)},
        after=(PREPARE, "network.target", *_before(child.name)),
        requires=(PREPARE,),
        writes=(RUN, *(HOME / path for path in _written(child, duty))),
        hidden=(HOME / "secrets",) if duty and not duty.is_root else (),
        credentials=tuple(_credentials(config, duty)) if duty else (),
        capabilities=_capabilities(config, child, duty),
        leaves_machine=_leaves_machine(config, base, duty),
        sandboxes=duty is not None and duty.sandboxes,
        memory_max=_MEMORY.get(base, "1G"),
        start_seconds=int(child.patience),
        stop_seconds=20 if child.name in _ENGINE_USERS else 15,  # rspamd gives open sessions 16
        is_wanted=process == child.name,
        reload_argv=("/bin/kill", "-HUP", "$MAINPID") if base in _RELOADED else (),
        asks_interfaces=process in _ASK_INTERFACES,
        compiles=child.name in _COMPILE,
        allows_set_ids=child.name in _ENGINE_RIGHTS or process == "queue-agent",  # it runs postsuper
        calls=_ENGINE_CALLS.get(child.name, ()),
        denied_calls=_DENIED_CALLS.get(child.name, ""),
        umask=_UMASKS.get(child.name, "0022") if duty is None else "0007",
    )  # fmt: skip


def _modules(release: Path) -> dict[str, str]:
    """Modules are opened as they are needed: through a link, a process could load those of two releases."""
    return {"PYTHONPATH": str(source(release))}


def _description(name: str) -> str:
    process = process_of(name)
    what = _DESCRIPTIONS.get(_base(process), f"jobs ({process})")
    return what if process == name else f"{what}, during an upgrade"


def _base(process: str) -> str:
    name, _, number = process.rpartition("-")
    return name if number.isdigit() else process


def _options(child: Child) -> Iterable[str]:
    for question in child.ready:
        yield from ("--ask", question_word(question))
    if child.log_file:
        yield from ("--log", str(child.log_file))


def _before(process: str) -> tuple[str, ...]:
    """Who comes first: the front finds its pools there, a job its engines, the filter its memory."""
    if process == "rspamd":
        return (service_name("valkey"),)
    if process == "front":
        return tuple(service_name(pool) for pool in POOLS)
    if process.startswith("worker"):
        return tuple(service_name(engine) for engine in ("dovecot", "postfix"))
    return ()


def _written(child: Child, duty: Duty | None) -> Iterable[str]:
    if duty is None:
        return _ENGINE_WRITES.get(child.name, ())
    return (path for path in duty.writes if not path.startswith("run"))


def _credentials(config: Config, duty: Duty) -> Iterable[tuple[str, Path]]:
    """Name and file of each secret; that of the database is wherever the configuration says."""
    for name in (one for one in duty.secrets if _is_had(config, one)):
        if name != DATABASE:
            yield name, _secret_file(name)
            if f"{name}.former" in FORMER:
                yield f"{name}.former", _secret_file(f"{name}.former")
        elif config.database.password_file:
            yield name, role_secret(config, duty.role)


def _is_had(config: Config, name: str) -> bool:
    if name == S3_KEYS:
        return config.files.are_on_s3
    return name not in POD_SECRETS or bool(config.served_pod or (config.topology.pods and name != "pod.key"))


def _secret_file(name: str) -> Path:
    return HOME / "engines/tls" / name if name in ("server.key", "pod.key") else HOME / "secrets" / name


def _capabilities(config: Config, child: Child, duty: Duty | None) -> tuple[str, ...]:
    if duty is None:
        return _ENGINE_RIGHTS.get(child.name, ())
    if child.name == "front" and config.has_usual_ports:
        return (*duty.capabilities, "CAP_NET_BIND_SERVICE")
    return duty.capabilities


def _is_database_away(config: Config) -> bool:
    return config.database.engine == "postgresql" and config.database.host not in _HERE


def _leaves_machine(config: Config, base: str, duty: Duty | None) -> bool:
    is_asked_from_outside = base == "metrics" and bool(config.metrics.addresses)
    opens = base in _ABROAD or (base in ("mail-agent", "metrics") and is_elsewhere(config.files.clamd))
    opens = opens or (base == "mail-agent" and bool(config.topology.pods))
    return opens or is_asked_from_outside or (duty is not None and _is_database_away(config))


def _certificates(release: Path) -> Unit:
    """As root: takes a renewed certificate over, and tells those who show it."""
    return Unit(
        name=CERTIFICATES,
        description="Vaguemestre: takes a renewed certificate over",
        argv=(str(python(release)), "-m", "vaguemestre.cli.main", "certificate"),
        environment=_modules(release),
        after=(PREPARE,),
        writes=(HOME / "engines/tls",),
        capabilities=("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER"),
        is_oneshot=True,
        reads_homes=True,
        memory_max="256M",
        is_wanted=False,
    )


def _certificate_files(config: Config) -> tuple[UnitFile, ...]:
    """What looks at a certificate given as a file; certbot tells of its own by itself (`acme`)."""
    if not config.tls.certificate or config.served_pod:
        return ()
    text = (
        "# Written by bin/install.\n"
        "[Unit]\nDescription=Vaguemestre: notices a renewed certificate\nPartOf=vaguemestre.target\n\n"
        f"[Path]\nPathChanged={given_paths(config).certificate}\n\n[Install]\nWantedBy={TARGET}\n"
    )
    return (UnitFile(f"{CERTIFICATES}.path", text),)
