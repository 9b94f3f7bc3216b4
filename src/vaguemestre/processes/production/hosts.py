"""The names under which the world comes to an instance. Pure."""

from vaguemestre.mailbox.autoconfig.rules.offers import machine_names, policy_name, site_of
from vaguemestre.site.config import Config


def hosts_shown(config: Config) -> tuple[str, ...]:
    """The names that the certificate must bear: of browsers, mail programs, and other mail servers."""
    domain = config.academy.domain
    policy = (policy_name(domain),) if config.mail.mta_sts != "none" else ()  # others read it by HTTPS
    sites = (site_of(origin)[0] for origin in (config.public_url, config.files_url))
    return (*sites, f"mail.{domain}", *policy)


def hosts_asked(config: Config) -> tuple[str, ...]:
    """The names that a certificate is asked for: besides, those where programs look for their settings."""
    _, *programs = machine_names(config.academy.domain)
    return tuple(dict.fromkeys((*hosts_shown(config), *programs)))
