"""The whole configuration of an instance: its sections, and the ports, paths and addresses that follow."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from vaguemestre.people.lifecycle.values import LifecycleDelays
from vaguemestre.site.config.academy import AcademySection
from vaguemestre.site.config.backup import BackupSection
from vaguemestre.site.config.bulk import BulkSection
from vaguemestre.site.config.checks import Rule
from vaguemestre.site.config.database import DatabaseSection
from vaguemestre.site.config.ent import EntSection
from vaguemestre.site.config.feed import FeedSection
from vaguemestre.site.config.files import FilesSection
from vaguemestre.site.config.home import HomeFolders
from vaguemestre.site.config.lifecycle import LifecycleSection
from vaguemestre.site.config.mail import MailSection
from vaguemestre.site.config.metrics import MetricsSection
from vaguemestre.site.config.network import EVERYWHERE, NetworkSection
from vaguemestre.site.config.node_kinds import unmade_machines
from vaguemestre.site.config.portability import PortabilitySection
from vaguemestre.site.config.ports import ClientPorts, Ports
from vaguemestre.site.config.retention import RetentionSection
from vaguemestre.site.config.sending import SendingSection
from vaguemestre.site.config.signin import SignInSection
from vaguemestre.site.config.tls import TlsSection
from vaguemestre.site.config.topology import Topology
from vaguemestre.site.config.web import WebSection
from vaguemestre.site.config.worker import WorkerSection

SECTIONS = (
    "academy",
    "web",
    "network",
    "tls",
    "database",
    "mail",
    "feed",
    "lifecycle",
    "sending",
    "portability",
    "signin",
    "bulk",
    "files",
    "ent",
    "worker",
    "metrics",
    "retention",
    "backup",
)


@dataclass(frozen=True)
class Config(HomeFolders):
    port_base: int = 8000
    academy: AcademySection = field(default_factory=AcademySection)  # the principal one
    further_academies: tuple[AcademySection, ...] = ()
    web: WebSection = field(default_factory=WebSection)
    network: NetworkSection = field(default_factory=NetworkSection)
    tls: TlsSection = field(default_factory=TlsSection)
    database: DatabaseSection = field(default_factory=DatabaseSection)
    mail: MailSection = field(default_factory=MailSection)
    feed: FeedSection = field(default_factory=FeedSection)
    signin: SignInSection = field(default_factory=SignInSection)
    bulk: BulkSection = field(default_factory=BulkSection)
    sending: SendingSection = field(default_factory=SendingSection)
    portability: PortabilitySection = field(default_factory=PortabilitySection)
    lifecycle: LifecycleSection = field(default_factory=LifecycleSection)
    files: FilesSection = field(default_factory=FilesSection)
    ent: EntSection = field(default_factory=EntSection)
    worker: WorkerSection = field(default_factory=WorkerSection)
    metrics: MetricsSection = field(default_factory=MetricsSection)
    retention: RetentionSection = field(default_factory=RetentionSection)
    backup: BackupSection = field(default_factory=BackupSection)
    topology: Topology = field(default_factory=Topology)
    served_pod: str = ""  # the one whose engines this process prepares or runs

    @property
    def academies(self) -> tuple[AcademySection, ...]:
        """Every académie the file names, the principal one first."""
        return (self.academy, *self.further_academies)

    @property
    def domains(self) -> tuple[str, ...]:
        """The mail domains of the installation, in lower case, the principal one first."""
        return tuple(academy.domain.lower() for academy in self.academies)

    def academy_at(self, domain: str) -> AcademySection:
        """The settings of the académie of that mail domain; the principal one's if the file has none."""
        named = (academy for academy in self.academies if academy.domain.lower() == domain.lower())
        return next(named, self.academy)

    def academy_on(self, host: str) -> AcademySection:
        """The académie of a Host header, by its site or its mail domain; else the principal one."""
        name = host.lower()
        sites = {urlsplit(academy.public_url).netloc: academy for academy in self.academies}
        if academy := sites.get(name) if name else None:
            return academy
        plain = f".{name.partition(':')[0].rstrip('.')}"  # `autoconfig.`, `mta-sts.` of one of our domains
        named = (academy for academy in self.academies if plain.endswith(f".{academy.domain.lower()}"))
        return next(named, self.academy)

    def site_of(self, domain: str) -> str:
        """The address of the pages for people of that mail domain."""
        return self.academy_at(domain).public_url.rstrip("/") or self.public_url

    @property
    def further_sites(self) -> tuple[str, ...]:
        """Addresses of the pages of académies that have their own."""
        return tuple(academy.public_url.rstrip("/") for academy in self.academies if academy.public_url)

    def colleague_domains(self, domain: str) -> tuple[str, ...]:
        """The domains of the colleagues of people at `domain`, starting with it; in lower case."""
        shared = self.domains if self.academy_at(domain).colleagues == "installation" else ()
        return tuple(dict.fromkeys((domain.lower(), *shared)))

    @property
    def ports(self) -> Ports:
        return Ports.counted_from(self.port_base, usual=self.network.has_usual_ports)

    @property
    def is_pod_shared(self) -> bool:  # other machines can serve it too: Pacemaker mounts its mail
        return self.has_usual_ports and any(pod.name == self.served_pod for pod in self.topology.shared_pods)

    @property
    def listen_addresses(self) -> tuple[str, ...]:
        """Addresses on which the mail services listen to the world."""
        if self.served_pod and (pod := self.topology.pod_named(self.served_pod)):
            return (pod.address,)
        return self.network.addresses or (EVERYWHERE if self.network.has_usual_ports else (self.mail.host,))

    @property
    def entries(self) -> tuple[str, ...]:
        """Addresses of the machines that stand in front of this one, and say who comes."""
        return tuple(node.address for node in self.topology.entry_nodes) if self.entry_address else ()

    @property
    def entry_address(self) -> str:
        """Address on which this machine answers entries, on the internal network; "" if it does not."""
        node = self.topology.node_named(self.machine) if self.topology.entry_nodes else None
        return node.address if node and node.serves and not self.served_pod else ""

    @property
    def pods_reach(self) -> str:
        """Address on which this front takes what Sieve sends on pods; "" on other machines."""
        fronts = (node.address for node in self.topology.front_nodes if node.name == self.machine)
        return "" if self.served_pod else next(fronts, "")

    @property
    def has_usual_ports(self) -> bool:
        """Whether this is production: the front ends TLS itself, and the ports are everybody's."""
        return self.network.has_usual_ports

    @property
    def public_url(self) -> str:
        return self.web.public_url.rstrip("/") or f"http://localhost:{self.ports.web}"

    @property
    def files_url(self) -> str:
        """Origin of file links: a separate host name, so that session cookies are never sent there."""
        scheme, _, place = self.public_url.partition("://")
        return self.web.files_url.rstrip("/") or f"{scheme}://fichiers.{place.rstrip('/')}"

    def lifecycle_delays(self) -> LifecycleDelays:
        """Delays of the lifecycle table, in days."""
        return self.lifecycle.delays(contract_closed=self.feed.grace_days)

    @property
    def session_cookie(self) -> str:
        """Name of the session's cookie: of this host alone, or of this port on a plain loopback."""
        return "__Host-vaguemestre" if self.web.behind_tls else f"vaguemestre_{self.ports.web}"

    @property
    def carddav_url(self) -> str:
        """CardDAV URL: behind the pages' proxy, else on its own port."""
        own = f"http://localhost:{self.ports.carddav}/dav/"
        return f"{self.public_url}/dav/" if self.web.behind_tls else own

    @property
    def intranet_url(self) -> str:
        """Address of the demonstration's Accolad; it knows its secret by `intranet_secret`."""
        return f"http://localhost:{self.ports.intranet}"

    @property
    def intranet_secret(self) -> Path:
        return self.secrets_dir / "accolad"

    @property
    def rooms_url(self) -> str:
        """Address of the demonstration's Salles; CAS services keep no secret."""
        return f"http://localhost:{self.ports.rooms}"

    @property
    def client_ports(self) -> ClientPorts:
        """Ports announced to mail clients."""
        if self.mail.usual_ports:
            return ClientPorts(imaps=993, submissions=465, managesieve=4190)
        return ClientPorts(self.ports.imaps, self.ports.submissions, self.ports.managesieve)

    def _is_postmaster_ours(self) -> bool:
        """Mail to an address elsewhere would go on under its author's name; to itself, in a circle."""
        local, _, domain = self.mail.postmaster.lower().rpartition("@")
        return domain in self.domains and local not in ("postmaster", "abuse")

    def _broken_rules_of_academies(self) -> Iterator[Rule]:
        """The rules of each further académie, and those across académies."""
        for academy in self.further_academies:
            yield from academy.broken_rules()
        if any(academy.certificate for academy in self.academies) and not self.tls.is_given:
            yield Rule(
                ("academy.certificate", "tls.certificate", "tls.acme"),
                "[academy] « certificate » demande que [tls] en donne un pour les autres noms",
            )
        for key, words in (("code", "le code"), ("domain", "le domaine")):
            values = [getattr(academy, key).lower() for academy in self.academies]
            if duplicates := sorted({value for value in values if values.count(value) > 1}):
                yield Rule((f"academy.{key}",), f"deux [[academy]] ont {words} « {duplicates[0]} »")

    def broken_rules(self) -> Iterator[Rule]:
        """Broken rules of every section, and of keys from several sections."""
        for section in SECTIONS:
            yield from getattr(self, section).broken_rules()
        yield from self._broken_rules_of_academies()
        yield from self.topology.broken_rules(self.database, self.network)
        yield from unmade_machines(self.topology, self.network)
        lifecycle = self.lifecycle
        last_closed = max(lifecycle.transfer_closed, lifecycle.retirement_closed, self.feed.grace_days)
        if lifecycle.purged < last_closed:
            yield Rule(
                (
                    "lifecycle.purged",
                    "lifecycle.transfer_closed",
                    "lifecycle.retirement_closed",
                    "feed.grace_days",
                ),
                "[lifecycle] « purged » ne précède aucune fermeture (« transfer_closed », "
                "« retirement_closed », [feed] « grace_days »)",
            )
        if self.mail.postmaster and not self._is_postmaster_ours():
            yield Rule(
                ("mail.postmaster", "academy.domain"),
                "[mail] « postmaster » est une adresse de quelqu’un de l’académie (@ [academy] « domain »)",
            )
        if self.has_usual_ports and not self.web.behind_tls:
            yield Rule(
                ("network.ports", "web.behind_tls"),
                "[network] « ports » = usual demande [web] « behind_tls » = true et « public_url » en https",
            )
        if self.files_url == self.public_url.rstrip("/"):
            yield Rule(
                ("web.files_url", "web.public_url"),
                "[web] « files_url » est une adresse d’un autre nom que « public_url »",
            )
