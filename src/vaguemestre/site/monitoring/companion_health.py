"""Health of our agents, of the programs beside Postfix and the filter, and of what they ask outside."""

import socket
from collections.abc import Iterator

from vaguemestre.engines.instance import has_filter
from vaguemestre.engines.outgoing.outgoing_services import follows_policies, rewrites_senders
from vaguemestre.engines.outgoing.srs import SenderRewriter
from vaguemestre.engines.postfix.outgoing import are_local, name_servers
from vaguemestre.engines.postfix.queue_agent import silent_companions
from vaguemestre.engines.remote.resolver import ResolverState, resolver_state
from vaguemestre.engines.valkey import configuration as valkey
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.site.config import Config
from vaguemestre.site.monitoring.check import Check
from vaguemestre.site.monitoring.probes import engine_words

_PATIENCE = 1.0  # seconds
_PROBE = "essai@exemple.invalid"  # of an address that is made and not used
_SILENT = "pas de réponse"
# Mail goes on: its parts are not counted; quotas, scripts and removals wait; nobody activates an account; no
# process of the filter is replaced; the filter forgot what it knew.
_OPTIONAL = ("arrivals", "mail-agent", "numen-agent", "rspamd", "valkey")
_TLS_PORT = 465  # nothing is said there before TLS


def companion_checks(config: Config) -> dict[str, Check]:
    """The state of those that this instance has, by name."""
    companions = _by_the_agent(config)
    outgoing = config.mail.outgoing
    if rewrites_senders(config):
        companions["postsrsd"] = _sender_rewriter(config)
    if outgoing.mode == "direct":
        companions["resolver"] = _resolver()
    if outgoing.mode == "relay":
        companions["relay"] = _relay(outgoing.relay_host.strip("[]"), outgoing.relay_port)
    return companions


def _wanted(config: Config) -> Iterator[str]:
    """The programs whose sockets few users may open."""
    yield from ("arrivals", "mail-agent", "token-agent", "numen-agent")
    if config.mail.outgoing.leaves:
        yield "signer"
    if follows_policies(config):
        yield "mta-sts"
        if are_local(name_servers()):
            yield "dane-policy"
    if has_filter(config):
        yield "rspamd"
    if valkey.is_wanted(config):
        yield "valkey"


def _by_the_agent(config: Config) -> dict[str, Check]:
    """Checks made through the agent; none of the others while the agent itself is away."""
    names, silent = tuple(_wanted(config)), list[str]()
    agent = Check(ok=True)
    try:
        silent = silent_companions(config, names)
    except EngineRefused:  # an older one, for the time of an upgrade
        pass
    except EngineDown:
        agent = _check(is_well=False, is_needed=False)
    return {
        "queue-agent": agent,
        **{name: _check(is_well=name not in silent, is_needed=name not in _OPTIONAL) for name in names},
    }


def _check(*, is_well: bool, is_needed: bool) -> Check:
    """What is needed keeps mail from leaving while it is away; what is not costs it something."""
    words = "" if is_well else _SILENT
    return Check(ok=is_well or not is_needed, words=words, is_warning=not is_well and not is_needed)


def _sender_rewriter(config: Config) -> Check:
    """While it is away, what filters send on to other domains waits."""
    try:
        SenderRewriter(config.ports.srs_forward, _PATIENCE)(_PROBE)
    except EngineDown as error:
        return Check(ok=True, words=engine_words(error), is_warning=True)
    return Check(ok=True)


def _resolver() -> Check:
    """Check the resolver: without it mail waits; without DNSSEC it leaves without DANE."""
    servers = name_servers()
    state = resolver_state(servers)
    if state is ResolverState.SILENT:
        return Check(ok=True, words=_SILENT, is_warning=True)
    is_lax = are_local(servers) and state is not ResolverState.VALIDATES
    return Check(ok=True, words="ne vérifie rien (DNSSEC)" if is_lax else "", is_warning=is_lax)


def _relay(host: str, port: int) -> Check:
    """While it takes no connection, everything for other domains waits."""
    try:
        with socket.create_connection((host, port), _PATIENCE) as peer:
            is_well = port == _TLS_PORT or peer.recv(64).startswith(b"220")
    except OSError:
        is_well = False
    return _check(is_well=is_well, is_needed=False)
