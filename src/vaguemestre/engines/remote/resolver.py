"""Whether the machine's resolver answers, and says what it verified (DNSSEC)."""

from collections.abc import Sequence
from enum import StrEnum

import dns.exception
import dns.flags
import dns.rdatatype
import dns.resolver

_PATIENCE_SECONDS = 1.5
_ROOT = "."  # signed, and in every cache


class ResolverState(StrEnum):
    VALIDATES = "validates"
    ANSWERS = "answers"
    SILENT = "silent"


def resolver_state(servers: Sequence[str], zone: str = _ROOT) -> ResolverState:
    """What it says of a signed zone. `servers`: those of the machine, in its order."""
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = list(servers)
    resolver.lifetime, resolver.timeout = _PATIENCE_SECONDS, _PATIENCE_SECONDS / 2
    resolver.set_flags(dns.flags.RD | dns.flags.AD)
    try:
        answer = resolver.resolve(zone, dns.rdatatype.SOA, search=False, raise_on_no_answer=False)
    except (dns.exception.DNSException, OSError):
        return ResolverState.SILENT
    is_validated = bool(answer.response.flags & dns.flags.AD)  # RFC 4035 §3.2.3
    return ResolverState.VALIDATES if is_validated else ResolverState.ANSWERS
