"""Helper processes of Postfix: of what arrives, of what really leaves; and the memory of the spam filter."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from vaguemestre.engines.home_alias import engine_path
from vaguemestre.engines.outgoing import mta_sts, srs
from vaguemestre.engines.outgoing.outgoing_services import (
    dane_socket,
    follows_policies,
    policy_socket,
    rewrites_senders,
)
from vaguemestre.engines.outgoing.report_door import (
    organisation,
    report_sender,
    reports_tls,
    sends_reports,
    tls_results_socket,
)
from vaguemestre.engines.postfix.outgoing import are_local, name_servers
from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.engines.system_users import set_owner, system_user
from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.supervisor.plan import Ask, Child, Question
from vaguemestre.site.config import Config


def companions(config: Config, python: str) -> Iterator[Child]:
    """The helper processes that this instance needs for what leaves."""
    if rewrites_senders(config):
        yield sender_rewriter(config, python, srs.arguments(config))
    if follows_policies(config):
        yield policy_daemon(mta_sts.command(config), policy_socket(config))
        if are_local(name_servers()):
            yield dane_policy(python, dane_socket(config))
    if sends_reports(config):
        yield dmarc_reports(config, python)
    if reports_tls(config):
        yield tls_reports(config, python)


def prepare(config: Config) -> None:
    """Write the configuration of the helper processes. Needs root."""
    if follows_policies(config):
        mta_sts.prepare(config)
    if reports_tls(config):
        folder, user = config.engines_dir / "tls-reports", system_user(DUTIES["tls-reports"].user)
        folder.mkdir(exist_ok=True)
        set_owner(folder, user.pw_uid, user.pw_gid, 0o700)


def arrivals(config: Config, python: str, socket: Path) -> Child:
    """What counts the parts of mail that arrives. While it is away, mail goes on uncounted."""
    heartbeat = str(config.run_dir / "arrivals.heartbeat")
    limit = str(config.mail.message_parts_limit)
    argv = (python, "-m", "vaguemestre.processes.postfix.arrivals", str(socket), heartbeat, limit)
    return Child("arrivals", argv, (Question(Ask.HEARTBEAT, expect=heartbeat),), is_spare=True)


def sender_rewriter(config: Config, python: str, argv: Sequence[str]) -> Child:
    """postsrsd (SRS). While it is away, mail that filters send on to other domains waits in the queue."""
    ports = config.ports
    return Child(
        "postsrsd",
        (python, "-m", "vaguemestre.processes.postfix.postsrsd", *argv),
        (Question(Ask.GREETING, ports.srs_forward), Question(Ask.GREETING, ports.srs_reverse)),
    )


def policy_daemon(argv: Sequence[str], socket: Path) -> Child:
    """The daemon of MTA-STS policies. While it is away, mail for other domains waits."""
    return Child("mta-sts", tuple(argv), (Question(Ask.SOCKET, socket=socket),), socket=socket)


def dane_policy(python: str, socket: Path) -> Child:
    """The policy service that knows which domains have DANE. While it is away, mail for others waits."""
    argv = (python, "-m", "vaguemestre.processes.postfix.dane_policy", str(socket))
    return Child("dane-policy", argv, (Question(Ask.SOCKET, socket=socket),), socket=socket)


def dmarc_reports(config: Config, python: str) -> Child:
    """What tells others, once a day, what came in their name. Without it they are told nothing."""
    heartbeat = config.run_dir / "dmarc-reports.heartbeat"
    folder = engine_path(config, rspamd.folder(config))
    argv = (
        python, "-m", "vaguemestre.processes.dmarc_reports",
        str(folder / "rspamd.conf"), str(config.ports.reports), str(heartbeat),
    )  # fmt: skip
    question = Question(Ask.HEARTBEAT, expect=str(heartbeat))
    return Child("dmarc-reports", argv, (question,), is_optional=True, is_spare=True)


def tls_reports(config: Config, python: str) -> Child:
    """What counts the TLS of deliveries and tells others. Without it Postfix goes on, and nobody is told."""
    heartbeat = config.run_dir / "tls-reports.heartbeat"
    folder = engine_path(config, config.engines_dir / "tls-reports")
    argv = (
        python, "-m", "vaguemestre.processes.postfix.tls_reports", str(tls_results_socket(config)),
        str(folder), str(config.ports.reports), str(heartbeat), organisation(config), report_sender(config),
    )  # fmt: skip
    question = Question(Ask.HEARTBEAT, expect=str(heartbeat))
    return Child("tls-reports", argv, (question,), is_optional=True, is_spare=True)


def filter_memory(argv: Sequence[str], socket: Path) -> Child:
    """Valkey, the memory of the spam filter, which works without what it learned while Valkey is away."""
    question = Question(Ask.SOCKET, socket=socket)
    return Child("valkey", tuple(argv), (question,), is_optional=True, socket=socket)
