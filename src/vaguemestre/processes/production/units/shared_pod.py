"""Units of a machine that serves a pod in its turn: they run where Pacemaker has put it. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vaguemestre.processes.production.layout import HOME, python, source
from vaguemestre.processes.production.units.unit import TARGET, Unit

STORAGE = "vaguemestre-storage"
DOVECOT = "vaguemestre-dovecot"
POD = "vaguemestre-pod"
COLLECTOR = "vaguemestre-collector"  # reads logs of its machine, where a pod that has left wrote too
MAIL = HOME / "mail"
_AT_BOOT = "multi-user.target"


def kept_by_pacemaker(units: Sequence[Unit], release: Path, prepare: str) -> tuple[Unit, ...]:
    """The same units: whatever touches the mail needs its folder mounted, and the lock that is held in it.

    `prepare` and the collector touch none: they start with the machine, so that the pod finds all ready.
    """
    at_boot = started_at_boot(prepare)
    bound = (
        replace(unit, target=_AT_BOOT) if f"{unit.name}.service" in at_boot else _bound(unit, prepare)
        for unit in units
    )
    return (_storage(release), *bound)


def started_at_boot(prepare: str) -> tuple[str, ...]:
    """Services that run on each machine that can serve the pod."""
    return (f"{prepare}.service", f"{COLLECTOR}.service")


def _bound(unit: Unit, prepare: str) -> Unit:
    """Pacemaker takes a service that waits for another one for a failure: it waits for the ground itself."""
    after = (*(name for name in unit.after if name != prepare), STORAGE)
    requires = tuple(name for name in unit.requires if name != prepare)
    return replace(unit, after=after, requires=requires, bound_to=(STORAGE,))


def _storage(release: Path) -> Unit:
    """As root: owns the folder once, and holds the lock of it."""
    return Unit(
        name=STORAGE,
        description="Vaguemestre: the mail of a pod is used by this machine alone",
        argv=(
            str(python(release)), "-m", "vaguemestre.processes.agents.storage_lock",
            str(MAIL), str(HOME / "node"),
        ),
        environment={"PYTHONPATH": str(source(release))},
        target=_AT_BOOT,
        mounted=MAIL,
        writes=(MAIL,),
        capabilities=("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER"),
        memory_max="256M",
        is_wanted=False,
    )  # fmt: skip


def pod_text() -> str:
    """Unit by which Pacemaker, which starts no target, starts and stops all the services of a pod."""
    return (
        "# Written by bin/install. Pacemaker starts it.\n"
        f"[Unit]\nDescription=Vaguemestre: services of a pod\nBindsTo={STORAGE}.service\n"
        f"After={STORAGE}.service {DOVECOT}.service\n\n"
        "[Service]\nType=oneshot\nRemainAfterExit=yes\nTimeoutStartSec=5min\n"
        f"ExecStart=/usr/bin/systemctl start {TARGET}\nExecStop=/usr/bin/systemctl stop {TARGET}\n"
    )


def target_text(*, starts_at_boot: bool) -> str:
    """The target of all our services; of a shared pod Pacemaker starts it."""
    text = (
        "# Written by bin/install.\n"
        "[Unit]\nDescription=Vaguemestre: the mail of an académie\nAfter=network-online.target\n"
        "Wants=network-online.target\n"
    )
    bound = f"BindsTo={STORAGE}.service\nAfter={STORAGE}.service\n"
    return f"{text}\n[Install]\nWantedBy={_AT_BOOT}\n" if starts_at_boot else f"{text}{bound}"
