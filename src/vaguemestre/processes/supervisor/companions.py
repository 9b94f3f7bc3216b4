"""The processes beside Postfix where mail really leaves, but for the signer; what the filter remembers."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from vaguemestre.engines.outgoing import mta_sts, srs
from vaguemestre.engines.outgoing.outgoing_services import (
    dane_socket,
    follows_policies,
    policy_socket,
    rewrites_senders,
)
from vaguemestre.engines.postfix.outgoing import are_local, name_servers
from vaguemestre.processes.supervisor.plan import Ask, Child, Question
from vaguemestre.site.config import Config


def companions(config: Config, python: str) -> Iterator[Child]:
    """Those that this instance has."""
    if rewrites_senders(config):
        yield sender_rewriter(config, python, srs.arguments(config))
    if follows_policies(config):
        yield policy_daemon(mta_sts.command(config), policy_socket(config))
        if are_local(name_servers()):
            yield dane_policy(python, dane_socket(config))


def prepare(config: Config) -> None:
    """Write what they read. Needs root."""
    if follows_policies(config):
        mta_sts.prepare(config)


def sender_rewriter(config: Config, python: str, argv: Sequence[str]) -> Child:
    """postsrsd (SRS). While it is away, mail that filters send on to other domains waits in the queue."""
    ports = config.ports
    return Child(
        "postsrsd",
        (python, "-m", "vaguemestre.processes.postfix.postsrsd", *argv),
        (Question(Ask.GREETING, ports.srs_forward), Question(Ask.GREETING, ports.srs_reverse)),
    )


def policy_daemon(argv: Sequence[str], socket: Path) -> Child:
    """What knows the TLS policies of others (MTA-STS). While it is away, mail for other domains waits."""
    return Child("mta-sts", tuple(argv), (Question(Ask.SOCKET, socket=socket),), socket=socket)


def dane_policy(python: str, socket: Path) -> Child:
    """What says which domains have DANE. While it is away, mail for other domains waits."""
    argv = (python, "-m", "vaguemestre.processes.postfix.dane_policy", str(socket))
    return Child("dane-policy", argv, (Question(Ask.SOCKET, socket=socket),), socket=socket)


def filter_memory(argv: Sequence[str], socket: Path) -> Child:
    """What the filter remembers (Valkey). While it is away, the filter judges without what it learned."""
    question = Question(Ask.SOCKET, socket=socket)
    return Child("valkey", tuple(argv), (question,), is_optional=True, socket=socket)
