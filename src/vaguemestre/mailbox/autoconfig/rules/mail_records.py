"""What the zone must say so that others believe our mail, and bring theirs by the right door."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from vaguemestre.mailbox.autoconfig.rules.offers import policy_name
from vaguemestre.mailbox.autoconfig.rules.records import Record
from vaguemestre.mailbox.autoconfig.rules.report_address import retired_target, target

POLICY_SECONDS = 604_800  # a week: how long others keep our MTA-STS policy (RFC 8461 §3.2)


class PublicKey(NamedTuple):
    """The record of a DKIM key (RFC 6376 §3.6.1): its name without a final dot, its value."""

    name: str
    value: str


def mail_records(
    domain: str, *, site: str, keys: Sequence[PublicKey], key_digest: str, policy: str
) -> tuple[Record, ...]:
    """The records of outgoing and incoming mail, besides MX, SPF and DMARC of the domain.

    `site`: name of the pages, which serve the policy; `key_digest`: SHA-256 of the public key of the
    certificate, in hexadecimal; `policy`: the text of the MTA-STS policy, empty for none.
    """
    host = f"mail.{domain}"
    spf = Record(host, "TXT", "v=spf1 a -all", "SPF de nos avis, d’expéditeur vide", begins="v=spf1")
    signatures = [
        Record(key.name, "TXT", key.value, "Clé qui vérifie nos signatures (DKIM)", is_exact=True)
        for key in keys
    ]
    reports = Record(
        f"_smtp._tls.{domain}",
        "TXT",
        f"v=TLSRPTv1; {target(domain)}",
        "Où les autres disent leurs échecs de chiffrement (TLS-RPT)",
        begins="v=TLSRPTv1",
        renews=(retired_target(domain), target(domain)),
    )
    dane = Record(
        f"_25._tcp.{host}", "TLSA", f"3 1 1 {key_digest}", "Clé du certificat (DANE), si la zone est signée"
    )
    return (
        spf,
        *signatures,
        *_policy_records(domain, site, policy),
        reports,
        *((dane,) if key_digest else ()),
    )


def _policy_records(domain: str, site: str, policy: str) -> tuple[Record, ...]:
    if not policy:
        return ()
    announced = f"v=STSv1; id={policy_id(policy)}"
    return (
        Record(f"_mta-sts.{domain}", "TXT", announced, "Annonce de notre politique MTA-STS", is_exact=True),
        Record(policy_name(domain), "CNAME", f"{site}.", "Où cette politique se lit (MTA-STS)"),
    )


def mta_sts_policy(domain: str, mode: str) -> str:
    """Our policy (RFC 8461 §3.2), which asks others for TLS with a certificate that verifies."""
    lines = ("version: STSv1", f"mode: {mode}", f"mx: mail.{domain}", f"max_age: {POLICY_SECONDS}")
    return "".join(f"{line}\r\n" for line in lines)


def policy_id(policy: str) -> str:
    """Identifier of an MTA-STS policy in DNS, another for each text, of 32 characters (RFC 8461 §3.1)."""
    return hashlib.sha256(policy.encode("ascii")).hexdigest()[:32]
