"""What the domain name system answers, asked of the machine's own resolver."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import dns.exception
import dns.name
import dns.resolver

from vaguemestre.mailbox.autoconfig.values import Question

_PATIENCE = 4.0  # seconds for one question
_AT_ONCE = 8


class Names:
    """Implements `autoconfig.ports.LookUp`. `server`: (address, port) instead of the machine's resolver."""

    def __init__(self, server: tuple[str, int] | None = None) -> None:
        self._server = server

    def __call__(self, questions: Collection[Question]) -> dict[Question, tuple[str, ...] | None]:
        asked = list(dict.fromkeys(questions))
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            return dict(zip(asked, pool.map(self._answer, asked), strict=True))

    def _answer(self, question: Question) -> tuple[str, ...] | None:
        found = self._found(question)
        if question.kind == "CNAME" and found == ():
            return self._found(replace(question, kind="A")) or self._found(replace(question, kind="AAAA"))
        return found

    def _found(self, question: Question) -> tuple[str, ...] | None:
        try:
            resolver = dns.resolver.Resolver(configure=self._server is None)
            if self._server:
                resolver.nameservers, resolver.port = [self._server[0]], self._server[1]
            resolver.lifetime = _PATIENCE
            answer = resolver.resolve(dns.name.from_text(question.name), question.kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError):
            return None
        if question.kind == "TXT":
            return tuple(sorted(b"".join(one.strings).decode("utf-8", "replace") for one in answer))
        return tuple(sorted(one.to_text() for one in answer))
