"""A certificate asked of an authority (ACME, RFC 8555) by certbot, whose own timer renews it. As root."""

import contextlib
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from vaguemestre.engines.tls.certificates import LINEAGE, check_pair, covers, given_paths, names_of
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.processes.production.machine.commands import StepFailed, are_active, run
from vaguemestre.processes.production.machine.hosts import hosts_asked
from vaguemestre.processes.production.units.units import CERTIFICATES
from vaguemestre.site.config import Config

_TIMER = "certbot.timer"
_LOG = Path("/var/log/letsencrypt/letsencrypt.log")
_RENEWAL = Path("/etc/letsencrypt/renewal") / f"{LINEAGE}.conf"
_SAID = re.compile(r"^\s*Detail: (.+)$|:ERROR:certbot[\w.]*:(.+)$", re.M)
_KEPT = re.compile(r"^(\w+) = (.*)$", re.M)
_TAKE_OVER = f"{CERTIFICATES}.service"


def is_made(config: Config) -> bool:
    """Whether the authority's certificate is there with every name, and its renewal is planned as asked."""
    given = given_paths(config)
    with contextlib.suppress(OSError, EngineRefused):
        content = given.certificate.read_bytes(), given.key.read_bytes()
        names = names_of(check_pair(*content, now=datetime.now(UTC)))
        has_names = all(covers(names, host) for host in hosts_asked(config))
        return has_names and are_active(_TIMER) and is_renewed_as_asked(config, _renewal())
    return False


def _renewal() -> str:
    """What certbot keeps of how it asked. Empty without."""
    return _RENEWAL.read_text(encoding="utf-8") if _RENEWAL.exists() else ""


def is_renewed_as_asked(config: Config, renewal: str) -> bool:
    """Whether certbot will ask the configured authority, with the configured proof. `renewal`: its file."""
    options = dict(_KEPT.findall(renewal))
    tls = config.tls
    by_hook = tls.acme == "dns"
    return (
        options.get("authenticator") == ("manual" if by_hook else "standalone")
        and (not tls.acme_directory or options.get("server") == tls.acme_directory)
        and (not by_hook or tls.acme_hook in options.get("manual_auth_hook", ""))
    )


def make(config: Config) -> None:
    """Ask for it, show it, plan its renewal. Raises StepFailed with what to look at."""
    renewal = _renewal()
    try:
        run(("certbot", *arguments(config, anew=bool(renewal) and not is_renewed_as_asked(config, renewal))))
    except StepFailed as error:
        reason = reason_in(_LOG.read_text(encoding="utf-8") if _LOG.exists() else "") or str(error)
        raise StepFailed(
            f"l’autorité n’a pas donné de certificat : {reason} (journal : {_LOG}). "
            "Les noms demandés doivent mener à cette machine (« vaguemestre dns --check »). "
            "Le site sert en attendant avec son propre certificat."
        ) from error
    run(("systemctl", "start", _TAKE_OVER))
    run(("systemctl", "enable", "--now", "--quiet", _TIMER))


def reason_in(log: str) -> str:
    """What certbot's log says last of a failure: the authority's own words, else certbot's. Empty without."""
    matches = list(_SAID.finditer(log))
    details, errors = ([match[group].strip() for match in matches if match[group]] for group in (1, 2))
    reason = (details or errors or [""])[-1]
    if "NameResolutionError" in reason:
        return (
            "le résolveur de cette machine ne trouve pas l’autorité ; s’il ne peut interroger l’Internet, "
            "écrivez dans [network] « forwarders » les serveurs DNS de votre réseau"
        )
    return reason


def arguments(config: Config, *, anew: bool = False) -> tuple[str, ...]:
    """What certbot is told; it keeps it for each renewal (certbot(1)).

    `anew`: even if the certificate is good, since only then does certbot keep another authority or proof.
    """
    tls = config.tls
    return (
        "certonly", "--non-interactive", "--agree-tos", "--expand",
        "--force-renewal" if anew else "--keep-until-expiring",
        "--cert-name", LINEAGE, "--key-type", "ecdsa",
        "--reuse-key",  # the key's digest is published (DANE): another key would need another record first
        "--deploy-hook", f"systemctl start {_TAKE_OVER}",
        *_proof(config),
        *(("--email", tls.acme_contact) if tls.acme_contact else ("--register-unsafely-without-email",)),
        *(("--server", tls.acme_directory) if tls.acme_directory else ()),
        *(word for host in hosts_asked(config) for word in ("-d", host)),
    )  # fmt: skip


def _proof(config: Config) -> Iterator[str]:
    """How the names are proved to be ours: what nginx forwards from port 80, or a program of the zone."""
    if config.tls.acme == "dns":
        hook = shlex.quote(config.tls.acme_hook)  # certbot gives it to a shell
        yield from ("--manual", "--preferred-challenges", "dns")
        yield from ("--manual-auth-hook", f"{hook} present", "--manual-cleanup-hook", f"{hook} cleanup")
    else:
        yield from ("--standalone", "--preferred-challenges", "http")
        yield from ("--http-01-address", "127.0.0.1", "--http-01-port", str(config.ports.acme))
