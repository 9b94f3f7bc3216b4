"""`[tls]`: the certificate that browsers, mail programs and other servers are shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Rule, Section


@dataclass(frozen=True)
class TlsSection(Section):
    """Given as files, or asked of an authority (ACME, RFC 8555); else the instance's own authority signs."""

    certificate: Annotated[str, checks.ABSOLUTE_PATH] = ""  # PEM, the chain below it
    key: Annotated[str, checks.ABSOLUTE_PATH] = ""
    acme: Annotated[str, checks.one_of("", "standalone", "dns")] = ""
    acme_contact: Annotated[str, checks.ADDRESS] = ""
    acme_directory: Annotated[str, checks.SECURE_URL] = ""  # empty: certbot's own choice
    acme_hook: Annotated[str, checks.ABSOLUTE_PATH] = ""  # `dns`: program that publishes the challenge

    @property
    def is_given(self) -> bool:
        """Whether the certificate comes from elsewhere than the instance's own authority."""
        return bool(self.certificate or self.acme)

    def broken_rules(self) -> Iterator[Rule]:
        """Half a pair of files; two sources at once; a DNS challenge that nothing publishes."""
        if bool(self.certificate) != bool(self.key):
            yield Rule(
                ("tls.certificate", "tls.key"),
                "[tls] « certificate » et « key » vont ensemble",
            )
        if self.certificate and self.acme:
            yield Rule(
                ("tls.acme", "tls.certificate"),
                "[tls] « acme » et « certificate » : choisissez l’un ou l’autre",
            )
        if self.acme == "dns" and not self.acme_hook:
            yield Rule(
                ("tls.acme_hook", "tls.acme"),
                "[tls] « acme » = dns demande « acme_hook », le programme qui publie la preuve dans la zone",
            )
