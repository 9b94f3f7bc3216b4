"""Rights of children, prepared by root: system users, folders, copies of secrets, command prefixes."""

import grp
import os
import pwd
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.engines.database.database_login import CREDENTIALS, DATABASE_SECRET, role_secret
from vaguemestre.engines.dovecot import mail_agent
from vaguemestre.engines.home_alias import engine_home, mount_in_alias, sockets
from vaguemestre.engines.outgoing.report_door import reports_tls, sends_reports
from vaguemestre.engines.postfix import queue_agent
from vaguemestre.engines.system_users import set_owner, system_group, system_user
from vaguemestre.engines.tls import certificates
from vaguemestre.processes import duties
from vaguemestre.processes.backup.restoration_marks import ENDED_ACCESS
from vaguemestre.processes.duties import Duty
from vaguemestre.processes.supervisor.nursery import nursery_start
from vaguemestre.processes.supervisor.nursery.nursery_client import ForkRequest
from vaguemestre.processes.supervisor.plan import Ask, Child, workers
from vaguemestre.site.agents.sockets import numen_socket, token_socket
from vaguemestre.site.config import PROJECT, Config
from vaguemestre.site.monitoring import counter_files

UMASK = 0o007  # files of our processes are for the group of their folder, and nobody else
_DATABASE_FILES = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Launch:
    """How a child is started."""

    argv: tuple[str, ...]
    environment: dict[str, str]
    umask: int = -1
    fork_request: ForkRequest | None = None  # for the nursery, if it can fork this child


type Launcher = Callable[[Child], Launch]


def as_ourselves(environment: dict[str, str]) -> Launcher:
    """Start children with our own rights, for supervisors that do not run as root."""
    return lambda child: Launch(child.argv, {**environment, **dict(child.environment)})


def prepare(config: Config) -> None:
    """Create users and groups, and give folders to those who work in them. Raises EngineRefused.

    A folder whose group is right already is not walked through.
    """
    shared, files, readers = (system_group(name) for name in duties.groups())
    for name in duties.users():
        system_user(name)
    _open_configuration(config)
    _share_data(config, shared, files)
    _give_to_worker(config.data_dir / ENDED_ACCESS)
    _share_logs(config, readers)
    revocations = config.run_dir / "revocations"
    revocations.touch(mode=0o660)
    set_owner(revocations, 0, shared, 0o660)
    for duty in duties.DUTIES.values():
        for folder in duty.listens:
            _make_socket_folder(sockets(config) / folder, duty)
    _share_counters(config)
    reporting = {"dmarc-reports": sends_reports(config), "tls-reports": reports_tls(config)}
    for name in reporting:  # of an instance that reported: a file that ages is an alarm
        (config.run_dir / f"{name}.heartbeat").unlink(missing_ok=True)
    beating = ("gate", "arrivals", "collector", *(child.name for child in workers(config, "")))
    for name in (*beating, *(name for name, is_wanted in reporting.items() if is_wanted)):
        _give_heartbeat(config.run_dir / f"{name}.heartbeat", duties.duty_of(name))


def launcher(config: Config, environment: dict[str, str]) -> Launcher:
    """Start each child with the rights of its duty; masters of engines, which have no duty, as root."""
    code = _reachable_code(config)
    places = {str(config.home): str(engine_home(config)), str(PROJECT): str(code)}
    own = {**environment, "VAGUEMESTRE_HOME": str(engine_home(config)), "PYTHONPATH": str(code / "src")}

    def launch(child: Child) -> Launch:
        duty = duties.duty_of(child.name)
        if duty is None:
            return Launch(child.argv, {**environment, **dict(child.environment)})
        argv = tuple(_as_reached(word, places) for word in child.argv)
        variables = {name: _as_reached(word, places) for name, word in child.environment}
        folder = _hand_out(config, duty, child.name)
        if duty.name == "accolad":
            variables["ACCOLAD_SECRET_FILE"] = str(folder / config.intranet_secret.name)
        for question in child.ready:
            if question.ask is Ask.HEARTBEAT:
                _give_heartbeat(Path(question.expect), duty)
        return Launch(
            (*prefix(duty), *argv),
            {**own, **variables, CREDENTIALS: str(folder), "HOME": "/nonexistent"},
            UMASK,
            _fork_request(duty, child),
        )

    return launch


def nursery(config: Config, environment: dict[str, str]) -> Launch:
    """The command of the nursery, which loads once the libraries that our processes share."""
    code = _reachable_code(config)
    python = _as_reached(sys.executable, {str(PROJECT): str(code)})
    return Launch(
        nursery_start.command(python),
        {**environment, "PYTHONPATH": str(code / "src")},
    )


def agent_sockets(config: Config) -> dict[str, Path]:
    """The sockets of the agents, by their names."""
    return {
        "mail-agent": mail_agent.socket_path(config),
        "queue-agent": queue_agent.socket_path(config),
        "token-agent": token_socket(config),
        "numen-agent": numen_socket(config),
    }


def renew_copies(config: Config) -> None:
    """Copy the secrets again to all processes of an instance under `bin/up`, after a change."""
    folder = config.run_dir / "credentials"
    for name in (path.name for path in folder.iterdir()) if folder.is_dir() else ():
        if duty := duties.duty_of(name):
            _hand_out(config, duty, name)


def environment(config: Config) -> dict[str, str]:
    """Environment of our own processes."""
    return {
        **os.environ,
        "VAGUEMESTRE_HOME": str(config.home),
        "VAGUEMESTRE_PORT_BASE": str(config.port_base),
        "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings",
        "PYTHONPATH": str(PROJECT / "src"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONSAFEPATH": "1",  # never our own code from the folder a process stands in
    }


def prefix(duty: Duty) -> tuple[str, ...]:
    """The command prefix that gives up all rights except those of a duty (setpriv(1))."""
    bounds = ",".join(("-all", *(f"+{name.removeprefix('CAP_').lower()}" for name in duty.capabilities)))
    groups = [f"--groups={','.join(duty.groups)}"] if duty.groups else ["--clear-groups"]
    users = [] if duty.is_root else ["--reuid", duty.user, "--regid", duty.user, *groups]
    return (
        "/usr/bin/setpriv", *users, f"--bounding-set={bounds}", "--inh-caps=-all", "--no-new-privs", "--",
    )  # fmt: skip


def _open_configuration(config: Config) -> None:
    """Let every process read the configuration, which has no secret: passwords are in other files."""
    for file in (config.home / "vaguemestre.toml", config.run_dir / "instance.json"):
        if file.is_file():
            file.chmod(file.stat().st_mode & 0o777 | 0o444)


def _share_data(config: Config, shared: int, files: int) -> None:
    data = config.data_dir
    for folder, group in ((config.deposits_dir, files), (config.moves_dir, files), (data, shared)):
        folder.mkdir(parents=True, exist_ok=True)
        if folder.stat().st_gid != group or folder.stat().st_mode & 0o070 != 0o070:
            _give_tree(folder, group, besides={config.deposits_dir, config.moves_dir} - {folder})
    data.chmod(0o2771)  # the front passes through to the files it sends
    if config.database.engine == "sqlite":
        for ending in _DATABASE_FILES:
            path = data / f"vaguemestre.sqlite3{ending}"
            if not ending:
                path.touch(mode=0o660)
            if path.exists():
                set_owner(path, -1, shared, 0o660)


def _give_to_worker(folder: Path) -> None:
    """Give that folder and its files to the worker, alone."""
    worker = system_user(duties.DUTIES["worker"].user)
    folder.mkdir(exist_ok=True)
    set_owner(folder, worker.pw_uid, worker.pw_gid, 0o700)
    for file in folder.iterdir():
        set_owner(file, worker.pw_uid, worker.pw_gid, 0o600)


def _give_tree(top: Path, group: int, besides: set[Path]) -> None:
    for folder, names, files in os.walk(top):
        names[:] = [name for name in names if Path(folder) / name not in besides]
        set_owner(Path(folder), -1, group, 0o2770)
        for name in files:
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                set_owner(path, -1, group, path.stat().st_mode & 0o777 | 0o660)


def _share_logs(config: Config, readers: int) -> None:
    """Let the readers of logs read them; engines open theirs before they change user."""
    set_owner(config.logs_dir, 0, readers, 0o2751)
    for name in ("dovecot.log", "postfix.log"):
        (config.logs_dir / name).touch(mode=0o640)
    for file in config.logs_dir.iterdir():
        if file.is_file() and (file.stat().st_gid != readers or file.stat().st_mode & 0o777 != 0o640):
            set_owner(file, -1, readers, 0o640)


def _share_counters(config: Config) -> None:
    """Make a folder of counters for each pool, which alone writes there; `metrics` reads them all."""
    reader = system_user(duties.DUTIES["metrics"].user).pw_gid
    for name in duties.COUNTING:
        folder = config.run_dir / counter_files.FOLDER / name
        folder.mkdir(parents=True, exist_ok=True)
        folder.parent.chmod(0o755)
        set_owner(folder, system_user(duties.DUTIES[name].user).pw_uid, reader, 0o2750)
        counter_files.forget(folder)


def _make_socket_folder(folder: Path, duty: Duty) -> None:
    """Make the folder where a duty creates its socket; its group is that of the socket's clients."""
    folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    set_owner(folder, system_user(duty.user).pw_uid, system_group(duties.group_of_socket(duty)), 0o2750)


def _hand_out(config: Config, duty: Duty, process: str) -> Path:
    """Copy the secrets of a duty to a folder that only its user can read. Returns the path for that user."""
    folder = config.run_dir / "credentials" / process
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(mode=0o711, exist_ok=True)
    folder.mkdir(mode=0o700)
    user = pwd.getpwnam(duty.user)
    for name, source in _sources(config, duty):
        copy = folder / name
        copy.touch(mode=0o600)
        copy.write_bytes(source.read_bytes())
        set_owner(copy, 0, user.pw_gid, 0o440)
    set_owner(folder, 0, user.pw_gid, 0o510 if duty.is_root else 0o550)
    return engine_home(config) / folder.relative_to(config.home)


def _sources(config: Config, duty: Duty) -> Iterator[tuple[str, Path]]:
    """(name, file) of the secrets of a duty that this instance has."""
    elsewhere = {
        DATABASE_SECRET: role_secret(config, duty.role),
        "server.key": certificates.paths(config).key,
    }
    for name in duty.secrets:
        if name in duties.POD_SECRETS and not config.topology.pods:
            continue
        source = elsewhere.get(name, config.secrets_dir / name)
        if source.is_file():
            yield name, source


def _give_heartbeat(file: Path, duty: Duty | None) -> None:
    if duty is not None:
        if not file.exists():
            file.touch(mode=0o644)
        os.chown(file, pwd.getpwnam(duty.user).pw_uid, -1)


def _reachable_code(config: Config) -> Path:
    """The path of our code for other users: the project, or an alias mount if a parent folder is closed."""
    is_open = nursery_start.is_reachable(PROJECT)
    return PROJECT if is_open else mount_in_alias(config, PROJECT, "code")


def _as_reached(word: str, places: Mapping[str, str]) -> str:
    """A word of a command, with our folders as other users reach them."""
    for place, reached in places.items():
        if word == place or word.startswith(f"{place}/"):
            return reached + word.removeprefix(place)
    return word


def _fork_request(duty: Duty, child: Child) -> ForkRequest | None:
    """For the nursery: our processes without any right of root. Not `pictures`: its memory stays minimal."""
    is_ours = child.argv[1:2] == ("-m",) and child.argv[2].startswith("vaguemestre.processes.")
    if not is_ours or duty.is_root or duty.capabilities or duty.name == "pictures":
        return None
    user = pwd.getpwnam(duty.user)
    groups = tuple(grp.getgrnam(name).gr_gid for name in duty.groups)
    return ForkRequest(child.argv[2], child.argv[3:], user.pw_uid, (user.pw_gid, *groups))
