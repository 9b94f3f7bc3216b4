"""PostgreSQL of this machine among others: etcd keeps who is primary, Patroni follows it. As root."""

import grp
import json
import pwd
import ssl
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from vaguemestre.engines.cluster.configuration import copy_text, etcd_text, patroni_text
from vaguemestre.engines.config_templates import write
from vaguemestre.engines.system_users import set_owner
from vaguemestre.processes.production.machine.commands import StepFailed, are_active, has_text, run, succeeds
from vaguemestre.processes.production.machine.local_database import LocalDatabase, psql
from vaguemestre.processes.production.nodes.keys import cluster_of
from vaguemestre.site.config import Config
from vaguemestre.site.config.topology import NodeSection

ETCD, PATRONI = "etcd.service", "patroni.service"
OTHERS = ("postgresql.service",)  # Debian's own cluster would take the port
_ETCD_FILE, _PATRONI_FILE = Path("/etc/default/etcd"), Path("/etc/patroni/config.yml")
_ETCD_DROP_IN = Path("/etc/systemd/system/etcd.service.d/vaguemestre.conf")
_ETCD_DROP_IN_TEXT = """\
# Written by bin/install.
[Service]
# reads the key of this machine
SupplementaryGroups=ssl-cert
# the other machines may come later
TimeoutStartSec=infinity
Restart=always
RestartSec=2
"""
_COPY = Path("/etc/patroni/pg_basebackup")
_PATRONI_DROP_IN = Path("/etc/systemd/system/patroni.service.d/vaguemestre.conf")
_PATRONI_DROP_IN_TEXT = """\
# Written by bin/install.
[Service]
Restart=always
RestartSec=2
"""
_KEY_READERS = "ssl-cert"  # Debian's group of those who read keys: PostgreSQL is in it
_MAJORITY_SECONDS = 40.0
_VERSION_SECONDS = 3.0
_START_SECONDS = 180.0


class DatabaseMember:
    """The database of one machine of the file."""

    def __init__(self, config: Config, node: NodeSection) -> None:
        self._config, self._node = config, node
        self._cluster = cluster_of(config)
        self._database = LocalDatabase(config.database)

    # Debian's own

    def is_alone(self) -> bool:
        """Whether Debian's own PostgreSQL will not start here."""
        return all((Path("/etc/systemd/system") / name).is_symlink() for name in OTHERS)

    def leave_alone(self) -> None:
        """Mask it; nothing of it is deleted. Raises StepFailed when it holds a database of ours."""
        if are_active(*OTHERS) and self._database.is_made():
            raise StepFailed(
                "cette machine a déjà une base à elle : emportez-la d’abord (pg_dump), puis retirez-la "
                "(« dropdb »), pour que rien n’y reste sans que personne le sache."
            )
        for name in OTHERS:
            run(("systemctl", "stop", "--quiet", name))
            run(("systemctl", "mask", "--quiet", name))

    # The key of this machine

    def is_key_read(self) -> bool:
        """Whether PostgreSQL and etcd may read it."""
        if not self._cluster.key.exists():
            return False
        state = self._cluster.key.stat()
        return state.st_mode & 0o777 == 0o640 and state.st_gid == grp.getgrnam(_KEY_READERS).gr_gid

    def let_key_be_read(self) -> None:
        set_owner(self._cluster.key, 0, grp.getgrnam(_KEY_READERS).gr_gid, 0o640)

    # etcd

    def _etcd_text(self) -> str:
        return etcd_text(self._cluster, self._node.name)

    def votes(self) -> bool:
        """Whether etcd runs as configured and a majority answers it."""
        is_same = has_text(_ETCD_FILE, self._etcd_text()) and has_text(_ETCD_DROP_IN, _ETCD_DROP_IN_TEXT)
        return is_same and are_active(ETCD) and self._is_ready()

    def vote(self) -> None:
        """Start etcd, and wait for a majority, the first time for all. Raises StepFailed with whom."""
        changed = [write(_ETCD_FILE, self._etcd_text()), write(_ETCD_DROP_IN, _ETCD_DROP_IN_TEXT)]
        run(("systemctl", "daemon-reload"))
        run(("systemctl", "enable", "--quiet", ETCD))
        run(("systemctl", "restart" if any(changed) else "start", "--no-block", ETCD))
        if not comes(self._is_ready, _MAJORITY_SECONDS):
            others = ", ".join(one.name for one in self._cluster.members if one.name != self._node.name)
            raise StepFailed(
                f"etcd attend ici les autres machines de base ({others}) : toutes la première fois, ensuite "
                "la majorité. "
                "Faites-y « bin/install --node » aussi, si ce n’est fait."
            )

    def _has_majority(self) -> bool:
        return succeeds(
            "etcdctl", "--command-timeout=3s", "--endpoints", f"https://{self._own_at(2379)}",
            "--cacert", str(self._cluster.authority), "--cert", str(self._cluster.certificate),
            "--key", str(self._cluster.key), "endpoint", "health",
        )  # fmt: skip

    def _is_ready(self) -> bool:
        return self._has_majority() and self._has_version()

    def _has_version(self) -> bool:
        """Whether etcd tells Patroni the version of the whole, which it knows once all of them were there."""
        context = ssl.create_default_context(cafile=str(self._cluster.authority))
        context.load_cert_chain(self._cluster.certificate, self._cluster.key)
        try:
            with urllib.request.urlopen(  # our own address
                f"https://{self._own_at(2379)}/version", timeout=_VERSION_SECONDS, context=context
            ) as answer:
                return is_version_known(answer.read())
        except OSError:
            return False

    def _own_at(self, port: int) -> str:
        return self._cluster.member_named(self._node.name).at(port)

    # Patroni

    def _patroni_text(self) -> str:
        programs = _programs()
        data = Path("/var/lib/postgresql") / programs.parent.name / "vaguemestre"
        return patroni_text(self._cluster, self._node.name, programs, data, _COPY)

    def follows(self) -> bool:
        """Whether Patroni runs as configured and its PostgreSQL answers."""
        is_same = (
            has_text(_PATRONI_FILE, self._patroni_text())
            and has_text(_COPY, copy_text(_programs()))
            and has_text(_PATRONI_DROP_IN, _PATRONI_DROP_IN_TEXT)
        )
        return is_same and are_active(PATRONI) and _answers()

    def follow(self) -> None:
        """Start Patroni: the first one makes the database, the others copy it. Raises StepFailed."""
        owner = pwd.getpwnam("postgres")
        folder = Path("/var/lib/postgresql") / _programs().parent.name
        folder.mkdir(parents=True, exist_ok=True)
        set_owner(folder, owner.pw_uid, owner.pw_gid, 0o755)
        write(_PATRONI_DROP_IN, _PATRONI_DROP_IN_TEXT)
        write(_COPY, copy_text(_programs()), mode=0o755)
        write(_PATRONI_FILE, self._patroni_text(), mode=0o640, group=owner.pw_gid)
        run(("systemctl", "daemon-reload"))
        run(("systemctl", "enable", "--quiet", PATRONI))
        run(("systemctl", "reload" if are_active(PATRONI) else "start", PATRONI))
        if not comes(_answers, _START_SECONDS):
            raise StepFailed(
                "PostgreSQL ne répond pas ici : « patronictl -c /etc/patroni/config.yml list » et "
                "« journalctl -u patroni » disent pourquoi."
            )

    # The database itself

    def has_database(self) -> bool:
        return _answers() and self._database.is_found()

    def make_database(self) -> None:
        """Make it where PostgreSQL writes; elsewhere wait until it has been copied. Raises StepFailed."""
        if not comes(self._is_made_somewhere, _START_SECONDS):
            raise StepFailed("la base n’est pas encore arrivée ici : « patronictl list » dit qui écrit.")

    def _is_made_somewhere(self) -> bool:
        if psql("SELECT pg_is_in_recovery()").strip() == "f":
            self._database.make_role_and_database()
        return self._database.is_found()


def _programs() -> Path:
    """PostgreSQL's own, of the newest version that is installed. Raises StepFailed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if not folders:
        raise StepFailed("PostgreSQL n’est pas installé sur cette machine.")
    return folders[-1].parent


def _answers() -> bool:
    return succeeds("pg_isready", "-q", "-h", "/var/run/postgresql", "-p", "5432", "-t", "3")


def is_version_known(answer: bytes) -> bool:
    """Whether etcd tells its cluster version: it says 3.0.0, which Patroni refuses, until all joined."""
    version = str(json.loads(answer).get("etcdcluster", ""))
    return version.startswith("3.") and version != "3.0.0"


def comes(holds: Callable[[], bool], seconds: float) -> bool:
    """Whether it holds before that time is over."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(1)
    return True
