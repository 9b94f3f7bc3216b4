"""`vaguemestre check --live`: looks at the running whole. `CHECKS` is the list to add to."""

import importlib
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from vaguemestre.engines.conversion.trusted_authorities import trusted_authorities
from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.engines.postfix.mailboxes import has_mailbox
from vaguemestre.engines.tls.certificates import names_of, paths, pod_pair, public_paths
from vaguemestre.engines.tls.certificates_by_name import pair_of
from vaguemestre.engines.tls.given_certificate import given_fault
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.processes.production.database_advice import database_advice
from vaguemestre.processes.production.machine.hosts import hosts_shown
from vaguemestre.processes.production.running_check import verdicts
from vaguemestre.processes.production.running_check.public_health import HealthUnknown, parts_of
from vaguemestre.processes.production.running_check.this_machine import (
    has_processes,
    is_demonstration,
    role_fr,
    shows_pages,
    waits,
    wanted_ports,
    wanted_units,
)
from vaguemestre.processes.production.running_check.verdicts import Finding
from vaguemestre.processes.production.units.unit_states import is_under_systemd
from vaguemestre.site.config import Config
from vaguemestre.site.config.backup import LAST_BACKUP
from vaguemestre.site.monitoring.probes import front_check

_PATIENCE = 5.0  # seconds
_ZONE = "vaguemestre.processes.production.running_check.zone"  # loaded once Django is set up
_INOTIFY_INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")
_LOCAL = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (what listens everywhere is asked here)

type Check = Callable[[Config, datetime], Iterator[Finding]]


def findings(config: Config, now: datetime) -> Iterator[Finding]:
    """One line per thing looked at, in the order of `CHECKS`."""
    for check in CHECKS:
        yield from check(config, now)


def _units(config: Config, now: datetime) -> Iterator[Finding]:
    if role := role_fr(config):
        yield Finding("machine", is_well=True, sentence=role)
    if not is_under_systemd(config) and has_processes(config):
        yield Finding(
            "unités", is_well=True, sentence="aucune ici : bin/up garde les processus (vaguemestre status)"
        )
        return
    names = wanted_units(config)
    ended = subprocess.run(
        ["/usr/bin/systemctl", "is-active", *names], capture_output=True, text=True, check=False
    )
    states = ended.stdout.split()
    for name, state in zip(names, states + [""] * (len(names) - len(states)), strict=True):
        yield verdicts.judge_unit(name, state)


def _parts(config: Config, now: datetime) -> Iterator[Finding]:
    """Each part that is not well; one line if all are."""
    if not shows_pages(config):
        return
    has_units = is_under_systemd(config)
    try:
        parts = parts_of(config)
    except HealthUnknown as unknown:
        front = front_check(config.ports.carddav)
        if not front.ok:
            yield verdicts.judge_part("front", "down", front.words, has_units=has_units)
        journal = "journalctl -u vaguemestre-web -u vaguemestre-front"
        remedy = journal if has_units else "logs/web.log, logs/front.log"
        yield Finding("parties", is_well=False, sentence=str(unknown), remedy=remedy)
        return
    part_findings = [
        verdicts.judge_part(
            name,
            part["status"],
            part.get("detail", ""),
            has_units=has_units,
            database=database_advice(config),
        )
        for name, part in parts.items()
    ]
    yield from (finding for finding in part_findings if not finding.is_well)
    if all(finding.is_well for finding in part_findings):
        yield Finding("parties", is_well=True, sentence="toutes répondent")


def _ports(config: Config, now: datetime) -> Iterator[Finding]:
    for address in config.listen_addresses:
        for port in wanted_ports(config):
            yield verdicts.judge_port(port, address, _refusal(_LOCAL.get(address, address), port))


def _refusal(address: str, port: int) -> str:
    try:
        with socket.create_connection((address, port), _PATIENCE):
            return ""
    except OSError as error:
        return os_error_fr(error)


def _machine(config: Config, now: datetime) -> Iterator[Finding]:
    usage = shutil.disk_usage(config.home)
    yield verdicts.judge_disk(usage.free, usage.total)
    memory = dict(
        line.split(":", 1) for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    )
    available, total = (int(memory[key].split()[0]) for key in ("MemAvailable", "MemTotal"))
    yield verdicts.judge_memory(available, total)
    clock = subprocess.run(
        ["/usr/bin/timedatectl", "show", "-p", "NTPSynchronized", "--value"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    yield verdicts.judge_clock(clock.stdout.strip() == "yes")


def _waiting_programs(config: Config, now: datetime) -> Iterator[Finding]:
    if dovecot.forwards(config) or not has_processes(config):
        return  # mailboxes live on other machines
    yield verdicts.judge_waiting_programs(int(_INOTIFY_INSTANCES.read_text(encoding="ascii")))


def _certificate(config: Config, now: datetime) -> Iterator[Finding]:
    if shows_pages(config):
        yield from _public_certificate(config, now)
    elif config.served_pod:  # our other machines see it, and nobody else
        yield from _certificate_of_pod(config, now)


def _public_certificate(config: Config, now: datetime) -> Iterator[Finding]:
    try:
        certificate, own_authority = (
            x509.load_pem_x509_certificate(file.read_bytes())
            for file in (public_paths(config).certificate, paths(config).ca)
        )
    except (OSError, ValueError) as error:
        yield Finding("certificat", is_well=False, sentence=_unreadable(error), remedy="relancez bin/install")
        return
    yield verdicts.judge_certificate_end(certificate.not_valid_after_utc, now)
    is_another_awaited = config.tls.is_given and certificate.issuer == own_authority.subject
    if config.tls.certificate and (fault := given_fault(config, now=now)):
        yield verdicts.judge_given_certificate(fault)
    elif config.tls.is_given:
        yield verdicts.judge_certificate_issuer(is_own=is_another_awaited)
    if config.tls.is_given and not is_another_awaited:
        chain = x509.load_pem_x509_certificates(public_paths(config).certificate.read_bytes())
        yield verdicts.judge_certificate_chain(_chain_failure(chain, now))
    if is_demonstration(config):
        yield verdicts.not_demonstrated("certificat, noms")
    elif not is_another_awaited:  # its names are not those that count
        yield verdicts.judge_certificate_names(names_of(certificate), hosts_shown(config))
    yield from _certificates_of_academies(config, now)


def _certificates_of_academies(config: Config, now: datetime) -> Iterator[Finding]:
    for academy in config.academies:
        if academy.certificate:
            content = pair_of(config, academy.domain).certificate.read_bytes()
            own = x509.load_pem_x509_certificate(content)
            yield verdicts.judge_certificate_end(own.not_valid_after_utc, now)
            yield verdicts.judge_certificate_names(names_of(own), hosts_shown(config, academy))


def _unreadable(error: OSError | ValueError) -> str:
    return f"illisible ({os_error_fr(error) if isinstance(error, OSError) else 'ce n’est pas du PEM'})"


def _certificate_of_pod(config: Config, now: datetime) -> Iterator[Finding]:
    try:
        certificate = x509.load_pem_x509_certificate(pod_pair(config).certificate.read_bytes())
    except (OSError, ValueError) as error:
        yield Finding("certificat", is_well=False, sentence=_unreadable(error), remedy="relancez bin/install")
    else:
        yield verdicts.judge_certificate_end(certificate.not_valid_after_utc, now)


def _chain_failure(chain: Sequence[x509.Certificate], now: datetime) -> str:
    """Why no authority that this machine trusts signs the first one, through the others; empty if one does.

    By the rules of the web (cryptography.x509.verification), under a name of its own.
    """
    host = min(names_of(chain[0]), key=lambda name: "*" in name, default="")
    try:
        policy = PolicyBuilder().store(Store(list(trusted_authorities()))).time(now)
        policy.build_server_verifier(x509.DNSName(host.replace("*", "essai"))).verify(
            chain[0], list(chain[1:])
        )
    except (VerificationError, ValueError) as error:
        return str(error)
    return ""


def _postmaster(config: Config, now: datetime) -> Iterator[Finding]:
    if config.mail.outgoing.leaves and shows_pages(config):
        address = config.mail.postmaster
        has_box = bool(address) and has_mailbox(config, address)
        yield verdicts.judge_postmaster(address, has_mailbox=has_box, has_units=is_under_systemd(config))


def _backup(config: Config, now: datetime) -> Iterator[Finding]:
    if not has_processes(config) or waits(config):
        return  # no mail to copy
    backup = config.backup
    yield verdicts.judge_backup(
        _last_backup(config), now, backup.late_after,
        is_planned=bool(backup.repository), has_units=is_under_systemd(config),
    )  # fmt: skip


def _last_backup(config: Config) -> datetime | None:
    """When the last whole backup was made, by the note it leaves in the home; None without one."""
    try:
        note = json.loads((config.home / LAST_BACKUP).read_text(encoding="utf-8"))
        return datetime.fromisoformat(note["made_at"]).astimezone(UTC)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _zone(config: Config, now: datetime) -> Iterator[Finding]:
    """The records of the domain. The rooms know them, so Django is set up, for this check alone."""
    if not shows_pages(config):
        return
    if is_demonstration(config):
        yield verdicts.not_demonstrated("DNS")
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.site.settings")
    importlib.import_module("django").setup()
    yield from importlib.import_module(_ZONE).findings(config)


CHECKS: tuple[Check, ...] = (
    _units, _parts, _ports, _machine, _waiting_programs, _certificate, _postmaster, _backup, _zone,
)  # fmt: skip
