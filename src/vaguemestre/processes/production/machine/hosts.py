"""The names under which the world comes to an instance. Pure."""

from vaguemestre.mailbox.autoconfig.rules.offers import machine_names, policy_name, site_of
from vaguemestre.site.config import AcademySection, Config


def hosts_shown(config: Config, own: AcademySection | None = None) -> tuple[str, ...]:
    """The names that a certificate must bear: of browsers, mail programs, and other mail servers.

    `own`: the académie whose certificate it is; None: that of the installation, for the others.
    """
    origins = (own.public_url,) if own else (config.public_url, config.files_url)
    academies = [own] if own else [academy for academy in config.academies if not academy.certificate]
    sites = (*origins, *(academy.public_url for academy in academies))
    names = [site_of(origin)[0] for origin in sites if origin]
    for academy in academies:
        names.append(f"mail.{academy.domain}")
        if config.mail.mta_sts != "none":  # others read it by HTTPS
            names.append(policy_name(academy.domain))
    return tuple(dict.fromkeys(names))


def hosts_with_address(config: Config) -> tuple[str, ...]:
    """The names that lead here by an address of their own; records under other names lead to these."""
    sites = (config.public_url, *(academy.public_url for academy in config.academies), config.files_url)
    mail = (f"mail.{academy.domain}" for academy in config.academies)
    return tuple(dict.fromkeys((*mail, *(site_of(origin)[0] for origin in sites if origin))))


def hosts_asked(config: Config) -> tuple[str, ...]:
    """The names that a certificate is asked for: besides, those where programs look for their settings."""
    programs = (
        name
        for academy in config.academies
        if not academy.certificate
        for name in machine_names(academy.domain)[1:]
    )
    return tuple(dict.fromkeys((*hosts_shown(config), *programs)))
