"""Health of the programs beside Postfix and the filter, and of the resolver that they ask."""

from collections.abc import Iterator

from vaguemestre.engines.outgoing.outgoing_services import follows_policies, rewrites_senders
from vaguemestre.engines.outgoing.srs import SenderRewriter
from vaguemestre.engines.postfix.outgoing import are_local, name_servers
from vaguemestre.engines.postfix.queue_agent import silent_companions
from vaguemestre.engines.remote.resolver import ResolverState, resolver_state
from vaguemestre.engines.valkey import configuration as valkey
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.site.config import Config
from vaguemestre.site.monitoring.check import Check

_PATIENCE = 1.0  # seconds
_PROBE = "essai@exemple.invalid"  # of an address that is made and not used
_SILENT = "no answer"
_OPTIONAL = ("valkey",)  # the filter judges without what it learned


def companion_checks(config: Config) -> dict[str, Check]:
    """The state of those that this instance has, by name."""
    found = _by_the_agent(config)
    if rewrites_senders(config):
        found["postsrsd"] = _sender_rewriter(config)
    if config.mail.outgoing.mode == "direct":
        found["resolver"] = _resolver()
    return found


def _wanted(config: Config) -> Iterator[str]:
    """Those whose sockets belong to them and to Postfix, or to the filter."""
    if config.mail.outgoing.leaves:
        yield "signer"
    if follows_policies(config):
        yield "mta-sts"
        if are_local(name_servers()):
            yield "dane-policy"
    if valkey.is_wanted(config):
        yield "valkey"


def _by_the_agent(config: Config) -> dict[str, Check]:
    """Nothing is said of them while the agent itself is away: an alarm of its own says so."""
    names = tuple(_wanted(config))
    if not names:
        return {}
    try:
        silent = silent_companions(config, names)
    except (EngineDown, EngineRefused):
        silent = []
    return {name: _check(is_well=name not in silent, is_needed=name not in _OPTIONAL) for name in names}


def _check(*, is_well: bool, is_needed: bool) -> Check:
    """What is needed keeps mail from leaving while it is away; what is not costs it something."""
    words = "" if is_well else _SILENT
    return Check(ok=is_well or not is_needed, words=words, is_warning=not is_well and not is_needed)


def _sender_rewriter(config: Config) -> Check:
    """While it is away, what filters send on to other domains waits."""
    try:
        SenderRewriter(config.ports.srs_forward, _PATIENCE)(_PROBE)
    except EngineDown as error:
        return Check(ok=True, words=str(error), is_warning=True)
    return Check(ok=True)


def _resolver() -> Check:
    """Without it mail waits; one that verifies nothing lets it leave without the keys that others publish."""
    servers = name_servers()
    state = resolver_state(servers)
    if state is ResolverState.SILENT:
        return Check(ok=True, words=_SILENT, is_warning=True)
    is_lax = are_local(servers) and state is not ResolverState.VALIDATES
    return Check(ok=True, words="validates nothing (DNSSEC)" if is_lax else "", is_warning=is_lax)
