"""When a machine of the database may go on to Patroni."""

import pytest

from vaguemestre.processes.production.nodes.database_member import is_version_known


@pytest.mark.parametrize(
    ("version", "is_known"), [("3.5.0", True), ("3.6.0", True), ("3.0.0", False), ("not_decided", False)]
)
def test_etcd_that_has_not_seen_all_its_members_is_waited_for(version: str, is_known: bool) -> None:
    answer = f'{{"etcdserver":"3.5.16","etcdcluster":"{version}"}}'.encode()
    assert is_version_known(answer) is is_known
