"""`vaguemestre status`: processes, queues and last errors of an instance."""

import dataclasses
import json
import re
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django_tasks_db.models import DBTaskResult

from vaguemestre.cli.failures import Failed
from vaguemestre.engines.postfix import mail_queue
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.processes.production.units.children import children_of
from vaguemestre.processes.production.units.unit import TARGET
from vaguemestre.processes.production.units.unit_states import is_under_systemd, states_from, unit_states
from vaguemestre.processes.production.units.units import service_name
from vaguemestre.processes.supervisor import process_table, run_folder
from vaguemestre.processes.supervisor.child_process import ChildState
from vaguemestre.processes.supervisor.run_folder import ChildRecord
from vaguemestre.site.config import Config

_STATES = {
    ChildState.READY: "prêt",
    ChildState.STARTING: "démarre",
    ChildState.DOWN: "en panne",
    ChildState.STOPPED: "arrêté",
}
_ERROR = re.compile(r"\b(?:ERROR|CRITICAL)\b|(?:\b|[a-z])(?:[Ee]rror|[Ff]atal|[Pp]anic):")
_LAST_BYTES = 300_000
_SHOWN = 5
_SYSTEMD = 1  # the process that keeps an installed machine running


@dataclass(frozen=True)
class Status:
    """One look at an instance. Times are Unix times."""

    home: str
    ready: bool
    pid: int
    since: float
    children: list[ChildRecord]
    mail_waiting: int
    jobs_waiting: int
    jobs_failed: int
    errors: list[str]


def command(
    as_json: Annotated[bool, typer.Option("--json", help="En JSON, pour un programme.")] = False,
) -> None:
    """Print the status of the instance. Exit code 69 if nothing runs on this home."""
    status = look(settings.CONFIG)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(status), ensure_ascii=False, indent=1))
        return
    typer.echo(f"{status.home} : {'prête' if status.ready else 'pas encore prête'}, ", nl=False)
    by = "par systemd" if status.pid == _SYSTEMD else f"processus {status.pid}"
    typer.echo(f"{by}, depuis le {_when(status.since)}")
    for child in status.children:
        typer.echo(f"  {_child_line(child)}")
    typer.echo(f"Courriels en file : {status.mail_waiting}")
    typer.echo(f"Travaux en attente : {status.jobs_waiting} ; échoués : {status.jobs_failed}")
    typer.echo("Dernières erreurs :" if status.errors else "Dernières erreurs : aucune")
    for line in status.errors:
        typer.echo(f"  {line}")
    if status.pid == _SYSTEMD:
        typer.echo("Celles de nos propres processus : journalctl -p err -u 'vaguemestre-*'")


def look(config: Config) -> Status:
    """Raises Failed (69) when nothing runs on this home."""
    return _status(config, *(_units(config) if is_under_systemd(config) else _children(config)))


def _units(config: Config) -> tuple[int, float, bool, list[ChildRecord]]:
    """Who keeps the processes running and since when, whether all is ready, each of them: by systemd."""
    names = [f"{service_name(child.name)}.service" for child in children_of(config, sys.executable)]
    target, *children = unit_states(names) or states_from(f"Id={TARGET}\n")
    if target["state"] != ChildState.READY and config.is_pod_shared:
        raise Failed(f"« {config.served_pod} » n’est pas servi ici : « crm_mon -1 -r » dit où il l’est.", 69)
    if target["state"] != ChildState.READY:
        raise Failed(f"rien ne tourne sur {config.home} : « systemctl start {TARGET} » démarre tout.", 69)
    is_ready = all(child["state"] == ChildState.READY for child in children)
    return _SYSTEMD, target["since"], is_ready, children


def _children(config: Config) -> tuple[int, float, bool, list[ChildRecord]]:
    """The same, by our supervisor."""
    try:
        record = json.loads(run_folder.children_file(config).read_text(encoding="utf-8"))
        pid, since = int(record["supervisor"]["pid"]), float(record["supervisor"]["since"])
    except (OSError, ValueError, KeyError) as error:
        raise Failed(f"rien ne tourne sur {config.home}.", 69) from error
    if record["boot"] != process_table.boot() or process_table.find_process(pid) is None:
        raise Failed(f"rien ne tourne sur {config.home} : la dernière fois s’est mal terminée.", 69)
    return pid, since, run_folder.ready_file(config).exists(), record["children"]


def _status(config: Config, pid: int, since: float, ready: bool, children: list[ChildRecord]) -> Status:
    return Status(
        home=str(config.home),
        ready=ready,
        pid=pid,
        since=since,
        children=children,
        mail_waiting=len(mail_queue.queue(config)),
        jobs_waiting=DBTaskResult.objects.filter(status__in=("READY", "RUNNING")).count(),
        jobs_failed=DBTaskResult.objects.failed().count(),
        errors=last_errors(config.logs_dir),
    )


def last_errors(logs: Path) -> list[str]:
    """Last error lines of each log, prefixed with the log's name."""
    errors: list[str] = []
    for file in sorted(logs.glob("*.log")):
        with file.open("rb") as log:
            log.seek(max(0, file.stat().st_size - _LAST_BYTES))
            lines = log.read().decode(errors="replace").splitlines()
        errors += [f"{file.stem} : {line[:300]}" for line in lines if _ERROR.search(line)][-_SHOWN:]
    return errors


def _child_line(child: ChildRecord) -> str:
    state = _STATES.get(child["state"], child["state"])
    line = f"{child['name']:<11} {state:<9} depuis le {_when(child['since'])}"
    if child["pid"]:
        line += f", processus {child['pid']}"
    if child["restarts"]:
        line += f", {counted(child['restarts'], 'redémarrage')}, dernière fin : {child['last_end']}"
    return line


def _when(at: float) -> str:
    return f"{datetime.fromtimestamp(at, PARIS):%d/%m/%Y %H:%M:%S}"
