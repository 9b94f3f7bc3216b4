"""Helper processes of Postfix on an instance whose mail really leaves, and the memory of the spam filter."""

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
    """The helper processes that this instance needs."""
    if rewrites_senders(config):
        yield sender_rewriter(config, python, srs.arguments(config))
    if follows_policies(config):
        yield policy_daemon(mta_sts.command(config), policy_socket(config))
        if are_local(name_servers()):
            yield dane_policy(python, dane_socket(config))


def prepare(config: Config) -> None:
    """Write the configuration of the helper processes. Needs root."""
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
    """The daemon of MTA-STS policies. While it is away, mail for other domains waits."""
    return Child("mta-sts", tuple(argv), (Question(Ask.SOCKET, socket=socket),), socket=socket)


def dane_policy(python: str, socket: Path) -> Child:
    """The policy service that knows which domains have DANE. While it is away, mail for others waits."""
    argv = (python, "-m", "vaguemestre.processes.postfix.dane_policy", str(socket))
    return Child("dane-policy", argv, (Question(Ask.SOCKET, socket=socket),), socket=socket)


def filter_memory(argv: Sequence[str], socket: Path) -> Child:
    """Valkey, the memory of the spam filter, which works without what it learned while Valkey is away."""
    question = Question(Ask.SOCKET, socket=socket)
    return Child("valkey", tuple(argv), (question,), is_optional=True, socket=socket)
