"""Health checks of an instance: at most two seconds for a part that is silent."""

import os
import shutil
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from vaguemestre.engines.clamd import Clamd
from vaguemestre.engines.instance import has_filter
from vaguemestre.engines.postfix import queue_agent
from vaguemestre.engines.tls.certificates import expiries
from vaguemestre.foundation.jobs.queries import count_failed_jobs, longest_wait
from vaguemestre.foundation.jobs.rules import worker_name
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.site.config import Config
from vaguemestre.site.config.backup import LAST_BACKUP
from vaguemestre.site.monitoring.check import Check
from vaguemestre.site.monitoring.companion_health import companion_checks
from vaguemestre.site.monitoring.database_health import database_checks
from vaguemestre.site.monitoring.engine_logs import logs_check
from vaguemestre.site.monitoring.probes import LATE, engine_words, front_check, greets, page_answers

_START_PATIENCE = 1.5  # where a process is started to answer
_MIN_FREE_BYTES = 200_000_000  # below, mail is about to be refused
_MIN_FREE_FILES = 1000
_STALE_SECONDS = 15.0  # without a sign of the worker
_STARTS_NOTHING = "ne lance plus de processus"  # and those it started still answer
_SOON = timedelta(days=14)  # renewal should have happened by itself
_MAX_WAIT = timedelta(minutes=10)  # of a job that may run


def checks(config: Config) -> dict[str, Check]:
    """Check the database, engines and what they ask, our processes, jobs, disk, backup and certificates."""
    ports = config.ports
    front = front_check(ports.carddav)
    companions = companion_checks(config)
    database = database_checks(config.data_dir, does_worker_live=_beats(config, worker_name("default")).ok)
    probes: dict[str, Callable[[], Check]] = {
        "dovecot": lambda: _dovecot(config),
        "postfix": lambda: _postfix(config, lambda: _are_screens_well(config, companions)),
        "front": lambda: front,
        "push": lambda: page_answers(ports.push, "/sante"),
        "worker": lambda: _workers(config),
        "long-worker": lambda: _warning(_beats(config, worker_name("long"))),
        "import-worker": lambda: _warning(_beats(config, worker_name("imports"))),
        "untrusted-worker": lambda: _warning(_beats(config, worker_name("untrusted"))),
        "jobs": _jobs,
        "gate": lambda: _beats(config, "gate"),
        # nothing is said of it while it waits for a database that stores nothing
        "collector": lambda: (
            _warning(_beats(config, "collector")) if database["database-writes"].ok else Check(ok=True)
        ),
        # nothing is said of them while the front, which passes the question on, is away itself
        "carddav": lambda: page_answers(ports.carddav, "/sante") if front.ok else Check(ok=True),
        **(
            {"filter": lambda: _filter(config, companions.pop("rspamd", Check(ok=True)))}
            if has_filter(config)
            else {}
        ),
        **({"antivirus": lambda: _antivirus(config)} if config.files.clamd else {}),
        "disk": lambda: free_space(config),
        **({"backup": lambda: _backup(config)} if config.backup.repository else {}),
        "certificates": lambda: _certificates(config),
    }
    results = {name: ask() for name, ask in probes.items()}
    engines = {name: results[name] for name in ("dovecot", "postfix")}
    return {**database, **results, "logs": logs_check(config, engines), **companions}


def _filter(config: Config, first_process: Check) -> Check:
    """Warn of a filter that does not answer: mail arrives all the same, « non vérifié ».

    `first_process`: of rspamd, which replaces the others, as the agent found it.
    """
    answer = _warning(page_answers(config.ports.filter_controller, "/ping"))
    if answer.is_warning or not first_process.is_warning:
        return answer
    return Check(ok=True, words=_STARTS_NOTHING, is_warning=True)


def _antivirus(config: Config) -> Check:
    """Warn of a virus check that does not answer: what arrives is examined when it is back."""
    try:
        Clamd(config.files.clamd).ping(_START_PATIENCE)
    except EngineDown as error:
        return Check(ok=True, words=engine_words(error), is_warning=True)
    return Check(ok=True)


def _dovecot(config: Config) -> Check:
    """Check that Dovecot greets, by a waiting process (IMAP) and by one that its master starts (ManageSieve).

    Before pods, Dovecot speaks IMAP by TLS only: ManageSieve says alone how it is.
    """
    host, ports = config.mail.host, config.ports
    greeting = Check(ok=True) if config.topology.pods else greets(host, ports.imap, b"* OK")
    if not greeting.ok or greets(host, ports.managesieve, b'"IMPL', _START_PATIENCE).ok:
        return greeting
    return Check(ok=False, words=_STARTS_NOTHING)


def _postfix(config: Config, are_screens_well: Callable[[], bool]) -> Check:
    """Nothing is said of a late greeting while it is what screens mail that keeps it waiting."""
    greeting = greets(config.mail.host, config.ports.mx, b"220")
    is_kept_waiting = greeting.words == LATE and not are_screens_well()
    if not greeting.ok and not is_kept_waiting:
        return greeting
    try:
        if not queue_agent.master_answers(config):
            return Check(ok=False, words=_STARTS_NOTHING)
        if not queue_agent.manager_answers(config):
            return Check(ok=False, words="ne fait plus avancer de courriel")
    except (EngineDown, EngineRefused):  # of the agent, or of an older one: Postfix itself greets
        return greeting
    return Check(ok=True)


def _are_screens_well(config: Config, companions: Mapping[str, Check]) -> bool:
    """Whether the two that each greeting waits for, some seconds at most, answer."""
    counts = not companions.get("arrivals", Check(ok=True)).is_warning
    return counts and (not has_filter(config) or page_answers(config.ports.filter_controller, "/ping").ok)


def _beats(config: Config, name: str) -> Check:
    try:
        age = time.time() - (config.run_dir / f"{name}.heartbeat").stat().st_mtime
    except OSError:
        return Check(ok=False, words="aucun signe de vie")
    is_well = age < _STALE_SECONDS
    return Check(ok=is_well, words="" if is_well else f"aucun signe de vie depuis {age:.0f} s")


def _workers(config: Config) -> Check:
    """Healthy if at least one ordinary worker has a recent heartbeat."""
    beats = [_beats(config, worker_name("default", number)) for number in range(1, config.worker.count + 1)]
    return next((beat for beat in beats if beat.ok), beats[0])


def _warning(check: Check) -> Check:
    return Check(ok=True, words=check.words, is_warning=not check.ok)


def _jobs() -> Check:
    """Warn of failed jobs, and of a queue that no worker keeps up with."""
    try:
        failed, waited = count_failed_jobs(), longest_wait(timezone.now())
    except DatabaseError as error:
        return Check(ok=True, words=f"illisibles ({type(error).__name__})", is_warning=True)
    words = [f"{failed} en échec"] if failed else []
    if waited > _MAX_WAIT:
        words.append(f"le plus ancien attend depuis {waited // timedelta(minutes=1)} min")
    return Check(ok=True, words=", ".join(words), is_warning=bool(words))


def _backup(config: Config) -> Check:
    """Warn if two backups were missed, by the date of `LAST_BACKUP`."""
    try:
        age = time.time() - (config.home / LAST_BACKUP).stat().st_mtime
    except OSError:
        return Check(ok=True, words="aucune encore", is_warning=True)
    is_late = age > config.backup.late_after.total_seconds()
    return Check(
        ok=True, words=f"la dernière a {age / 60:.0f} minutes" if is_late else "", is_warning=is_late
    )


def _certificates(config: Config) -> Check:
    """Warn of a certificate that ends soon; fail for an expired one, which mail programs refuse."""
    try:
        ends = expiries(config)
    except (OSError, ValueError) as error:
        words = os_error_fr(error) if isinstance(error, OSError) else "illisibles"
        return _warning(Check(ok=False, words=words))
    now = timezone.now()
    expired = sorted(name for name, ends_at in ends.items() if ends_at <= now)
    if expired:
        return Check(ok=False, words=f"fini : {', '.join(expired)}")
    remaining = {name: ends_at - now for name, ends_at in ends.items()}
    soon = sorted(
        f"{name} finit dans {counted(span.days, 'jour')}" for name, span in remaining.items() if span < _SOON
    )
    return _warning(Check(ok=not soon, words=", ".join(soon)))


def free_space(config: Config) -> Check:
    """Whether the disk of the instance has room for mail, in bytes and in files."""
    try:
        free, inodes = shutil.disk_usage(config.home).free, os.statvfs(config.home)
    except OSError as error:
        return Check(ok=False, words=os_error_fr(error))
    if free < _MIN_FREE_BYTES:
        return Check(ok=False, words=f"il reste {free // 1_000_000} Mo")
    if (
        inodes.f_files and inodes.f_favail < _MIN_FREE_FILES
    ):  # 0 in all: a file system that makes them as needed
        return Check(ok=False, words=f"il reste place pour {inodes.f_favail} fichiers")
    return Check(ok=True)
