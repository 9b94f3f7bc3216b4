"""Mail client settings of this instance."""

from django.conf import settings

from vaguemestre.mailbox.autoconfig.ports import key_digest
from vaguemestre.mailbox.autoconfig.rules.mail_records import PublicKey, mail_records, mta_sts_policy
from vaguemestre.mailbox.autoconfig.rules.offers import offer, site_of
from vaguemestre.mailbox.autoconfig.rules.records import Record, expected_records
from vaguemestre.mailbox.autoconfig.values import Offer
from vaguemestre.post.dkim.queries import keys_of
from vaguemestre.post.dkim.values import KeyState


def offered(domain: str) -> Offer:
    """The settings offered to the mail programs of people of that domain."""
    config = settings.CONFIG
    academy = config.academy_at(domain)
    return offer(
        public_url=config.site_of(domain),
        domain=academy.domain,
        name=academy.name,
        **config.client_ports._asdict(),
    )


def wanted_records(domain: str = "") -> tuple[Record, ...]:
    """The DNS records that a domain of ours must have; by default, those of every domain."""
    domains = (domain,) if domain else settings.CONFIG.domains
    return tuple(record for name in domains for record in _records_of(name))


def _records_of(domain: str) -> tuple[Record, ...]:
    config = settings.CONFIG
    site, port = site_of(config.site_of(domain))
    keys = [
        PublicKey(key.record_name, key.record_value)
        for key in keys_of(domain)
        if key.state is not KeyState.GONE
    ]
    digest = key_digest.get()(domain)
    others = mail_records(domain, site=site, keys=keys, key_digest=digest, policy=stated_policy(domain))
    return (*expected_records(offered(domain), site=site, site_port=port), *others)


def stated_policy(domain: str) -> str:
    """The MTA-STS policy of a domain of ours; empty when none is stated."""
    mode = settings.CONFIG.mail.mta_sts
    return mta_sts_policy(domain, mode) if mode != "none" else ""
