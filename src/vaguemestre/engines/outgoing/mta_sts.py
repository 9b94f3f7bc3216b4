"""MTA-STS policies of other domains (RFC 8461), by Debian's postfix-mta-sts-resolver: how it is started."""

import json
import pwd

from vaguemestre.engines.config_templates import write
from vaguemestre.engines.home_alias import engine_path, open_home
from vaguemestre.engines.instance import Instance
from vaguemestre.engines.outgoing.outgoing_services import POLICY_DAEMON, policy_socket
from vaguemestre.engines.outgoing.report_door import tls_results_socket
from vaguemestre.engines.system_users import set_owner

USER = "vaguemestre-sts"
_FETCH_SECONDS = 8  # for a domain's record, and for its policy: a delivery waits for them
_DAY_SECONDS = 86_400


def prepare(instance: Instance) -> None:
    """Write what the daemon reads, and give it the folder of its policies. Needs root and its user."""
    open_home(instance)
    user = pwd.getpwnam(USER)
    base = instance.engines_dir / "mta-sts"
    policies = base / "db"
    policies.mkdir(parents=True, exist_ok=True)
    base.chmod(0o755)
    set_owner(policies, user.pw_uid, user.pw_gid, 0o700)
    write(base / "daemon.yml", configuration(instance))


def command(instance: Instance) -> tuple[str, ...]:
    """The daemon in the foreground: SIGTERM stops it."""
    file = engine_path(instance, instance.engines_dir / "mta-sts" / "daemon.yml")
    return (str(POLICY_DAEMON), "-c", str(file), "-v", "warn")


def configuration(instance: Instance) -> str:
    """Configuration of the MTA-STS daemon (mta-sts-daemon.yml(5)), in JSON, which is YAML.

    A policy outlives its web server for `max_age` (RFC 8461 §3.3), so those known are asked for again daily.
    """
    cache = engine_path(instance, instance.engines_dir / "mta-sts" / "db" / "policies.sqlite")
    zone = {
        "strict_testing": False,  # a domain in mode « testing » asks for reports, not for refusals
        "timeout": _FETCH_SECONDS,
        "require_sni": True,
        "tlsrpt": bool(tls_results_socket(instance).name),
    }
    settings = {
        "path": str(policy_socket(instance)),
        "mode": 0o660,
        "shutdown_timeout": 1,  # Postfix keeps its connections
        "cache": {"type": "sqlite", "options": {"filename": str(cache), "threads": 2, "timeout": 5}},
        "proactive_policy_fetching": {"enabled": True, "interval": _DAY_SECONDS},
        "default_zone": zone,
    }
    return json.dumps(settings, indent=2) + "\n"
