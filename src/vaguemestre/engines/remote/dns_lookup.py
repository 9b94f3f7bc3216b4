"""`autoconfig.ports.LookUp`: DNS queries to the machine's own resolver."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import dns.exception
import dns.name
import dns.resolver

from vaguemestre.mailbox.autoconfig.values import Question

_TIMEOUT_SECONDS = 4.0  # for one question
_AT_ONCE = 8


class DnsLookup:
    """`server`: (address, port) instead of the machine's resolver."""

    def __init__(self, server: tuple[str, int] | None = None) -> None:
        self._server = server

    def __call__(self, questions: Collection[Question]) -> dict[Question, tuple[str, ...] | None]:
        unique = list(dict.fromkeys(questions))
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            return dict(zip(unique, pool.map(self._answer, unique), strict=True))

    def _answer(self, question: Question) -> tuple[str, ...] | None:
        records = self._records(question)
        if question.kind == "CNAME" and records == ():
            return self._records(replace(question, kind="A")) or self._records(replace(question, kind="AAAA"))
        return records

    def _records(self, question: Question) -> tuple[str, ...] | None:
        try:
            resolver = dns.resolver.Resolver(configure=self._server is None)
            if self._server:
                resolver.nameservers, resolver.port = [self._server[0]], self._server[1]
            resolver.lifetime = _TIMEOUT_SECONDS
            answer = resolver.resolve(dns.name.from_text(question.name), question.kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError):
            return None
        if question.kind == "TXT":
            return tuple(sorted(b"".join(record.strings).decode("utf-8", "replace") for record in answer))
        return tuple(sorted(record.to_text() for record in answer))
