"""`[mail]`: mailboxes and what is offered around them (Dovecot, Postfix, rspamd)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Rule, Section
from vaguemestre.site.config.outgoing import OutgoingSection


@dataclass(frozen=True)
class MailSection(Section):
    host: Annotated[str, checks.HOST] = "127.0.0.1"
    message_size_limit: Annotated[int, checks.between(1_000_000, 1_000_000_000)] = 20_971_520
    message_parts_limit: Annotated[int, checks.between(100, 5_000)] = 500  # what arrives with more is refused
    quota_mb: Annotated[int, checks.between(1, 1_000_000)] = 2048
    undo_seconds: Annotated[int, checks.between(0, 120)] = 10  # « Annuler l’envoi » is shown that long
    full_text_search: bool = True
    file_search: bool = True  # words of PDF and office documents, where bubblewrap works
    forward_outside: bool = False  # filters may send mail on to other domains
    office_previews: bool = True  # where LibreOffice and bubblewrap are installed
    content_filter: bool = True  # where rspamd is installed
    # who checked a sender before sending on is believed, if it sealed what it saw (ARC)
    trusted_forwarders: Annotated[tuple[str, ...], checks.DOMAINS] = ()
    # domains below ours from which others send: from all others below ours nothing is taken
    lent_domains: Annotated[tuple[str, ...], checks.DOMAINS] = ()
    # lists in DNS of addresses from which no mail is taken; whoever keeps one learns who writes here
    block_lists: Annotated[tuple[str, ...], checks.DOMAINS] = ()
    usual_ports: bool = False  # 993, 465 and 4190 lead to ours: programs are told these
    # what others are told of our TLS (MTA-STS): enforce once the certificate is one that everybody verifies
    mta_sts: Annotated[str, checks.one_of("none", "testing", "enforce")] = "testing"
    deleted_days: Annotated[int, checks.between(1, 365)] = 30  # a deleted message can be taken back that long
    deleted_mb: Annotated[int, checks.between(10, 1_000_000)] = 1024  # of a mailbox; the oldest go first
    trace_months: Annotated[int, checks.between(1, 36)] = 12  # whole months before the present one
    removal_second_person_above: Annotated[int, checks.between(0, 1_000_000)] = 50  # mailboxes holding a copy
    checked_links: bool = False  # outside links of outside senders pass by an address of ours
    postmaster: Annotated[str, checks.ADDRESS] = ""  # reads postmaster@ and abuse@
    outgoing: OutgoingSection = field(default_factory=OutgoingSection)

    @property
    def rewrites_senders(self) -> bool:
        """Whether what filters send on really leaves for other domains, whose servers check SPF."""
        return self.forward_outside and self.outgoing.leaves

    def broken_rules(self) -> Iterator[Rule]:
        """A quota smaller than one message, and those of `[mail.outgoing]`."""
        yield from self.outgoing.broken_rules()
        if self.quota_mb * 1_000_000 < self.message_size_limit:
            yield Rule(
                ("mail.quota_mb", "mail.message_size_limit"),
                "[mail] « quota_mb » (en Mo) ne contient pas un message de « message_size_limit » "
                "(en octets)",
            )
