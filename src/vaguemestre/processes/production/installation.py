"""What each step of an installation changes on the machine. As root, on Debian 13 with systemd."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from vaguemestre.engines.config_templates import write
from vaguemestre.engines.tls.given_certificate import given_fault
from vaguemestre.processes.production import layout, marks
from vaguemestre.processes.production.machine import (
    acme,
    backup_folders,
    extras,
    files,
    resolver,
    signatures,
    system_users,
)
from vaguemestre.processes.production.machine.commands import StepFailed, are_active, has_text, run
from vaguemestre.processes.production.machine.local_database import LocalDatabase, is_local
from vaguemestre.processes.production.machine.wal_archive import WalArchive
from vaguemestre.processes.production.nodes import routes
from vaguemestre.processes.production.step import Step
from vaguemestre.processes.production.units import shared_pod
from vaguemestre.processes.production.units.backup_unit import has_archive
from vaguemestre.processes.production.units.children import children_of
from vaguemestre.processes.production.units.unit import TARGET
from vaguemestre.processes.production.units.units import PREPARE, UnitFile, service_name, unit_files
from vaguemestre.processes.supervisor.plan import Child
from vaguemestre.site.config import Config

# Debian's own units of the engines: ours start the same binaries with our configuration, and two masters
# would take each other's ports.
OTHERS = (
    "dovecot.service", "dovecot.socket", "postfix.service", "nginx.service", "rspamd.service",
    "valkey-server.service",
    "postsrsd.service", "postfix-mta-sts-resolver.service",
)  # fmt: skip
_LOG_ROTATION = "logrotate.timer"


class OutsideFile(NamedTuple):
    """A file of the installation outside its home."""

    path: Path
    text: str
    mode: int = 0o644


def outside_files(configuration: str) -> tuple[OutsideFile, ...]:
    """Every file outside the home. `configuration`: the text of `vaguemestre.toml`."""
    return (
        OutsideFile(layout.CONFIGURATION, configuration),
        OutsideFile(layout.ENVIRONMENT, files.environment_text()),
        OutsideFile(Path("/etc/tmpfiles.d/vaguemestre.conf"), files.tmpfiles_text()),
        OutsideFile(layout.KERNEL, files.sysctl_text()),
        OutsideFile(Path("/etc/logrotate.d/vaguemestre"), files.logrotate_text()),
        OutsideFile(layout.COMMAND, files.command_text(), 0o755),
    )


@dataclass
class Installation:
    """One installation under way. `text`: the completed configuration; `release`: the tree that installs."""

    config: Config
    text: str
    release: Path
    say: Callable[[str], None]
    administrator: str = ""

    def steps(self) -> tuple[Step, ...]:
        """Every step, in order."""
        return (
            Step("Configuration dans /etc/vaguemestre", self._is_configured, self._configure),
            Step("Utilisateurs système, un par tâche", system_users.are_made, system_users.make),
            Step("Services de Debian laissés à nos unités", self._others_are_masked, self._mask_others),
            *_resolver_steps(self.config),
            *_route_steps(self.config),
            *self._database_steps(),
            Step("Certificat", self._has_certificate, self._make_certificate),
            Step("Dossiers, secrets, configurations, base", self._is_prepared, self._prepare),
            *self._signature_steps(),
            self.current_step(),
            Step(
                "Dossiers des sauvegardes",
                partial(backup_folders.are_made, self.config.backup),
                partial(backup_folders.make, self.config.backup),
            ),
            Step("Unités systemd", self._has_units, self._write_units),
            self.start_step(),
        )

    def later_steps(self) -> tuple[Step, ...]:
        """What an instance that serves already gets besides. None waits for another."""
        if self.config.served_pod:
            return ()
        return (
            *self._acme_steps(),
            Step("Aperçus bureautiques (LibreOffice)", extras.are_there, partial(extras.install, self.say)),
        )

    def _signature_steps(self) -> tuple[Step, ...]:
        if not self.config.mail.outgoing.leaves or self.config.served_pod:
            return ()
        return (Step("Clés de signature (DKIM)", partial(signatures.are_made, self.config), signatures.make),)

    def _acme_steps(self) -> tuple[Step, ...]:
        if not self.config.tls.acme:
            return ()
        return (
            Step(
                "Certificat demandé à l’autorité (ACME)",
                partial(acme.is_made, self.config),
                partial(acme.make, self.config),
            ),
        )

    def _database_steps(self) -> tuple[Step, ...]:
        if self.config.topology.database_nodes or not is_local(self.config):
            return ()
        database = LocalDatabase(self.config.database)
        archive = WalArchive(self.config)
        return (
            Step("PostgreSQL : rôle et base", database.is_made, database.make),
            *(
                (Step("PostgreSQL : archive du journal (pgBackRest)", archive.is_made, archive.make),)
                if has_archive(self.config)
                else ()
            ),
        )

    # Configuration

    def _is_configured(self) -> bool:
        are_written = all(has_text(file.path, file.text) for file in outside_files(self.text))
        return are_written and layout.HOME.is_dir() and are_active(_LOG_ROTATION)

    def _configure(self) -> None:
        for file in outside_files(self.text):
            write(file.path, file.text, mode=file.mode)
        layout.HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
        run(("systemd-tmpfiles", "--create", "/etc/tmpfiles.d/vaguemestre.conf"))
        run(layout.APPLY_KERNEL)
        run(
            ("systemctl", "enable", "--now", "--quiet", _LOG_ROTATION)
        )  # nothing starts while packages install

    # The tree

    def current_step(self) -> Step:
        return Step("Version active dans /opt/vaguemestre", self._is_current, self._make_current)

    def _is_current(self) -> bool:
        return layout.CURRENT.is_symlink() and layout.CURRENT.resolve() == self.release

    def _make_current(self) -> None:
        layout.make_current(self.release)

    # Debian's own units

    def _others_are_masked(self) -> bool:
        return all((layout.UNITS / name).is_symlink() for name in OTHERS)

    def _mask_others(self) -> None:
        for name in OTHERS:
            subprocess.run(["systemctl", "stop", "--quiet", name], capture_output=True, check=False)
            run(("systemctl", "mask", "--quiet", name))

    # The certificate

    def _has_certificate(self) -> bool:
        if not self.config.tls.certificate or self.config.served_pod:
            return True
        return not given_fault(self.config, now=datetime.now(UTC))

    def _make_certificate(self) -> None:
        fault = given_fault(self.config, now=datetime.now(UTC))
        raise StepFailed(f"{fault} {layout.CONFIGURATION} le nomme, dans [tls].")

    # Units

    def _children(self) -> tuple[Child, ...]:
        return children_of(self.config, str(layout.python(self.release)))

    def _unit_files(self) -> tuple[UnitFile, ...]:
        return unit_files(self.config, self._children(), self.release)

    def _stale_units(self) -> list[Path]:
        """Unit files of an earlier configuration that this one does not have."""
        names = {file.name for file in self._unit_files()}
        return [
            path for path in layout.UNITS.glob("vaguemestre*") if path.is_file() and path.name not in names
        ]

    def _has_units(self) -> bool:
        return not self._stale_units() and all(
            has_text(layout.UNITS / file.name, file.text) for file in self._unit_files()
        )

    def _write_units(self) -> None:
        for path in self._stale_units():
            subprocess.run(["systemctl", "disable", "--now", "--quiet", path.name], check=False)
            path.unlink()
        for file in self._unit_files():
            write(layout.UNITS / file.name, file.text)
        run(("systemctl", "daemon-reload"))
        wanted = (file.name for file in self._unit_files() if "\n[Install]\n" in file.text)
        run(("systemctl", "enable", "--quiet", *wanted))

    # The instance itself

    def _is_prepared(self) -> bool:
        return has_text(marks.PREPARED, marks.prepared_text(self.release, self.text))

    def _prepare(self) -> None:
        output = run(
            (str(layout.python(self.release)), "-m", "vaguemestre.cli.main", "ground"),
            environment=layout.environment_of(self.release),
        ).splitlines()
        for line in output:
            self.say(f"    {line}")
        write(marks.PREPARED, marks.prepared_text(self.release, self.text), mode=0o600)

    def start_step(self) -> Step:
        return Step("Services démarrés et qui répondent", self._runs, self._start)

    def _services(self) -> tuple[str, ...]:
        if self.config.is_pod_shared:
            return shared_pod.started_at_boot(PREPARE)
        return (TARGET, *(f"{service_name(child.name)}.service" for child in self._children()))

    def _started_text(self) -> str:
        return marks.started_text(self.release, self.text, (file.text for file in self._unit_files()))

    def _runs(self) -> bool:
        is_same = has_text(marks.STARTED, self._started_text())
        return is_same and are_active(*self._services())

    def _start(self) -> None:
        is_same = has_text(marks.STARTED, self._started_text())
        if not is_same and self.config.is_pod_shared:
            run(("systemctl", "restart", *self._services()))
            if are_active(TARGET):  # the pod is here; what is restarted behind Pacemaker's back looks dead
                run(("crm_resource", "--restart", "--resource", f"pod-{self.config.served_pod}-dovecot"))
        elif not is_same:
            run(("systemctl", "restart", TARGET))
        run(("systemctl", "start", *self._services()))
        write(marks.STARTED, self._started_text(), mode=0o600)


def _resolver_steps(config: Config) -> tuple[Step, ...]:
    if config.served_pod:  # it asks nothing of the world
        return ()
    forwarders = config.network.forwarders
    return (
        Step(
            "Résolveur local avec DNSSEC (Unbound)",
            partial(resolver.is_made, forwarders),
            partial(resolver.make, forwarders),
        ),
    )


def _route_steps(config: Config) -> tuple[Step, ...]:
    if not routes.are_wanted(config):
        return ()
    ways = routes.Routes(config)
    return (Step("HAProxy : les chemins vers les autres machines", ways.lead, ways.make),)
