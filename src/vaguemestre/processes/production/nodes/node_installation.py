"""The steps that make one machine of several: what its duties ask for, and nothing else."""

from dataclasses import dataclass

from vaguemestre.engines.config_templates import write
from vaguemestre.processes.production.installation import Installation
from vaguemestre.processes.production.machine.commands import has_text
from vaguemestre.processes.production.nodes.database_member import DatabaseMember
from vaguemestre.processes.production.nodes.entry_machine import EntryMachine
from vaguemestre.processes.production.nodes.etcd_leader import EtcdLeader
from vaguemestre.processes.production.nodes.keys import NodeKeys, cluster_of, mark
from vaguemestre.processes.production.nodes.pod_address import PodAddress
from vaguemestre.processes.production.nodes.pod_member import PodMember
from vaguemestre.processes.production.step import Step
from vaguemestre.site.config.topology import DATABASE, ENTRY, NodeSection


@dataclass
class NodeInstallation:
    """The installation of `node`; `whole` is that of a machine that does everything."""

    whole: Installation
    node: NodeSection

    @property
    def has_pages(self) -> bool:
        """Whether this machine shows the site."""
        return self.node.serves and not self.whole.config.served_pod

    def steps(self) -> tuple[Step, ...]:
        """Every step, in order."""
        configuration, *others = self.whole.steps()
        keys = NodeKeys(self.whole.config, self.node)
        first = (
            configuration,
            Step(f"Nom de cette machine : {self.node.name}", self._is_named, self._name),
            self.whole.current_step(),
            *self._entry_steps(),
            *(
                ()
                if ENTRY in self.node.duties
                else (Step("Clés de cette machine", keys.are_there, keys.take),)
            ),
            *self._database_steps(),
            *self._pod_steps(),
        )
        titles = {step.title for step in first}
        rest = (step for step in others if step.title not in titles) if self.node.serves else ()
        return (*first, *rest, *self._shared_pod_steps())

    def later_steps(self) -> tuple[Step, ...]:
        return self.whole.later_steps() if self.node.serves else ()

    def _database_steps(self) -> tuple[Step, ...]:
        if DATABASE not in self.node.duties:
            return ()
        member = DatabaseMember(self.whole.config, self.node)
        leader = EtcdLeader(cluster_of(self.whole.config), self.node.name)
        return (
            Step("PostgreSQL de Debian laissé à Patroni", member.is_alone, member.leave_alone),
            Step(
                "Clé de cette machine lue par PostgreSQL et etcd", member.is_key_read, member.let_key_be_read
            ),
            Step("etcd : une majorité de machines répond", member.votes, member.vote),
            Step("PostgreSQL suivi par Patroni", member.follows, member.follow),
            Step("PostgreSQL : rôle et base", member.has_database, member.make_database),
            Step("etcd mené par une machine dont la base suit", leader.is_watched, leader.watch),
        )

    def _pod_steps(self) -> tuple[Step, ...]:
        pod = self.whole.config.topology.pod_kept_by(self.node.name)
        if pod is None:
            return ()
        if pod.is_shared:
            member = PodMember(self.whole.config, pod)
            return (Step("Groupe de boîtes laissé à Pacemaker", member.is_left_alone, member.leave_alone),)
        address = PodAddress(self.node, pod)
        return (Step(f"Adresse du groupe de boîtes : {pod.address}", address.is_there, address.take),)

    def _shared_pod_steps(self) -> tuple[Step, ...]:
        """Last: what Pacemaker starts is there by then."""
        pod = self.whole.config.topology.pod_kept_by(self.node.name)
        if pod is None or not pod.is_shared:
            return ()
        member = PodMember(self.whole.config, pod)
        return (
            Step("Corosync et Pacemaker : les machines des groupes de boîtes", member.is_joined, member.join),
            Step(
                "Pacemaker : ce qu’il démarre, et à qui il coupe le courant",
                member.has_rules,
                member.set_rules,
            ),
            Step(f"Groupe de boîtes « {pod.name} » servi", member.is_served, member.wait_until_served),
        )

    def _entry_steps(self) -> tuple[Step, ...]:
        if ENTRY not in self.node.duties:
            return ()
        entry = EntryMachine(self.whole.config, self.node)
        return (
            Step("HAProxy : le chemin vers les machines qui répondent", entry.leads, entry.lead),
            Step("keepalived : les adresses de l’installation", entry.carries, entry.carry),
        )

    def _is_named(self) -> bool:
        return has_text(*mark(self.node))

    def _name(self) -> None:
        path, text = mark(self.node)
        write(path, text)
