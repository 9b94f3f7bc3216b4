"""Dovecot's configuration: rendered from the instance's, scripts compiled, checked."""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from joserfc.jwk import ECKey

from vaguemestre.desks.removals.values import REMOVED_COPIES
from vaguemestre.engines.config_templates import CheckedFiles, render, write
from vaguemestre.engines.database.database_login import postgres_reader
from vaguemestre.engines.dovecot import files, places
from vaguemestre.engines.dovecot.doveadm_server import COMMANDS, POD_COMMANDS
from vaguemestre.engines.dovecot.homes import HOUSE_SCRIPT
from vaguemestre.engines.dovecot.mailbox_files import files_configuration
from vaguemestre.engines.dovecot.readiness import greets_imap, greets_lmtp, listens
from vaguemestre.engines.home_alias import engine_home, engine_path, open_home, sockets
from vaguemestre.engines.instance import OUTSIDE, Instance
from vaguemestre.engines.system_users import MAIL_USER, set_owner, system_user
from vaguemestre.engines.tls import certificates, certificates_by_name
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.post.mailstore.values import DELETED_MESSAGES, MAX_FOLDER_LEVELS, MAX_FOLDER_PATH, QUARANTINE

_HERE = Path(__file__).parent
_PLUGINS = Path("/usr/lib/dovecot/modules")
_BEFORE = ("05-once", "08-quarantine", "09-private", "10-junk")  # in that order, before personal scripts
_SIEVEC = Path("/usr/bin/sievec")
_KEYS_OF = "webmail"  # the `azp` of our mail tokens, a folder of keys for Dovecot
_FINISH_MOVES, _MAILBOX_FILES = "unfinished_moves.py", "mailbox-files.conf"
# Not while another Dovecot runs. The file of its number outlives a cut, and the number may be our own then.
_START = (
    'if ! { read -r pid <"$1" && [ "$pid" != "$$" ] && read -r name <"/proc/$pid/comm" '
    '&& [ "$name" = dovecot ] && grep -qF -e "$2" "/proc/$pid/cmdline"; } 2>/dev/null; '
    'then "$3" -IS "$4" "$5" "$6" "$7" "$1"; rm -f "$1"; fi; exec /usr/sbin/dovecot -F -c "$2"'
)
REOPEN_SIGNAL = signal.SIGUSR1  # as `doveadm log reopen` sends
MAX_FOLDERS = 1000  # of a mailbox: a list of folders is read at each opening
MAX_DELETED = 3000  # deleted messages kept for a mailbox: the oldest go first
_MIN_INDEXERS, _MAX_INDEXERS = 4, 10


def folder(instance: Instance) -> Path:
    return instance.engines_dir / "dovecot"


def configuration_file(instance: Instance) -> Path:
    return engine_path(instance, folder(instance) / "dovecot.conf")


def log_file(instance: Instance) -> Path:
    return instance.logs_dir / "dovecot.log"


def key_id(public_or_private_pem: bytes) -> str:
    """The `kid` under which Dovecot knows a token key: its thumbprint (RFC 7638)."""
    return str(ECKey.import_key(public_or_private_pem).thumbprint())


def prepare(instance: Instance) -> None:
    """Write everything Dovecot reads and check it. Needs root, the certificates and the secrets.

    Raises EngineRefused with Dovecot's own words.
    """
    open_home(instance)
    user = system_user()
    base = folder(instance)
    base.mkdir(parents=True, exist_ok=True)
    base.chmod(0o755)
    (mail := instance.home / "mail").mkdir(exist_ok=True)
    if not instance.is_pod_shared:  # else nobody writes there while nothing is mounted
        set_owner(mail, user.pw_uid, user.pw_gid, 0o700)
    _publish_token_key(instance)
    _write_push(instance, user.pw_gid)
    _write_throttle(instance, user.pw_gid)
    _write_sieve_and_virtual(base, instance.academy.domain.lower())
    if instance.served_pod:
        _link_plugins(base / "plugins")
    write(base / "sieve.conf", render(_HERE, "sieve.conf.j2"))
    write(base / _FINISH_MOVES, (_HERE / "copies" / _FINISH_MOVES).read_text(encoding="utf-8"))
    limits = {"levels": MAX_FOLDER_LEVELS, "path": MAX_FOLDER_PATH}
    write(base / "folder-rights", render(_HERE, "folder-rights.j2", **limits))
    mailbox_files = files_configuration(engine_home(instance) / "mail", engine_path(instance, base))
    write(base / _MAILBOX_FILES, mailbox_files)
    text = proxy_text(instance) if forwards(instance) else _rendered(instance)
    write(base / "dovecot.conf", text, mode=0o600)
    _run(["doveconf", "-n", "-c", str(configuration_file(instance))], "doveconf")
    if not forwards(instance):
        _compile_sieve(instance)


def command(instance: Instance) -> list[str]:
    """Dovecot in the foreground: SIGTERM stops it and all its children.

    After a power cut its file of the master's number is still there. Another process may have that number by
    then, and Dovecot would refuse to start for as long as that process lives. What was moving between
    two folders is finished before anybody can ask for it again.
    """
    base = folder(instance)
    files = (base / _FINISH_MOVES, log_file(instance), base / _MAILBOX_FILES, instance.home / "mail")
    return ["/bin/sh", "-c", _START, "dovecot", str(sockets(instance) / "master.pid"),
            str(configuration_file(instance)), str(Path(sys.base_prefix) / "bin" / "python3"),
            *(str(engine_path(instance, file)) for file in files)]  # fmt: skip


def is_ready(instance: Instance) -> bool:
    """Whether IMAP and LMTP greet a client."""
    takes = listens if instance.topology.pods else greets_imap
    return takes(instance) and greets_lmtp(instance)


def forwards(instance: Instance) -> bool:
    """Whether this Dovecot keeps no mail, and hands everything over to the pods."""
    return bool(instance.topology.pods) and not instance.served_pod


def reads_files_by_agent(instance: Instance) -> bool:
    """Whether attachments are read in a unit of their own, so that Dovecot's may not make namespaces."""
    return instance.has_usual_ports and not forwards(instance)


def proxy_text(instance: Instance) -> str:
    return render(
        _HERE,
        "proxy.conf.j2",
        **_everywhere(instance),
        forwards=partial(places.forwarding_fields, instance),
    )


def _link_plugins(place: Path) -> None:
    """The plugins of mail storage, and the one of doveadm by which scripts go along with a mailbox.

    Where it is, Dovecot looks for it only with `sieve`, which doveadm's server refuses (2.4.1).
    """
    place.mkdir(exist_ok=True)
    for plugin in (*_PLUGINS.glob("*.so"), *_PLUGINS.glob("doveadm/*_doveadm_sieve_plugin.so")):
        link = place / plugin.name
        if not link.is_symlink():
            link.symlink_to(plugin)


def _rendered(instance: Instance) -> str:
    mail = instance.mail
    by_agent = reads_files_by_agent(instance)
    has_files = (
        mail.full_text_search
        and mail.file_search
        and files.prepare(folder(instance) / "files", by_agent=by_agent)
    )
    return render(
        _HERE,
        "dovecot.conf.j2",
        **_everywhere(instance),
        forwards=None,
        pod=places.served_pod(instance),
        doveadm_password=(instance.secrets_dir / "doveadm_key").read_text().strip(),
        mail=engine_home(instance) / "mail",
        house_script=HOUSE_SCRIPT,
        host=instance.mail.host,
        usual_ports=instance.has_usual_ports,
        domains=instance.domains,
        outside=OUTSIDE,
        quota_mb=instance.mail.quota_mb,
        **_folders_apart(instance),
        full_text_search=mail.full_text_search,
        file_search=has_files,
        file_user=files.USER,
        file_agent=files.socket_path(instance) if by_agent else "-",
        indexers=min(max(_MIN_INDEXERS, os.cpu_count() or 1), _MAX_INDEXERS),
        doveadm_commands=(*COMMANDS, *(POD_COMMANDS if instance.served_pod else ())),
    )


def _everywhere(instance: Instance) -> dict[str, object]:
    """What every Dovecot of the installation is told."""
    user = system_user()
    return {
        "run": sockets(instance),
        "engine": engine_path(instance, folder(instance)),
        "logs": engine_path(instance, instance.logs_dir),
        "projection": engine_path(instance, instance.projection_path),
        **_certificate_paths(instance),
        "sites": [] if instance.served_pod else certificates_by_name.named_sites(instance),
        "instance_name": f"vaguemestre-{instance.port_base}",  # tells instances apart in the process list
        "addresses": instance.listen_addresses,
        "trusted": instance.network.trusted,
        "entry": instance.entry_address,
        "entries": instance.entries,
        "ports": instance.ports,
        "domain": instance.academy.domain,
        "issuer": instance.public_url,
        "mail_user": MAIL_USER,
        "mail_uid": user.pw_uid,
        "mail_gid": user.pw_gid,
        "postgresql": postgres_reader(instance) if _on_postgresql(instance) else None,
        "sql_now": "extract(epoch FROM now())" if _on_postgresql(instance) else "unixepoch()",
    }


def _folders_apart(instance: Instance) -> dict[str, str | int]:
    """Folders that no list shows: deleted messages, removed copies, quarantine."""
    return {
        "deleted_messages": DELETED_MESSAGES,
        "deleted_days": instance.mail.deleted_days,
        "deleted_count": MAX_DELETED,
        "max_folders": MAX_FOLDERS,
        "removed_copies": REMOVED_COPIES,
        "quarantine": QUARANTINE,
    }


def _certificate_paths(instance: Instance) -> dict[str, Path]:
    public, sieve = certificates.public_paths(instance), certificates.injector_paths(instance)
    if instance.served_pod:
        public = certificates.pod_pair(instance)
    return {
        "certificate": engine_path(instance, public.certificate),
        "key": engine_path(instance, public.key),
        "ca": engine_path(instance, certificates.paths(instance).ca),
        "sieve_certificate": engine_path(instance, sieve.certificate),
        "sieve_key": engine_path(instance, sieve.key),
    }


def _on_postgresql(instance: Instance) -> bool:
    return instance.database.engine == "postgresql"


def _publish_token_key(instance: Instance) -> None:
    private = (instance.secrets_dir / "token_key.pem").read_bytes()
    key = serialization.load_pem_private_key(private, password=None)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    keys = folder(instance) / "keys"
    file = keys / _KEYS_OF / "ES256" / key_id(private)
    write(file, public.decode())
    for step in (keys, keys / _KEYS_OF, file.parent):
        step.chmod(0o755)
    for former in file.parent.iterdir():  # after: a running Dovecot looks a key up at each sign-in
        if former != file:
            former.unlink()


def _write_push(instance: Instance, group: int) -> None:
    text = render(
        _HERE,
        "push.lua.j2",
        push_port=instance.ports.push,
        notify_key=(instance.secrets_dir / "notify_key").read_text().strip(),
    )
    write(folder(instance) / "push.lua", text, mode=0o640, group=group)


def _write_throttle(instance: Instance, group: int) -> None:
    """Write one file per stage: a passdb passes its script nothing that tells which one it is."""
    key = (instance.secrets_dir / "throttle_key").read_text().strip()
    for stage in ("ask", "failed", "entered"):
        text = render(_HERE, "sign_in.lua.j2", push_port=instance.ports.push, throttle_key=key, stage=stage)
        write(folder(instance) / f"throttle-{stage}.lua", text, mode=0o640, group=group)


def _write_sieve_and_virtual(base: Path, domain: str) -> None:
    for name in (*(f"before/{script}.sieve" for script in _BEFORE), "virtual/All/dovecot-virtual"):
        write(base / name, render(_HERE, name, domain=domain, quarantine=QUARANTINE))
    for step in (base / "before", base / "virtual", base / "virtual" / "All"):
        step.chmod(0o755)


def _compile_sieve(instance: Instance) -> None:
    """Compile the scripts, unless these were compiled with this configuration before."""
    base = folder(instance)
    scripts = [base / "before" / f"{name}.sieve" for name in _BEFORE]
    texts = (base / "dovecot.conf", base / "sieve.conf", *scripts)
    programs = (_SIEVEC, *(script.with_suffix(".svbin") for script in scripts))
    compiled = CheckedFiles(base / "compiled", texts=texts, programs=programs)
    if compiled.is_passed():
        return
    for script in scripts:
        words = ("-c", str(configuration_file(instance)), str(engine_path(instance, script)))
        _run([_SIEVEC.name, *words], "sievec")
        script.with_suffix(".svbin").chmod(0o644)
    compiled.note_passed()


def _run(argv: list[str], name: str) -> None:
    try:
        ended = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    except OSError as error:
        raise EngineRefused(f"{name} ne s’exécute pas, installez-le : {os_error_fr(error)}") from error
    except subprocess.TimeoutExpired as error:
        raise EngineRefused(f"{name} n’a pas fini en {error.timeout:.0f} s : recommencez") from error
    if ended.returncode:
        raise EngineRefused(f"{name}, corrigez vaguemestre.toml : {ended.stderr.strip()[-800:]}")
