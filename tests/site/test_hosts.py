"""The Host header: which of our sites it names, however it is spelled, and what answers nothing."""

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.site.hosts import Hosts, Site, hosts_of

DEMONSTRATION = hosts_of(
    public_url="http://localhost:48000",
    files_url="http://fichiers.localhost:48000",
    domains=("ac-amiens.test",),
    web_port=48000,
)
PRODUCTION = hosts_of(
    public_url="https://courriel.ac-amiens.test",
    files_url="https://fichiers.ac-amiens.test",
    domains=("ac-amiens.test",),
    web_port=8000,
)


@pytest.mark.parametrize(
    ("hosts", "host", "site"),
    [
        (DEMONSTRATION, "localhost:48000", Site.PAGES),
        (DEMONSTRATION, "127.0.0.1:48000", Site.PAGES),
        (DEMONSTRATION, "localhost.:48000", Site.PAGES),
        (DEMONSTRATION, "localhost", Site.REFUSED),
        (DEMONSTRATION, "localhost:48001", Site.REFUSED),
        (DEMONSTRATION, "127.0.0.1:80", Site.REFUSED),
        (DEMONSTRATION, "fichiers.localhost:48000", Site.FILES),
        (DEMONSTRATION, "Fichiers.LOCALHOST.:48000", Site.FILES),
        (DEMONSTRATION, "fichiers.localhost:048000", Site.REFUSED),
        (DEMONSTRATION, "fichiers.localhost", Site.REFUSED),
        (DEMONSTRATION, "fichiers.localhost:80", Site.REFUSED),
        (DEMONSTRATION, "autoconfig.ac-amiens.test", Site.PROGRAMS),
        (DEMONSTRATION, "autoconfig.ac-amiens.test:48000", Site.PROGRAMS),
        (DEMONSTRATION, "autoconfig.ac-amiens.test:8143", Site.REFUSED),
        (DEMONSTRATION, "evil.example", Site.OTHER),
        (PRODUCTION, "courriel.ac-amiens.test", Site.PAGES),
        (PRODUCTION, "COURRIEL.ac-amiens.test.:443", Site.PAGES),
        (PRODUCTION, "courriel.ac-amiens.test:8000", Site.REFUSED),
        (PRODUCTION, "fichiers.ac-amiens.test.", Site.FILES),
        (PRODUCTION, "fichiers.ac-amiens.test:8443", Site.REFUSED),
        (PRODUCTION, "localhost", Site.OTHER),
        (PRODUCTION, "127.0.0.1:8000", Site.OTHER),
        (PRODUCTION, "testserver", Site.OTHER),
        (PRODUCTION, "ac-amiens.test", Site.PROGRAMS),
        (PRODUCTION, "mta-sts.ac-amiens.test", Site.PROGRAMS),
        (PRODUCTION, "", Site.REFUSED),
        (PRODUCTION, "courriel.ac-amiens.test:", Site.REFUSED),
        (PRODUCTION, "courriel.ac-amiens.test@evil.example", Site.REFUSED),
        (PRODUCTION, "courriel.ac-amiens.test, evil.example", Site.REFUSED),
        (PRODUCTION, "fichiers.ac-amiens.test..", Site.OTHER),
        (PRODUCTION, "fichiers。ac-amiens.test", Site.REFUSED),
    ],
)
def test_a_host_names_one_site_at_its_own_port(hosts: Hosts, host: str, site: Site) -> None:
    assert hosts.site_named(host) is site


def test_outside_the_demonstration_no_loopback_name_is_ours() -> None:
    assert PRODUCTION.names == [
        "ac-amiens.test", "autoconfig.ac-amiens.test", "autodiscover.ac-amiens.test",
        "courriel.ac-amiens.test", "fichiers.ac-amiens.test", "mta-sts.ac-amiens.test",
    ]  # fmt: skip


@given(st.text(max_size=60))
def test_only_the_names_of_the_pages_serve_pages(host: str) -> None:
    if PRODUCTION.site_named(host) is Site.PAGES:
        assert host.lower().removesuffix(":443").removesuffix(".") == "courriel.ac-amiens.test"


@pytest.mark.django_db
@pytest.mark.parametrize("spelling", ["{}", "{}.", "{}:80", "{}.:{}", "{}:{}", "{}.:80", "{}:0{}"])
def test_no_spelling_of_the_files_host_serves_the_application(spelling: str) -> None:
    name, port = settings.FILES_HOST.split(":")
    for host in (spelling.format(name, port), spelling.format(name, port).upper()):
        for path in ("/alogin", "/", "/messagerie/", "/static/ui.css"):
            assert Client(HTTP_HOST=host).get(path).status_code in (400, 404), host


@pytest.mark.django_db
def test_our_names_at_other_ports_and_others_answer_nothing() -> None:
    port = settings.CONFIG.ports.web
    assert Client(HTTP_HOST=f"127.0.0.1:{port}").get("/alogin").status_code == 200
    for host in (
        "localhost",
        f"localhost:{port + 1}",
        f"127.0.0.1:{port + 143}",
        "evil.example",
        f"evil.example:{port}",
    ):
        answer = Client(HTTP_HOST=host).get("/alogin")
        assert answer.status_code == 400, host
    assert Client(HTTP_HOST="10.0.0.1:1").get("/sante/ping").content == b"ok"
