"""What arrived while the filter was away is judged where the filter is, for mailboxes that live on a pod."""

import imaplib
import io
import signal
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from tests.engines import pods
from tests.engines.live import Someone, letter, wait_until
from tests.engines.pods import Cluster
from tests.engines.rspamd.zone import Zone
from tests.engines.virus_check import MARK, RealClamd

from vaguemestre.engines.agent import Agent
from vaguemestre.engines.clamd import Clamd
from vaguemestre.engines.dovecot.mail_agent import MailAgent, socket_path, verb_on, verbs
from vaguemestre.engines.dovecot.pods.pod_agent import PodAgents
from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.engines.rspamd.late_judgement import LateJudgement
from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.post.mailstore.values import EXAMINED
from vaguemestre.post.quarantine.values import InfectedCopy
from vaguemestre.processes.agents.mail_relay import relay_verbs

pytestmark = pytest.mark.engines
SENDER, LISTED = "jean@dehors.example", "Voir https://tardif.fr/compte demain."


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealClamd]:
    made = RealClamd(tmp_path_factory.mktemp("clamd"))
    made.start()
    yield made
    made.end()


@pytest.fixture(scope="module")
def cluster(clamd: RealClamd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The filter on the front, the virus check beside the mailboxes."""
    with pods.cluster(Clamd(clamd.address)) as made:
        front = made.front
        zone = Zone(tmp_path_factory.mktemp("zone"), front.config.ports.names)
        front.start_filter(f"127.0.0.1:{front.config.ports.names}")
        listed = rspamd.listed_links(front.config)
        listed.write_text("tardif.fr\n", encoding="utf-8")
        probe = letter(SENDER, "a@ac-amiens.test", "sonde", LISTED).as_bytes()
        wait_until(lambda: judgement(made)(io.BytesIO(probe)), 120)  # it watches the list
        yield made
        zone.end()
        for name in ("rspamd", "valkey"):
            front.end(name, signal.SIGKILL)


def judgement(cluster: Cluster) -> LateJudgement:
    config = cluster.front.config
    return LateJudgement(config.ports.filter_controller, config.secrets_dir / "filter_key")


@pytest.fixture
def asks(cluster: Cluster) -> Iterator[Callable[[Someone, str], list[InfectedCopy]]]:
    """The worker's question about a message in a mailbox, by the agent of the front and that of the pod."""
    config = cluster.front.config
    hosts = {name: cluster.address(name) for name in cluster.pods}
    tls = ssl.create_default_context(cafile=str(certificates.paths(config).ca))
    password = (config.secrets_dir / "doveadm_key").read_text(encoding="utf-8")
    agents = PodAgents(hosts, config.ports.pod_agent, tls, password)
    path = socket_path(config)
    path.parent.mkdir(parents=True, exist_ok=True)
    with Agent(path, relay_verbs(agents, hosts, verbs(config, (), ()), judgement(cluster))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        asked = MailAgent(config, cluster.places.pod_of)
        yield lambda person, queue_id: asked.examine_copies(person.mailbox, queue_id, int(time.time()))
        server.shutdown()
        thread.join()


def keep(
    cluster: Cluster, person: Someone, queue_id: str, text: str, *, mark: str, folder: str = "INBOX"
) -> None:
    """A message as it was delivered under that identifier of our queue."""
    received = (
        f"Received: from x by mail (Postfix) with ESMTP id {queue_id}; Mon, 30 Nov 2026 05:00:00 +0000\r\n"
    )
    content = letter(SENDER, person.address, queue_id, text).as_bytes()
    with cluster.signed_in(person, "un") as client:
        if folder != "INBOX":
            client.create(folder)
        client.append(
            folder, "", imaplib.Time2Internaldate(time.time()),
            f"Vaguemestre-Unexamined: {mark}\r\n{received}".encode() + content,
        )  # fmt: skip


def is_examined(cluster: Cluster, person: Someone, folder: str = "INBOX") -> bool:
    with cluster.signed_in(person, "un") as client:
        client.select(folder, readonly=True)
        return bool(client.search(None, "KEYWORD", EXAMINED)[1] != [b""])


type Asks = Callable[[Someone, str], list[InfectedCopy]]


@pytest.mark.parametrize("folder", ["INBOX", "Junk"])
def test_what_no_filter_saw_is_judged_on_the_front_in_whatever_folder_it_lies(
    cluster: Cluster, asks: Asks, folder: str
) -> None:
    person = cluster.someone("un")
    keep(cluster, person, "4jLIST", LISTED, mark="filter", folder=folder)
    (found,) = asks(person, "4jLIST")
    assert (found.folder, found.mail.verdict, found.mail.subject) == (folder, "fraud tardif.fr", "4jLIST")
    assert not is_examined(cluster, person, folder)


def test_what_the_filter_has_nothing_against_is_marked_and_not_asked_about_again(
    cluster: Cluster, asks: Asks
) -> None:
    person = cluster.someone("un")
    keep(cluster, person, "4jNONE", "Bonjour.", mark="filter")
    assert asks(person, "4jNONE") == []
    assert is_examined(cluster, person)


def test_a_virus_is_found_beside_the_mailbox(cluster: Cluster, asks: Asks) -> None:
    person = cluster.someone("un")
    keep(cluster, person, "4jVIRUS", MARK.decode(), mark="filter")
    assert [copy.mail.verdict for copy in asks(person, "4jVIRUS")] == ["virus Vaguemestre.Essai.UNOFFICIAL"]


def test_while_the_filter_is_away_nothing_is_marked(cluster: Cluster, asks: Asks) -> None:
    person = cluster.someone("un")
    keep(cluster, person, "4jAWAY", LISTED, mark="filter")
    cluster.front.end("rspamd", signal.SIGKILL)
    try:
        with pytest.raises(EngineDown):
            asks(person, "4jAWAY")
        assert not is_examined(cluster, person)
    finally:
        cluster.front.start_filter(f"127.0.0.1:{cluster.front.config.ports.names}", with_memory=False)
    assert [copy.mail.verdict for copy in asks(person, "4jAWAY")] == ["fraud tardif.fr"]


@pytest.mark.parametrize("mark", ["virus", "filter"])
def test_no_other_text_leaves_the_pod(cluster: Cluster, asks: Asks, mark: str) -> None:
    """Of what the filter saw, or has judged since, nobody is given the text; no process of the front asks."""
    person = cluster.someone("un")
    keep(cluster, person, "4jTEXT", "Bonjour.", mark=mark)
    assert asks(person, "4jTEXT") == []
    agent = verbs(cluster.pods["un"].config, (), ())["unjudged-text"]
    with pytest.raises(EngineRefused, match="n’attend pas le filtre"):
        agent.run(person.mailbox, "INBOX", "1")
    config = cluster.front.config
    hosts = dict.fromkeys(cluster.pods, "127.0.0.2")
    agents = PodAgents(hosts, 1, ssl.create_default_context(), "")
    assert verb_on("unjudged-text", "un") not in relay_verbs(agents, hosts, verbs(config, (), ()))
