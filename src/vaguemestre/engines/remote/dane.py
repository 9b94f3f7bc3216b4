"""Whether a domain's mail servers publish their keys under DNSSEC (DANE, RFC 7672)."""

import asyncio
from enum import StrEnum
from typing import Any, NamedTuple

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.resolver

_TIMEOUT_SECONDS = 8.0
_USAGES = (2, 3)  # DANE-TA, DANE-EE: the others are unusable for SMTP (RFC 7672 §3.1.3)
_SMTP = "_25._tcp"


class Answer(StrEnum):
    """What DNS says of a host or a domain."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"  # the resolver failed, or did not believe what it was told


class DanePolicy:
    """`smtp_tls_policy_maps` for domains with DANE, which goes before MTA-STS (RFC 8461 §2).

    `server`: address of another resolver than the machine's. It must validate, with no network in between.
    """

    def __init__(self, server: str = "") -> None:
        self._resolver = dns.asyncresolver.Resolver(configure=not server)
        if server:
            self._resolver.nameservers = [server]
        self._resolver.lifetime = _TIMEOUT_SECONDS
        self._resolver.set_flags(dns.flags.RD | dns.flags.AD)

    async def __call__(self, domain: str) -> str:
        """Postfix's level for that next hop; empty if its servers publish nothing, or it is no domain.

        All publish keys: `dane-only`. Some do, or DNS does not say: `dane`, whose rules are Postfix's own.
        """
        if domain.startswith((".", "[")):
            return ""
        try:
            name = dns.name.from_text(domain.partition(":")[0])
        except (dns.exception.DNSException, UnicodeError):
            return ""
        servers = await self._query(name, dns.rdatatype.MX)
        if servers is None:
            return "dane"
        if not servers.is_validated:
            return ""
        hosts = [record.exchange for record in servers.records] or [name]
        answers = set(await asyncio.gather(*(self._publishes(host) for host in hosts)))
        if answers == {Answer.NO}:
            return ""
        return "dane-only" if answers == {Answer.YES} else "dane"

    async def _publishes(self, host: dns.name.Name) -> Answer:
        """Unsigned zones are not asked for keys: some of their servers fail at questions they do not know."""
        addresses = await self._query(host, dns.rdatatype.A)
        if addresses is None:
            return Answer.UNKNOWN
        if not addresses.is_validated:
            return Answer.NO
        keys = await self._query(dns.name.from_text(_SMTP, host), dns.rdatatype.TLSA)
        if keys is None:
            return Answer.UNKNOWN
        usable = any(record.usage in _USAGES for record in keys.records)
        return Answer.YES if usable and keys.is_validated else Answer.NO

    async def _query(self, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> "_Records | None":
        """The records of a name; None if the resolver failed."""
        try:
            answer = await self._resolver.resolve(name, kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN as absent:
            return _Records((), _is_validated(absent.response(name)))  # type: ignore[no-untyped-call]
        except (dns.exception.DNSException, OSError):
            return None
        return _Records(tuple(answer.rrset or ()), _is_validated(answer.response))


class _Records(NamedTuple):
    """`is_validated`: the resolver verified the signatures, or those of a denial."""

    records: tuple[Any, ...]
    is_validated: bool


def _is_validated(response: dns.message.Message) -> bool:
    """RFC 4035 §3.2.3."""
    return bool(response.flags & dns.flags.AD)
