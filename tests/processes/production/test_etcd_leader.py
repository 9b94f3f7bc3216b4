"""Who leads etcd, as a machine of the database is made."""

from pathlib import Path

from tests.engines.cluster.test_configuration import cluster

from vaguemestre.processes.production.nodes.etcd_leader import EtcdLeader


def test_its_units_stay_when_those_of_our_programs_are_written_anew() -> None:
    """Of « vaguemestre* » a machine keeps those of its own programs only (`Installation._stale_units`)."""
    units = [path for path in EtcdLeader(cluster(), "d1").texts if path.suffix in (".service", ".timer")]
    assert len(units) == 2
    assert not [unit for unit in units if unit.match("vaguemestre*")]
    assert all(unit.parent == Path("/etc/systemd/system") for unit in units)
