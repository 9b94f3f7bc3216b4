"""`[[node]]` and `[[pod]]`: the machines of an installation, and where its mailboxes live."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Rule, Section
from vaguemestre.site.config.database import DatabaseSection
from vaguemestre.site.config.faults import Fault
from vaguemestre.site.config.network import NetworkSection
from vaguemestre.site.config.section_keys import is_table, read_section, wrong_keys
from vaguemestre.site.config.shared_pods import broken_sharing

DATABASE, ENTRY = "database", "entry"
POD = "pod"
FRONT_DUTIES = ("web", "proxy", "mx")  # of a machine that keeps no mail, before pods
MAIL_DUTIES = ("web", "proxy", POD, "mx")
DUTIES = ("web", DATABASE, "proxy", "pod", "mx", ENTRY)
_MAX_DATABASES = 7  # more voters only make each decision slower (etcd.io: "why an odd number of members")
_NAME = checks.Check(
    lambda name: re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name, re.ASCII) is not None,
    "s’écrit en minuscules, chiffres et traits d’union (31 signes au plus)",
)
_ADDRESS = checks.Check(checks.is_ip_address, "est une adresse IP")
_DUTIES = checks.each(checks.Check(DUTIES.__contains__, f"est l’un de : {', '.join(DUTIES)}"))
_NAMES = checks.each(_NAME)
_AGENT = checks.Check(
    lambda name: re.fullmatch(r"(fence_[a-z0-9_]+)?", name, re.ASCII) is not None,
    "est un agent de Pacemaker (fence_ipmilan, fence_redfish…), ou reste vide",
)
_OPTIONS = checks.each(
    checks.Check(
        lambda option: re.fullmatch(r"[a-z][a-z0-9_]*=[^\s\"]+", option, re.ASCII) is not None,
        "s’écrit nom=valeur, sans espace",
    )
)
_WORD = checks.Check(lambda word: re.fullmatch(r"[^\s\"]*", word) is not None, "s’écrit sans espace")


@dataclass(frozen=True)
class NodeSection(Section):
    """A machine. `proxy`: Dovecot in front of the pods; `mx`: Postfix for the world, and the filter.

    `entry`: HAProxy and keepalived in front of those with `web`, `proxy` and `mx`.
    """

    name: Annotated[str, _NAME] = ""
    address: Annotated[str, _ADDRESS] = ""  # on the network between machines
    duties: Annotated[tuple[str, ...], _DUTIES] = ()
    fencing: Annotated[str, _AGENT] = ""  # what cuts its power when it answers no more
    fencing_options: Annotated[tuple[str, ...], _OPTIONS] = ()

    @property
    def serves(self) -> bool:
        """Whether processes of ours run there; else only engines of Debian."""
        return bool(set(self.duties) - {DATABASE, ENTRY})

    @property
    def keeps_only_mail(self) -> bool:
        """Whether its Dovecot keeps a pod, and no page and no door of the world is there."""
        return POD in self.duties and not set(self.duties) & set(FRONT_DUTIES)


@dataclass(frozen=True)
class PodSection(Section):
    """Mailboxes that move between machines together, with an address of their own."""

    name: Annotated[str, _NAME] = ""
    address: Annotated[str, _ADDRESS] = ""  # of the node that serves it at the moment
    nodes: Annotated[tuple[str, ...], _NAMES] = ()  # those that can serve it, the usual one first
    device: Annotated[str, _WORD] = ""  # what is mounted where it is served, when several can
    file_system: Annotated[str, _WORD] = ""  # of mount(8); « none » for a folder that is bound
    mount_options: Annotated[str, _WORD] = ""

    @property
    def is_shared(self) -> bool:
        """Whether several machines can serve it: Pacemaker decides which one does."""
        return len(self.nodes) > 1


class Topology(NamedTuple):
    """No node and no pod: one machine does everything."""

    nodes: tuple[NodeSection, ...] = ()
    pods: tuple[PodSection, ...] = ()

    def pod_named(self, name: str) -> PodSection | None:
        """A pod by its name; the first one for "", where mailboxes live unless something else is said."""
        return next((pod for pod in self.pods if name in ("", pod.name)), None)

    def node_named(self, name: str) -> NodeSection | None:
        return next((node for node in self.nodes if node.name == name), None)

    def pod_kept_by(self, machine: str) -> PodSection | None:
        """The pod of a machine that keeps one and nothing else; None for the others."""
        node = self.node_named(machine)
        kept = [pod for pod in self.pods if machine in pod.nodes]
        return kept[0] if node and node.keeps_only_mail and len(kept) == 1 else None

    @property
    def shared_pods(self) -> tuple[PodSection, ...]:
        return tuple(pod for pod in self.pods if pod.is_shared)

    @property
    def front_nodes(self) -> tuple[NodeSection, ...]:
        """Machines before the pods; none where one machine has everything."""
        fronts = (node for node in self.nodes if set(node.duties) & set(FRONT_DUTIES))
        return tuple(fronts) if self.pods else ()

    @property
    def database_nodes(self) -> tuple[NodeSection, ...]:
        """Machines whose databases follow one another; none where the database is somebody else's."""
        return tuple(node for node in self.nodes if DATABASE in node.duties)

    @property
    def entry_nodes(self) -> tuple[NodeSection, ...]:
        """Machines that stand in front of the others; the first one carries the addresses when it may."""
        return tuple(node for node in self.nodes if ENTRY in node.duties)

    def is_first(self, name: str) -> bool:
        """Whether that machine makes the keys that the others are given."""
        return bool(self.nodes) and self.nodes[0].name == name

    def broken_rules(self, database: DatabaseSection, network: NetworkSection) -> Iterator[Rule]:
        """Rules over nodes, pods, the database, and the networks between machines."""
        yield from _duplicates("node", [node.name for node in self.nodes], "name", "le nom")
        yield from _duplicates("pod", [pod.name for pod in self.pods], "name", "le nom")
        yield from self._broken_addresses(network.trusted)
        for number, pod in enumerate(self.pods):
            yield from self._broken_pod(number, pod)
            if network.has_usual_ports:
                unfenced = [node.name for node in self.nodes if node.name in pod.nodes and not node.fencing]
                storage = (pod.device, pod.file_system)
                yield from broken_sharing(_place("pod", number), pod.name, storage, pod.nodes, unfenced)
        yield from self._broken_entries(network)
        if self.pods and not self.nodes:
            yield Rule(("node", "pod"), "[[pod]] demande des [[node]] : une seule machine n’en demande aucun")
        elif self.nodes:
            yield from self._missing_duties()
            yield from self._broken_database(database)
            if not self.pods:
                yield from self._shared_mail()

    def _broken_entries(self, network: NetworkSection) -> Iterator[Rule]:
        """An entry holds no key and no mail: it is nothing else."""
        keys = ("node.duties", "network.entry", "network.ports")
        if bool(network.entry) is not bool(self.entry_nodes):
            yield Rule(
                keys,
                f"[network] « entry » et des [[node]] « {ENTRY} » vont ensemble : des adresses, et les "
                "machines qui les portent",
            )
        elif network.entry and not network.has_usual_ports:
            yield Rule(keys, f"[[node]] « {ENTRY} » demande [network] « ports » = usual")
        for number, node in enumerate(self.nodes):
            if ENTRY in node.duties and len(node.duties) > 1:
                yield Rule(
                    (f"{_place('node', number)}.duties", "node.duties"),
                    f"[[node]] « duties » : « {ENTRY} » va seul, et « {node.name} » a autre chose aussi",
                )

    def _shared_mail(self) -> Iterator[Rule]:
        """Rules without pods: one machine has all the mail duties."""
        for number, node in enumerate(self.nodes):
            given = [duty for duty in MAIL_DUTIES if duty in node.duties]
            if given and len(given) < len(MAIL_DUTIES):
                yield Rule(
                    (f"{_place('node', number)}.duties", "node.duties", "pod"),
                    f"[[node]] « duties » : sans [[pod]], « {', '.join(MAIL_DUTIES)} » vont ensemble, sur "
                    f"une seule machine ; « {node.name} » n’a que « {', '.join(given)} »",
                )
        if sum("pod" in node.duties for node in self.nodes) > 1:
            yield Rule(
                ("node.duties", "pod"),
                "[[node]] « duties » : plusieurs machines ont « pod », aucun [[pod]] ne dit leurs boîtes",
            )

    def _broken_database(self, database: DatabaseSection) -> Iterator[Rule]:
        """Databases of ours are reached through HAProxy on each machine's own loopback."""
        if database.engine != "postgresql":
            yield Rule(
                ("node", "database.engine"),
                "[[node]] demande [database] « engine » = postgresql, que toutes les machines lisent",
            )
            return
        count = len(self.database_nodes)
        if count and (count % 2 == 0 or count > _MAX_DATABASES):
            yield Rule(
                ("node.duties",),
                f"[[node]] {count} machines ont « {DATABASE} » : il en faut 1, 3, 5 ou 7, pour qu’une "
                "majorité décide quand une manque",
            )
        if count and (database.host != "127.0.0.1" or not database.password_file):
            yield Rule(
                ("database.host", "database", "node.duties"),
                f"[database] des [[node]] « {DATABASE} » sont jointes par HAProxy, sur chaque machine : "
                "« host » = 127.0.0.1, et « password_file »",
            )

    def _broken_addresses(self, trusted: Sequence[str]) -> Iterator[Rule]:
        networks = [ipaddress.ip_network(network) for network in trusted]
        places = [(_place("node", n), node.address) for n, node in enumerate(self.nodes)]
        places += [(_place("pod", n), pod.address) for n, pod in enumerate(self.pods)]
        known: set[str] = set()
        for place, address in places:
            kind = place.partition(".")[0]
            if address in known:
                yield Rule((f"{place}.address",), f"[[{kind}]] « address » : {address} sert déjà plus haut")
            known.add(address)
            if address and not any(ipaddress.ip_address(address) in network for network in networks):
                yield Rule(
                    (f"{place}.address", "network.trusted"),
                    f"[[{kind}]] « address » : {address} n’est dans aucun réseau de [network] « trusted »",
                )

    def _broken_pod(self, number: int, pod: PodSection) -> Iterator[Rule]:
        place = _place("pod", number)
        if not pod.nodes:
            yield Rule((f"{place}.nodes", place), f"[[pod]] « nodes » : « {pod.name} » n’a aucune machine")
        for name in pod.nodes:
            node = self.node_named(name)
            if node is None:
                yield Rule((f"{place}.nodes", "node.name"), f"[[pod]] « nodes » : aucun [[node]] « {name} »")
            elif "pod" not in node.duties:
                yield Rule(
                    (f"{place}.nodes", "node.duties"),
                    f"[[pod]] « nodes » : « {name} » n’a pas « pod » dans ses « duties »",
                )

    def _missing_duties(self) -> Iterator[Rule]:
        """An academy may have its database elsewhere."""
        given = {duty for node in self.nodes for duty in node.duties}
        if missing := [duty for duty in MAIL_DUTIES if duty not in given]:
            yield Rule(
                ("node.duties", "node"),
                f"[[node]] aucune machine n’a « {', '.join(missing)} » dans ses « duties »",
            )


def topology_of(
    tables: dict[str, Any], lines: dict[str, int], faults: list[Fault], wrong: set[str]
) -> Topology:
    """Take `[[node]]` and `[[pod]]` out of `tables`. Adds to `faults` and `wrong` (keys)."""
    judge = _judge(lines, faults, wrong)
    return Topology(
        tuple(_read("node", NodeSection, tables.pop("node", []), judge, wrong)),
        tuple(_read("pod", PodSection, tables.pop("pod", []), judge, wrong)),
    )


def _judge(
    lines: dict[str, int], faults: list[Fault], wrong: set[str]
) -> Callable[[str, dict[str, str]], None]:
    """Keeps the problems of one table (key → sentence)."""

    def judge(place: str, problems: dict[str, str]) -> None:
        kind = place.partition(".")[0]
        faults.extend(
            Fault(lines.get(key) or lines.get(place, 0), sentence.replace(f"[{place}]", f"[[{kind}]]"))
            for key, sentence in problems.items()
        )
        if problems:  # rules across tables must not judge one that is half read
            others = ("node", "node.name", "node.duties", "pod")
            wrong.update(problems, others, (f"{place}.{key}" for key in ("name", "address", "nodes")))

    return judge


def _read(
    kind: str,
    section: type[Any],
    entries: object,
    judge: Callable[[str, dict[str, str]], None],
    wrong: set[str],
) -> Iterator[Any]:
    if not isinstance(entries, list) or not all(map(is_table, entries)):
        judge(kind, {kind: f"« {kind} » s’écrit [[{kind}]] seul sur sa ligne, autant de fois qu’il y en a"})
        return
    for number, keys in enumerate(entries):
        place = _place(kind, number)
        required = ("name", "address", "duties" if kind == "node" else "nodes")
        problems = {f"{place}.{key}": f"[{place}] « {key} » manque" for key in required if key not in keys}
        problems |= dict(wrong_keys(place, section, keys))
        judge(place, problems)
        yield read_section(place, section, keys, wrong)


def _place(kind: str, number: int) -> str:
    """Key of that table for the reader of lines: the first one has no number."""
    return f"{kind}.{number}" if number else kind


def _duplicates(kind: str, values: Sequence[str], key: str, words: str) -> Iterator[Rule]:
    for number, value in enumerate(values):
        if value and value in values[:number]:
            yield Rule((f"{_place(kind, number)}.{key}",), f"deux [[{kind}]] ont {words} « {value} »")
