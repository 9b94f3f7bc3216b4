"""Conditions of a start: no process left over, free ports, secrets, certificates."""

import compileall
import contextlib
import errno
import socket
from datetime import UTC, datetime
from pathlib import Path

from vaguemestre.engines.home_alias import open_home
from vaguemestre.engines.projection import backend as projection
from vaguemestre.engines.tls import certificates
from vaguemestre.engines.tls.given_certificate import install_given
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.processes import database_rights
from vaguemestre.processes.supervisor import plan, process_table, rights, run_folder
from vaguemestre.processes.supervisor.screen import Screen
from vaguemestre.site import secrets, static
from vaguemestre.site.config import Config

_BYTECODE = "__pycache__"


def end_leftovers(config: Config, screen: Screen) -> None:
    processes = run_folder.leftovers(config)
    if processes:
        screen.step(f"Reste d’un arrêt brutal : {len(processes)} processus à terminer.")
        process_table.end(processes, patience=5)


def check_ports(config: Config) -> None:
    for port in plan.listening_ports(config):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((config.mail.host, port))
            except OSError as error:
                holder = process_table.holder_of(port)
                by = f" par {holder.name} (processus {holder.pid})" if holder else ""
                raise run_folder.AlreadyRunning(
                    f"le port {port} est déjà pris{by} ; choisissez-en d’autres avec --port-base."
                    if holder or error.errno == errno.EADDRINUSE
                    else f"le port {port} ne peut pas être ouvert : {os_error_fr(error)}."
                ) from error


def make_ground(config: Config) -> None:
    """Create what engines and Django need before they start."""
    _make_secrets(config)
    try:
        open_home(config)
    except EngineRefused as error:
        raise run_folder.HomeUnusable(str(error)) from error
    now = datetime.now(UTC)
    certificates.make_missing(config, now=now)
    if config.tls.is_given and not config.served_pod:  # a pod shows itself to our machines only
        install_given(config, now=now, is_starting=True)
    projection.prepare(config)
    database_rights.prepare(config)
    try:
        rights.prepare(config)
    except EngineRefused as error:
        raise run_folder.HomeUnusable(str(error)) from error


def _make_secrets(config: Config) -> None:
    """Make the secrets, on the first of several machines. Raises HomeUnusable on another without any."""
    nodes = config.topology.nodes
    if nodes and config.machine and not config.topology.is_first(config.machine):
        missing = [path.name for path in secrets.needed_files(config.secrets_dir) if not path.exists()]
        if missing:
            raise run_folder.HomeUnusable(
                f"les clés de l’installation manquent sur cette machine ({', '.join(missing)}) et ne sont "
                f"faites que sur « {nodes[0].name} » (« vaguemestre node keys {config.machine} »)."
            )
    secrets.make_missing(config.secrets_dir)


def compile_sources(folder: Path = static.SOURCE) -> None:
    """Compile changed modules below a folder, ours by default, and let every user read what is compiled.

    The users of our processes cannot write beside the sources; what they cannot read either, each of them
    compiles again at each start: a command of root leaves such files, as its umask closes what it writes.
    """
    compileall.compile_dir(folder, quiet=2)
    for cache in folder.rglob(_BYTECODE):
        _open_to_all(cache, 0o555)
        for file in cache.iterdir():
            _open_to_all(file, 0o444)


def _open_to_all(path: Path, bits: int) -> None:
    with contextlib.suppress(FileNotFoundError):  # another start may replace it
        mode = path.stat().st_mode & 0o777
        if mode & bits != bits:
            path.chmod(mode | bits)
