"""Every port of an instance: who comes to it, what for, and what protects the way. A table."""

from collections.abc import Iterator
from typing import NamedTuple

from vaguemestre.site.config import Config

WORLD, MACHINES, HERE = "le monde", "nos machines", "cette machine"
_TLS = "TLS"
_STARTTLS = "STARTTLS"
_TLS_OURS = "TLS, autorité interne"
_CLEAR = "en clair, boucle locale"


class Flow(NamedTuple):
    """`port`: the field of `Ports`. `whence`: the furthest that may reach it."""

    port: str
    whence: str
    purpose: str
    protection: str


FLOWS = (
    Flow("web", WORLD, "pages (HTTPS)", _TLS),
    Flow("mx", WORLD, "courrier des autres (SMTP)", "TLS quand l’autre le sait ; DANE, MTA-STS publiés"),
    Flow("submission", WORLD, "envoi par un logiciel (SMTP)", f"{_STARTTLS}, obligatoire"),
    Flow("submissions", WORLD, "envoi par un logiciel (SMTP)", _TLS),
    Flow("imaps", WORLD, "lecture par un logiciel (IMAP)", _TLS),
    Flow("managesieve", WORLD, "filtres par un logiciel (ManageSieve)", f"{_STARTTLS}, obligatoire"),
    Flow("entry_pages", MACHINES, "pages, derrière une entrée", f"{_TLS}, de bout en bout"),
    Flow("entry_mx", MACHINES, "courrier des autres, derrière une entrée", "comme sur le port du monde"),
    Flow("entry_submission", MACHINES, "envoi, derrière une entrée", f"{_STARTTLS}, de bout en bout"),
    Flow("entry_submissions", MACHINES, "envoi, derrière une entrée", f"{_TLS}, de bout en bout"),
    Flow("entry_imaps", MACHINES, "lecture, derrière une entrée", f"{_TLS}, de bout en bout"),
    Flow("entry_managesieve", MACHINES, "filtres, derrière une entrée", f"{_STARTTLS}, de bout en bout"),
    Flow("pod_lmtp", MACHINES, "dépôt dans un groupe de boîtes (LMTP)", _TLS_OURS),
    Flow("pod_doveadm", MACHINES, "passage d’une boîte d’un groupe à l’autre", _TLS_OURS),
    Flow("pod_managesieve", MACHINES, "filtres d’un groupe de boîtes", _TLS_OURS),
    Flow("pod_agent", MACHINES, "demandes à l’agent d’un groupe de boîtes", _TLS_OURS),
    Flow("push", HERE, "nouveautés des pages ouvertes", _CLEAR),
    Flow("carddav", HERE, "carnets d’adresses (CardDAV), derrière nginx", _CLEAR),
    Flow("intranet", HERE, "application de démonstration (Accolad)", _CLEAR),
    Flow("rooms", HERE, "application de démonstration (Salles)", _CLEAR),
    Flow("metrics", HERE, "mesures (Prometheus)", _CLEAR),
    Flow("imap", HERE, "lecture par les pages (IMAP)", _CLEAR),
    Flow("submission_inside", HERE, "envoi par les pages (SMTP)", _CLEAR),
    Flow("injection", HERE, "ce que Sieve envoie (SMTP)", _CLEAR),
    Flow("srs_forward", HERE, "adresses de retour réécrites (SRS)", _CLEAR),
    Flow("srs_reverse", HERE, "adresses de retour rétablies (SRS)", _CLEAR),
    Flow("reports", HERE, "rapports DMARC et TLS envoyés (SMTP)", _CLEAR),
    Flow("acme", HERE, "renouvellement du certificat (ACME), derrière nginx", _CLEAR),
    Flow("filter", HERE, "filtre (milter)", _CLEAR),
    Flow("filter_controller", HERE, "apprentissage et état du filtre", _CLEAR),
    Flow("filter_fuzzy", HERE, "ressemblances du filtre (UDP)", _CLEAR),
    Flow("recipients", HERE, "destinataires connus, d’abord de la base qui écrit", "TLS jusqu’à la base"),
    Flow("recipients_again", HERE, "les mêmes, d’abord d’une base qui la suit", "TLS jusqu’à la base"),
    Flow("names", HERE, "serveur de noms de la démonstration (UDP)", _CLEAR),
)
_PLAIN_WEB = 80
_OF_DEMONSTRATION = frozenset(("intranet", "rooms", "names"))
_OF_PODS = frozenset(flow.port for flow in FLOWS if flow.port.startswith("pod_"))
_OF_DATABASES = frozenset(("recipients", "recipients_again"))
_OF_ENTRIES = frozenset(flow.port for flow in FLOWS if flow.port.startswith("entry_"))


def flows_of(config: Config) -> Iterator[tuple[int, Flow]]:
    """Number and flow of each port that this configuration opens."""
    if not config.network.has_usual_ports:  # a proxy of theirs ends TLS (docs/operations/network.md)
        yield config.ports.web, Flow("web", HERE, "pages, derrière un mandataire qui fait TLS", _CLEAR)
    absent = set(_OF_DEMONSTRATION) if config.network.has_usual_ports else {"web"}
    absent |= set() if config.topology.pods else _OF_PODS
    absent |= set() if config.topology.entry_nodes else _OF_ENTRIES
    absent |= set() if config.topology.database_nodes else _OF_DATABASES
    for flow in FLOWS:
        if flow.port not in absent:
            yield getattr(config.ports, flow.port), flow
    if config.network.has_usual_ports:
        yield _PLAIN_WEB, Flow("", WORLD, "renvoi vers HTTPS, renouvellement du certificat", "en clair")
