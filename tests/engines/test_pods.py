"""People on two pods, and one front: each is reached where the mailbox lives, and nowhere else."""

import imaplib
import smtplib
from collections.abc import Iterator

import pytest
from tests.engines import live, pods
from tests.engines.live import digest, wait_until
from tests.engines.pods import Cluster

from vaguemestre.engines.dovecot.configuration import log_file
from vaguemestre.engines.projection.backend import prepare
from vaguemestre.engines.sieve.client import ManageSieve
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.site.adapters.pods import imap_connector, open_scripts
from vaguemestre.site.monitoring import health

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with pods.cluster() as made:
        yield made


def _sign_ins(cluster: Cluster, pod: str) -> int:
    """How many sign-ins that pod has judged, refused ones included."""
    lines = log_file(cluster.pods[pod].config).read_text(errors="replace").splitlines()
    return sum("imap-login: " in line and "user=<>" not in line for line in lines)  # HAProxy only looks in


@pytest.mark.parametrize("pod", ["un", "deux"])
def test_mail_arrives_on_the_pod_of_each_and_is_read_through_the_front(cluster: Cluster, pod: str) -> None:
    person = cluster.someone(pod)
    cluster.arrive(person, f"Pour {pod}")
    assert wait_until(lambda: cluster.subjects(person)) == [f"Pour {pod}"]
    assert cluster.subjects(person, pod) == [f"Pour {pod}"]
    homes = [name for name, one in cluster.pods.items() if person.mailbox.partition("@")[0] in one.homes()]
    assert homes == [pod]


def test_a_delivery_keeps_the_recipient_of_the_envelope(cluster: Cluster) -> None:
    person = cluster.someone("deux")
    local, _, domain = person.address.partition("@")
    cluster.front.arrive(
        f"{local}+classe@{domain}", live.letter("a@b.example", person.address, "Sous-adresse")
    )
    with cluster.signed_in(person, "deux") as client:
        wait_until(lambda: client.select("INBOX", readonly=True)[1] != [b"0"])
        headers = str(client.fetch("1", "(BODY.PEEK[HEADER])")[1])
    assert f"Delivered-To: {local}+classe@{domain}" in headers


@pytest.mark.django_db
def test_a_front_whose_dovecot_hands_over_is_well(cluster: Cluster) -> None:
    """It speaks IMAP by TLS only."""
    config = cluster.front.config
    wait_until(lambda: health.checks(config)["dovecot"].ok)
    cluster.front.end("dovecot")
    try:
        assert not health.checks(config)["dovecot"].ok
    finally:
        cluster.front.start_dovecot()


def test_mail_for_nobody_is_refused_at_once(cluster: Cluster) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        cluster.front.arrive(
            f"personne@{cluster.front.config.academy.domain}", live.letter("a@b.c", "x", "y")
        )


def test_nobody_is_reached_on_the_pod_of_others(cluster: Cluster) -> None:
    person = cluster.someone("deux")
    with pytest.raises(imaplib.IMAP4.error):
        cluster.signed_in(person, "un")
    with pytest.raises(imaplib.IMAP4.error):
        cluster.with_token(person.mailbox, cluster.front.token(person.mailbox), "un")


def test_a_token_opens_through_the_front_until_it_is_withdrawn(cluster: Cluster) -> None:
    person = cluster.someone("deux")
    token = cluster.front.token(person.mailbox)
    with cluster.with_token(person.mailbox, token) as client:
        assert client.select("INBOX")[0] == "OK"
    cluster.front.directory.refuse_tokens([digest(token)])
    asked = _sign_ins(cluster, "deux")
    with pytest.raises(imaplib.IMAP4.error):
        cluster.with_token(person.mailbox, token)
    assert _sign_ins(cluster, "deux") == asked, "the front refuses it by itself"
    with pytest.raises(imaplib.IMAP4.error):
        cluster.with_token(person.mailbox, token, "deux")


def test_a_wrong_password_opens_nothing_and_sends_nothing(cluster: Cluster) -> None:
    person = cluster.someone("deux")
    with cluster.imap() as client, pytest.raises(imaplib.IMAP4.error):
        client.login(person.mailbox, "faux")
    with cluster.front.submission() as door:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            door.login(person.mailbox, "faux")
        assert door.login(person.mailbox, person.password)[0] == 235


def test_the_first_pod_has_the_mailboxes_of_which_nothing_is_said(cluster: Cluster) -> None:
    person = cluster.someone()
    cluster.arrive(person, "Sans place")
    wait_until(lambda: cluster.subjects(person))
    assert cluster.subjects(person, "un") == ["Sans place"]


def test_another_first_pod_is_refused(cluster: Cluster) -> None:
    turned = pods.with_pods(cluster.front.config, ("deux", "un"))
    with pytest.raises(EngineRefused, match="le premier"):
        prepare(turned)


@pytest.mark.parametrize("pod", ["un", "deux"])
def test_the_webmail_opens_each_where_the_mailbox_lives(cluster: Cluster, pod: str) -> None:
    person, config = cluster.someone(pod), cluster.front.config
    connection = imap_connector(config, lambda login: cluster.front.token(login.mailbox))(
        MailLogin(person.mailbox)
    )
    assert connection._socket.getpeername() == (cluster.address(pod), config.ports.imaps)
    connection.close()
    with open_scripts(config, cluster.front.token)(person.mailbox) as scripts:
        scripts.put("regles", "keep;")
        assert scripts.list_scripts().names == ("regles",)


def test_scripts_are_reached_through_the_front(cluster: Cluster) -> None:
    person, front = cluster.someone("deux"), cluster.front
    where = ("localhost", front.config.ports.managesieve)
    with ManageSieve(*where, person.mailbox, front.token(person.mailbox), front.tls()) as client:
        client.command("PUTSCRIPT", "regles", "keep;")
    with open_scripts(front.config, front.token)(person.mailbox) as scripts:
        assert scripts.read("regles") == "keep;"
