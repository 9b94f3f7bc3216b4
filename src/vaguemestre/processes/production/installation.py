"""What each step of an installation changes on the machine. As root, on Debian 13 with systemd."""

import contextlib
import os
import pwd
import secrets as random
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from vaguemestre.engines import certificates
from vaguemestre.engines.config_templates import write
from vaguemestre.engines.instance import system_user
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.processes import duties
from vaguemestre.processes.production import files, layout
from vaguemestre.processes.production.children import children_of
from vaguemestre.processes.production.step import Step
from vaguemestre.processes.production.units import TARGET, UnitFile, service_name, unit_files
from vaguemestre.site.config import Config

# Debian's own units of the engines: ours start the same binaries with our configuration, and two masters
# would take each other's ports.
OTHERS = ("dovecot.service", "dovecot.socket", "postfix.service", "nginx.service", "rspamd.service")
_SHELL = "/usr/sbin/nologin"


class StepFailed(Exception):
    """A command of a step failed: its own last words (exit code 69)."""


def run(argv: Sequence[str], *, text: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    """The output of a command. Raises StepFailed with its last words."""
    try:
        ended = subprocess.run(
            list(argv), input=text, capture_output=True, text=True, check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})},
        )  # fmt: skip
    except OSError as error:
        raise StepFailed(f"{argv[0]} ne s’exécute pas : {error.strerror}.") from error
    if ended.returncode:
        words = (ended.stderr or ended.stdout).strip().splitlines()[-1:] or [f"code {ended.returncode}"]
        raise StepFailed(f"« {' '.join(argv[:3])} » a échoué : {words[0]}")
    return ended.stdout


def succeeds(*argv: str) -> bool:
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


@dataclass
class Installation:
    """One installation under way. `text`: the completed configuration; `release`: the tree that installs."""

    config: Config
    text: str
    release: Path
    say: Callable[[str], None]
    changed_units: list[str] = field(default_factory=list)
    administrator: str = ""

    def steps(self) -> tuple[Step, ...]:
        """Every step, in order."""
        return (
            Step("Configuration dans /etc/vaguemestre", self._is_configured, self._configure),
            Step("Utilisateurs système, un par tâche", self._has_users, self._make_users),
            Step("Version active dans /opt/vaguemestre", self._is_current, self._make_current),
            Step("Résolveur local avec DNSSEC (Unbound)", self._has_resolver, self._make_resolver),
            *((Step("PostgreSQL : rôle et base", self._has_database, self._make_database),) * self._is_local),
            Step("Services de Debian laissés à nos unités", self._others_are_masked, self._mask_others),
            Step("Certificat", self._has_certificate, self._make_certificate),
            Step("Unités systemd", self._has_units, self._write_units),
            Step("Dossiers, secrets, configurations, base", self._is_prepared, self._prepare),
            Step("Services démarrés et qui répondent", self._runs, self._start),
        )

    @property
    def _is_local(self) -> bool:
        database = self.config.database
        return database.engine == "postgresql" and database.host in ("", "127.0.0.1", "::1", "localhost")

    # Configuration

    def _settings(self) -> tuple[tuple[Path, str, int], ...]:
        """Files outside the home: path, text, mode."""
        return (
            (layout.CONFIGURATION, self.text, 0o644),
            (layout.ENVIRONMENT, files.environment_text(), 0o644),
            (Path("/etc/tmpfiles.d/vaguemestre.conf"), files.tmpfiles_text(), 0o644),
            (Path("/etc/logrotate.d/vaguemestre"), files.logrotate_text(), 0o644),
            (layout.COMMAND, files.command_text(), 0o755),
        )

    def _is_configured(self) -> bool:
        return all(_holds(path, text) for path, text, _ in self._settings()) and layout.HOME.is_dir()

    def _configure(self) -> None:
        for path, text, mode in self._settings():
            write(path, text, mode=mode)
        layout.HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
        run(("systemd-tmpfiles", "--create", "/etc/tmpfiles.d/vaguemestre.conf"))

    # Users

    def _has_users(self) -> bool:
        names = {*duties.groups(), *duties.users()}
        return all(succeeds("getent", "group", name) for name in names) and all(map(_is_user, duties.users()))

    def _make_users(self) -> None:
        for name in duties.groups():
            if not succeeds("getent", "group", name):
                run(("groupadd", "--system", name))
        system_user()
        for name in filter(lambda user: not _is_user(user), duties.users()):
            run(
                ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
                 "--shell", _SHELL, name)
            )  # fmt: skip

    # The tree

    def _is_current(self) -> bool:
        return layout.CURRENT.is_symlink() and layout.CURRENT.resolve() == self.release

    def _make_current(self) -> None:
        fresh = layout.CURRENT.with_name("current.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self.release)
        fresh.rename(layout.CURRENT)

    # The resolver

    def _resolver_files(self) -> tuple[tuple[Path, str], ...]:
        return (
            (
                Path("/etc/unbound/unbound.conf.d/vaguemestre.conf"),
                files.resolver_text(self.config.network.forwarders),
            ),
            (Path("/etc/resolv.conf"), files.RESOLV_CONF),
        )

    def _has_resolver(self) -> bool:
        return _are_active("unbound.service") and all(
            _holds(path, text) for path, text in self._resolver_files()
        )

    def _make_resolver(self) -> None:
        (own, own_text), (resolv, resolv_text) = self._resolver_files()
        changed = write(own, own_text)
        run(("systemctl", "enable", "--quiet", "unbound.service"))
        run(("systemctl", "restart" if changed else "start", "unbound.service"))
        if resolv.is_symlink():
            resolv.unlink()
        write(resolv, resolv_text)

    # The database

    @property
    def _secret(self) -> Path:
        return layout.HOME / self.config.database.password_file

    def _has_database(self) -> bool:
        return _are_active("postgresql.service") and self._secret.is_file() and self._psql_finds_database()

    def _psql_finds_database(self) -> bool:
        query = "SELECT 1 FROM pg_database WHERE datname = :'name';\n"
        with contextlib.suppress(StepFailed):
            return "1" in self._psql(query).split()
        return False

    def _psql(self, text: str, environment: Mapping[str, str] | None = None) -> str:
        database = self.config.database
        names = (f"name={database.name}", f"user={database.user}")
        return run(
            ("runuser", "-u", "postgres", "--", "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1",
             *(word for name in names for word in ("-v", name)), "-f", "-"),
            text=text, environment=environment,
        )  # fmt: skip

    def _make_database(self) -> None:
        run(("systemctl", "enable", "--quiet", "postgresql.service"))
        run(("systemctl", "start", "postgresql.service"))
        run(("pg_ctlcluster", *_cluster(), "start")) if not _answers_postgres() else None
        self._secret.parent.mkdir(mode=0o700, exist_ok=True)
        if not self._secret.exists():
            write(self._secret, f"{random.token_hex(24)}\n", mode=0o600)
        password = {"VAGUEMESTRE_PASSWORD": self._secret.read_text(encoding="utf-8").strip()}
        self._psql(
            "\\getenv password VAGUEMESTRE_PASSWORD\n"
            "SELECT format('CREATE ROLE %I LOGIN CREATEROLE', :'user') WHERE NOT EXISTS"
            " (SELECT 1 FROM pg_roles WHERE rolname = :'user') \\gexec\n"
            "ALTER ROLE :\"user\" PASSWORD :'password';\n"
            "SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING UTF8 LOCALE ''C.UTF-8''',"
            " :'name', :'user') WHERE NOT EXISTS"
            " (SELECT 1 FROM pg_database WHERE datname = :'name') \\gexec\n",
            password,
        )

    # Debian's own units

    def _others_are_masked(self) -> bool:
        return all((layout.UNITS / name).is_symlink() for name in OTHERS)

    def _mask_others(self) -> None:
        for name in OTHERS:
            subprocess.run(["systemctl", "stop", "--quiet", name], capture_output=True, check=False)
            run(("systemctl", "mask", "--quiet", name))

    # The certificate

    def _has_certificate(self) -> bool:
        if not self.config.tls.is_given:
            return True
        with contextlib.suppress(OSError, EngineRefused):
            given = certificates.given_paths(self.config)
            content = given.certificate.read_bytes(), given.key.read_bytes()
            certificates.check_pair(*content, now=datetime.now(UTC))
            return True
        return False

    def _make_certificate(self) -> None:
        given = certificates.given_paths(self.config)
        raise StepFailed(
            f"le certificat {given.certificate} ou sa clé ({given.key}) ne peut pas servir : "
            "vérifiez [tls] dans la configuration."
        )

    # Units

    def _unit_files(self) -> tuple[UnitFile, ...]:
        return unit_files(self.config, children_of(self.config, str(layout.PYTHON)))

    def _stale_units(self) -> list[Path]:
        """Unit files of an earlier configuration that this one does not have."""
        names = {file.name for file in self._unit_files()}
        return [
            path for path in layout.UNITS.glob("vaguemestre*") if path.is_file() and path.name not in names
        ]

    def _has_units(self) -> bool:
        return not self._stale_units() and all(
            _holds(layout.UNITS / file.name, file.text) for file in self._unit_files()
        )

    def _write_units(self) -> None:
        for path in self._stale_units():
            subprocess.run(["systemctl", "disable", "--now", "--quiet", path.name], check=False)
            path.unlink()
        for file in self._unit_files():
            if write(layout.UNITS / file.name, file.text):
                self.changed_units.append(file.name)
        run(("systemctl", "daemon-reload"))
        wanted = (file.name for file in self._unit_files() if "\n[Install]\n" in file.text)
        run(("systemctl", "enable", "--quiet", *wanted))

    # The instance itself

    def _mark(self) -> Path:
        """Says for which release and configuration the ground was made."""
        return layout.HOME / "prepared"

    def _mark_text(self) -> str:
        return f"{self.release}\n{self.text}"

    def _is_prepared(self) -> bool:
        return _holds(self._mark(), self._mark_text())

    def _prepare(self) -> None:
        environment = layout.environment()
        output = run(
            (str(layout.PYTHON), "-m", "vaguemestre.cli.main", "ground"), environment=environment
        ).splitlines()
        for line in output:
            self.say(f"    {line}")
        write(self._mark(), self._mark_text(), mode=0o600)

    def _services(self) -> tuple[str, ...]:
        children = children_of(self.config, str(layout.PYTHON))
        return tuple(f"{service_name(child.name)}.service" for child in children)

    def _runs(self) -> bool:
        return not self.changed_units and _are_active(TARGET, *self._services())

    def _start(self) -> None:
        verb = "restart" if self.changed_units else "start"
        run(("systemctl", verb, TARGET))
        run(("systemctl", "start", *self._services()))
        self.changed_units.clear()


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text
    except OSError:
        return False


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _are_active(*units: str) -> bool:
    """Whether every one of them is; systemctl's own exit code would be content with one."""
    ended = subprocess.run(["systemctl", "is-active", *units], capture_output=True, text=True, check=False)
    return ended.stdout.split() == ["active"] * len(units)


def _answers_postgres() -> bool:
    return succeeds("pg_isready", "-q", "-t", "10")


def _cluster() -> tuple[str, str]:
    """Version and name of Debian's cluster."""
    versions = sorted(Path("/etc/postgresql").glob("*/main"))
    if not versions:
        raise StepFailed("aucune grappe PostgreSQL : « pg_createcluster » en fait une.")
    return versions[-1].parent.name, "main"
