"""`[mail.outgoing]`: how mail leaves for other domains."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Rule, Section


@dataclass(frozen=True)
class OutgoingSection(Section):
    """`demonstration`: nothing leaves, a mailbox plays the outside; `direct`: by MX; `relay`: by one host."""

    mode: Annotated[str, checks.one_of("demonstration", "direct", "relay")] = "demonstration"
    relay_host: Annotated[str, checks.OPTIONAL_HOST] = ""
    relay_port: Annotated[int, checks.between(1, 65535)] = 587  # 465: TLS from the first byte
    relay_tls: Annotated[str, checks.one_of("verify", "encrypt", "opportunistic")] = "verify"
    relay_user: Annotated[str, checks.OPTIONAL_LINE] = ""
    relay_password_file: Annotated[str, checks.FILE] = ""
    connections_per_destination: Annotated[int, checks.between(1, 100)] = 10
    seconds_between: Annotated[int, checks.between(0, 600)] = 0  # deliveries to one destination, one by one
    queue_days: Annotated[int, checks.between(1, 10)] = 3
    delay_notice_hours: Annotated[int, checks.between(0, 72)] = 4  # 0: no notice
    ipv6: bool = True
    mta_sts: bool = True  # the TLS policies of other domains; `direct` only
    dkim_days: Annotated[int, checks.between(0, 730)] = 180  # a key's working life; 0: renewed by hand only
    dmarc_reports: bool = True  # others are told each day what came here in their name, if they ask for it
    tls_reports: bool = True  # and how TLS with their servers went; `direct` only
    tls_reports_socket: Annotated[str, checks.ABSOLUTE_PATH] = ""  # of another collector of these

    @property
    def leaves(self) -> bool:
        """Whether mail really leaves this machine."""
        return self.mode != "demonstration"

    @property
    def reports_to_others(self) -> bool:
        """Whether other domains may be told what came in their name, or how TLS with them went."""
        return self.leaves and (self.dmarc_reports or self.tls_reports)

    @property
    def follows_policies(self) -> bool:
        """Whether the TLS policies that other domains publish are followed."""
        return self.mode == "direct" and self.mta_sts

    def broken_rules(self) -> Iterator[Rule]:
        """A relay without a host, a host without the mode, half of the credentials, or these in the clear."""
        if self.mode == "relay" and not self.relay_host:
            yield Rule(
                ("mail.outgoing.mode", "mail.outgoing.relay_host"),
                "[mail.outgoing] « mode » = relay demande « relay_host », le serveur qui relaie",
            )
        if self.relay_host and self.mode != "relay":
            yield Rule(
                ("mail.outgoing.relay_host", "mail.outgoing.mode"),
                "[mail.outgoing] « relay_host » ne sert qu’avec « mode » = relay",
            )
        if bool(self.relay_user) != bool(self.relay_password_file):
            yield Rule(
                ("mail.outgoing.relay_user", "mail.outgoing.relay_password_file"),
                "[mail.outgoing] « relay_user » et « relay_password_file » vont ensemble",
            )
        if self.relay_user and self.relay_tls == "opportunistic":
            yield Rule(
                ("mail.outgoing.relay_tls", "mail.outgoing.relay_user"),
                "[mail.outgoing] un mot de passe ne part pas en clair : « relay_tls » = verify ou encrypt",
            )
