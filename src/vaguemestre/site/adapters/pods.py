"""Opening of a mailbox on this machine, or on the pod where it lives."""

import ssl
from collections.abc import Callable
from functools import cache

from vaguemestre.engines.dovecot.mail_agent import MailAgent
from vaguemestre.engines.dovecot.pod_mail import PodMail
from vaguemestre.engines.dovecot.pods.pod_agent import PodAgents
from vaguemestre.engines.imap.protocol.connection import Connection
from vaguemestre.engines.imap.store.session import connector, pod_connector
from vaguemestre.engines.projection.backend import mail_directory
from vaguemestre.engines.projection.places import Places
from vaguemestre.engines.sieve.scripts import OpenManageSieve, OpenPodSieve
from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.site import secrets
from vaguemestre.site.config import Config


@cache
def places_of(config: Config) -> Places:
    """This process's own look-ups of places."""
    return Places(mail_directory(config))


def imap_connector(
    config: Config, token_for: Callable[[MailLogin], str]
) -> Callable[[MailLogin], Connection]:
    """How this process's pool opens a mailbox over IMAP."""
    if not config.topology.pods:
        return connector((config.mail.host, config.ports.imap), token_for)
    return pod_connector(_address_of(config, config.ports.imaps), token_for, _authority(config))


def open_scripts(config: Config, token_for: Callable[[str], str]) -> OpenManageSieve | OpenPodSieve:
    """How this process opens the scripts of a mailbox over ManageSieve."""
    if not config.topology.pods:
        return OpenManageSieve(config.mail.host, config.ports.managesieve, token_for)
    return OpenPodSieve(_address_of(config, config.ports.managesieve), token_for, _authority(config))


def pod_mail(config: Config) -> PodMail:
    """What moves mail between pods. Raises FileNotFoundError without the installation's secrets."""
    hosts = {pod.name: pod.address for pod in config.topology.pods}
    password = secrets.read(config.secrets_dir, "doveadm_key")
    agents = PodAgents(hosts, config.ports.pod_agent, _authority(config), password)
    return PodMail(hosts, config.ports.pod_doveadm, _authority(config), password, agents)


def mail_agent(config: Config) -> MailAgent:
    """How this process has work on mailboxes done, where they live."""
    has_fronts = config.topology.pods and not config.served_pod
    return MailAgent(config, places_of(config).pod_of if has_fronts else None)


def _address_of(config: Config, port: int) -> Callable[[str], tuple[str, int]]:
    def address_of(mailbox: str) -> tuple[str, int]:
        if not (host := places_of(config).host_of(mailbox)):
            raise EngineDown(f"{mailbox} n’est d’aucun groupe de boîtes : lancez « vaguemestre reconcile »")
        return host, port

    return address_of


def _authority(config: Config) -> ssl.SSLContext:
    """Our machines show each other certificates of the installation's own authority, for their addresses."""
    return ssl.create_default_context(cafile=str(certificates.paths(config).ca))
