"""Postfix's configuration: rendered from the instance's, checked, owned by Postfix's user."""

import pwd
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from vaguemestre.engines.config_templates import CheckedFiles, render, write
from vaguemestre.engines.home_alias import (
    arrivals_socket,
    engine_path,
    lmtp_socket,
    open_home,
    signer_socket,
    sockets,
)
from vaguemestre.engines.instance import Instance, has_filter
from vaguemestre.engines.outgoing.outgoing_services import rewrites_senders
from vaguemestre.engines.outgoing.report_door import greeting, has_door, report_sender
from vaguemestre.engines.postfix import maps, outgoing, timeouts
from vaguemestre.engines.system_users import POSTFIX_USER, set_owner
from vaguemestre.engines.tls import certificates, certificates_by_name
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr

_HERE = Path(__file__).parent
_TIMEOUT_SECONDS = 3.0
_RUN_SECONDS, _TRIES = 300.0, 2  # of postfix(1): its check walks through the queue
_PROGRAMS = tuple(
    map(Path, ("/usr/sbin/postfix", "/usr/lib/postfix/sbin/master", "/etc/postfix/postfix-files"))
)
_QUEUE_AT_START = "queue_at_start.py"
_START = '"$1" -IS "$2" "$3" "$4"; exec /usr/lib/postfix/sbin/master -s -c "$5"'
REOPEN_SIGNAL = signal.SIGHUP  # as `postfix logrotate` sends: postlogd is started anew


def folder(instance: Instance) -> Path:
    return instance.engines_dir / "postfix"


def configuration_folder(instance: Instance) -> Path:
    return engine_path(instance, folder(instance))


def log_file(instance: Instance) -> Path:
    return instance.logs_dir / "postfix.log"


def gate_socket(instance: Instance) -> Path:
    """The socket of the submission policy (the gate); Postfix's user must be able to open it."""
    return sockets(instance) / "policy" / "milter"


def prepare(instance: Instance) -> None:
    """Write everything Postfix reads, then run `postfix check`, which makes its folders.

    A check that passed is not run again while nothing of what it looks at changed. Needs root and the
    certificates. Raises EngineRefused with Postfix's own words, EngineDown.
    """
    open_home(instance)
    base = folder(instance)
    base.mkdir(parents=True, exist_ok=True)
    base.chmod(0o755)
    for name in ("spool", "lib"):
        (base / name).mkdir(exist_ok=True)
    postfix = pwd.getpwnam(POSTFIX_USER)
    set_owner(base / "lib", postfix.pw_uid, 0, 0o700)
    set_owner(base / "spool", 0, 0, 0o755)
    for socket in (gate_socket(instance), arrivals_socket(instance)):
        socket.parent.mkdir(parents=True, exist_ok=True)
    maps.write_maps(instance, base)
    values = _values(instance)
    for name in ("main.cf", "master.cf", "bounce.cf"):
        write(base / name, render(_HERE, f"{name}.j2", **values))
    write(base / _QUEUE_AT_START, (_HERE / _QUEUE_AT_START).read_text(encoding="utf-8"))
    outgoing.write_credentials(instance, base)
    _write_report_door(instance)
    checked = CheckedFiles(
        base / "checked",
        texts=sorted(base.glob("*.cf")),
        programs=_PROGRAMS,
        parents=(base, base / "spool"),
    )
    if not checked.is_passed():
        _run(instance, "check")
        checked.note_passed()


def use_filter(instance: Instance) -> None:
    """Have a running Postfix ask the filter, installed since it started. Raises EngineRefused, EngineDown."""
    if "\narrival_milters" in (folder(instance) / "main.cf").read_text(encoding="utf-8"):
        return
    prepare(instance)
    _run(instance, "reload")


def command(instance: Instance) -> list[str]:
    """Postfix's master in the foreground; SIGTERM stops it and its children.

    `postfix start-fg` would leave a shell in between, and children running after it. What the queue holds is
    logged first.
    """
    base = folder(instance)
    files = (base / _QUEUE_AT_START, log_file(instance), base / "spool")
    python = str(Path(sys.base_prefix) / "bin" / "python3")
    words = [python, *(str(engine_path(instance, file)) for file in files)]
    return ["/bin/sh", "-c", _START, "postfix", *words, str(configuration_folder(instance))]


def environment(instance: Instance) -> dict[str, str]:
    """The environment master needs besides PATH."""
    return {"MAIL_CONFIG": str(configuration_folder(instance)), "MAIL_LOGTAG": "postfix"}


def is_ready(instance: Instance) -> bool:
    """Whether the MX and both submission doors answer a greeting and a NOOP."""
    host, ports = instance.mail.host, instance.ports
    try:
        for port in (ports.mx, ports.submission):
            with smtplib.SMTP(host, port, timeout=_TIMEOUT_SECONDS) as peer:
                peer.noop()
        return True
    except OSError:
        return False


def _values(instance: Instance) -> dict[str, object]:
    inside, public = certificates.paths(instance), certificates.public_paths(instance)
    base = engine_path(instance, folder(instance))
    return {
        "engine": base,
        "queue": base / "spool",
        "data": base / "lib",
        "logs": engine_path(instance, instance.logs_dir),
        "maps": f"{maps.kind(instance)}:{base}/",
        **_sockets(instance),
        "certificate": engine_path(instance, public.certificate),
        "key": engine_path(instance, public.key),
        "sites": certificates_by_name.named_sites(instance),
        "inside_certificate": engine_path(instance, inside.certificate),
        "inside_key": engine_path(instance, inside.key),
        "sieve_fingerprint": certificates.fingerprint(certificates.injector_paths(instance).certificate),
        "domain": instance.academy.domain,
        "domains": instance.domains,
        "host": instance.mail.host,
        "trusted": [network for network in instance.network.trusted if ":" not in network],
        "addresses": [_bracketed(address) for address in instance.listen_addresses],
        "entry": _bracketed(instance.entry_address),
        "pods_reach": _bracketed(instance.pods_reach),
        "inside_authority": engine_path(instance, inside.ca),
        "usual_ports": instance.has_usual_ports,
        "ports": instance.ports,
        "has_filter": has_filter(instance),
        "forward_outside": instance.mail.forward_outside,
        "postmaster": instance.mail.postmaster.lower(),
        "rewrites_senders": rewrites_senders(instance),
        "message_size_limit": instance.mail.message_size_limit,
        "timeouts": timeouts,
        "block_lists": instance.mail.block_lists,
        "own_domains": _patterns(instance.domains),
        "lent_domains": _patterns(instance.mail.lent_domains),
        "reports": report_sender(instance) if has_door(instance) else "",
        "outgoing": outgoing.delivery(instance, outgoing.name_servers()),
    }


def _patterns(domains: Iterable[str]) -> tuple[str, ...]:
    """Domains as regular expressions."""
    return tuple(domain.replace(".", "[.]") for domain in domains)


def _sockets(instance: Instance) -> dict[str, Path]:
    return {
        "lmtp": lmtp_socket(instance),
        "sasl": sockets(instance) / "auth-sasl",
        "gate": gate_socket(instance),
        "arrivals": arrivals_socket(instance),
        "signer": signer_socket(instance),
    }


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _write_report_door(instance: Instance) -> None:
    """The name by which the door of our reports knows who brings them; no file without that door."""
    file = folder(instance) / "report_door"
    if has_door(instance):
        postfix = pwd.getpwnam(POSTFIX_USER)
        write(file, f"{greeting(instance)} OK\n", mode=0o640, group=postfix.pw_gid)
    else:
        file.unlink(missing_ok=True)


def _run(instance: Instance, verb: str) -> None:
    """Run postfix(1), once more when a busy machine did not let it end in time.

    Raises EngineRefused with its words, EngineDown when it never ended.
    """
    argv = ["postfix", "-c", str(configuration_folder(instance)), verb]
    for left in reversed(range(_TRIES)):
        try:
            ended = subprocess.run(argv, capture_output=True, text=True, timeout=_RUN_SECONDS, check=False)
            break
        except subprocess.TimeoutExpired as error:
            if not left:
                raise EngineDown(f"postfix {verb} : {_TRIES} × {_RUN_SECONDS:.0f} s sans finir") from error
        except OSError as error:
            raise EngineRefused(
                f"postfix ne s’exécute pas : {os_error_fr(error)} ; installez le paquet postfix"
            ) from error
    if ended.returncode:
        raise EngineRefused(
            "postfix refuse sa configuration, faite d’après vaguemestre.toml ; corrigez ce qu’il nomme, puis "
            f"redémarrez : {ended.stderr.strip()[-800:]}"
        )
