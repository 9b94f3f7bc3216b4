"""Who leads etcd: not the machine whose database writes, as far as another one can. As root."""

from pathlib import Path

from vaguemestre.engines.cluster.configuration import etcd_leader_text
from vaguemestre.engines.cluster.members import DatabaseCluster
from vaguemestre.engines.config_templates import write
from vaguemestre.processes.production.machine.commands import are_active, has_text, run

_PROGRAM = Path("/etc/patroni/etcd-leader")
_UNITS = Path("/etc/systemd/system")
# not « vaguemestre-… »: of these, only the units of its own programs stay on a machine
TIMER = "etcd-leader.timer"
_SERVICE = _UNITS / "etcd-leader.service"
_SERVICE_TEXT = f"""\
# Written by bin/install.
[Unit]
Description=Vaguemestre: etcd led by a machine whose database follows
After=etcd.service patroni.service

[Service]
Type=oneshot
# reads the key of this machine, asks PostgreSQL
User=postgres
ExecStart={_PROGRAM}
TimeoutStartSec=30
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
# not a line each time it ends well
LogLevelMax=notice
"""
_TIMER_TEXT = """\
# Written by bin/install.
[Unit]
Description=Vaguemestre: who leads etcd, looked at

[Timer]
OnActiveSec=20
OnUnitInactiveSec=20
AccuracySec=1

[Install]
WantedBy=timers.target
"""


class EtcdLeader:
    """The look at it, on one machine with a database. `texts`: the files of it."""

    def __init__(self, cluster: DatabaseCluster, name: str) -> None:
        self.texts = {
            _PROGRAM: etcd_leader_text(cluster, name),
            _SERVICE: _SERVICE_TEXT,
            _UNITS / TIMER: _TIMER_TEXT,
        }

    def is_watched(self) -> bool:
        return all(has_text(path, text) for path, text in self.texts.items()) and are_active(TIMER)

    def watch(self) -> None:
        for path, text in self.texts.items():
            write(path, text, mode=0o755 if path == _PROGRAM else 0o644)
        run(("systemctl", "daemon-reload"))
        run(("systemctl", "enable", "--quiet", TIMER))
        run(("systemctl", "restart", TIMER))
