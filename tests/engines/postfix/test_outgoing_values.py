"""How `[mail.outgoing]` and the machine's resolver become Postfix's configuration."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vaguemestre.engines.config_templates import render
from vaguemestre.engines.outgoing import outgoing_services
from vaguemestre.engines.postfix import configuration, outgoing
from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.site.config import Config, MailSection, OutgoingSection

LOCAL, REMOTE = ("127.0.0.1", "::1"), ("127.0.0.53", "192.0.2.1")


def config(home: Path = Path("/nowhere"), *, forward_outside: bool = False, **keys: object) -> Config:
    outgoing_section = OutgoingSection(**keys)  # type: ignore[arg-type]
    mail = MailSection(forward_outside=forward_outside, outgoing=outgoing_section)
    return replace(Config(home=home), mail=mail)


@pytest.fixture
def rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What Postfix itself reads in the rendered main.cf, by name."""

    def read(servers: tuple[str, ...], **keys: Any) -> dict[str, str]:
        monkeypatch.setattr(outgoing, "name_servers", lambda: servers)
        monkeypatch.setattr(certificates, "fingerprint", lambda path: "AA:BB")
        values = configuration._values(config(tmp_path, **keys))
        for name in ("main.cf", "master.cf"):
            text = render(configuration._HERE, f"{name}.j2", **values)
            (tmp_path / name).write_text(text)
        told = subprocess.run(
            ["postconf", "-n", "-c", str(tmp_path)], capture_output=True, text=True, check=True
        ).stdout
        told += subprocess.run(
            ["postconf", "-P", "-c", str(tmp_path), "smtp/unix"], capture_output=True, text=True, check=True
        ).stdout
        return dict(line.split(" = ", 1) if " = " in line else (line[:-2], "") for line in told.splitlines())

    return read


@pytest.mark.parametrize(
    ("servers", "level", "support"),
    [
        (LOCAL, "dane", "dnssec"),
        (REMOTE, "may", "enabled"),
        ((), "may", "enabled"),
        (("x",), "may", "enabled"),
    ],
)
def test_dane_is_asked_for_only_behind_a_resolver_of_this_machine(
    servers: tuple[str, ...], level: str, support: str
) -> None:
    delivery = outgoing.delivery(config(mode="direct"), servers)
    assert (delivery.tls_level, delivery.dns_support) == (level, support)


def test_name_servers_are_read_in_order(tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text(
        "# nameserver 192.0.2.9\nsearch ici.fr\nnameserver ::1\n\tnameserver 192.0.2.1 # un\nnameserver\n"
    )
    assert outgoing.name_servers(file) == ("::1", "192.0.2.1")
    assert outgoing.name_servers(tmp_path / "absent") == ()


@pytest.mark.engines
def test_a_demonstration_asks_no_name_server_and_lets_nothing_leave(rendered) -> None:
    values = rendered(LOCAL)
    assert values["default_transport"].startswith("outside:unix:")
    assert values["smtp_dns_support_level"] == "disabled"
    assert "smtp_tls_security_level" not in values


@pytest.mark.engines
def test_direct_mode_delivers_by_mx_with_back_pressure_and_lifetimes(rendered) -> None:
    values = rendered(
        LOCAL,
        mode="direct",
        connections_per_destination=3,
        seconds_between=2,
        queue_days=5,
        delay_notice_hours=6,
    )
    wanted = {
        "default_transport": "smtp", "smtp_tls_security_level": "dane", "smtp_dns_support_level": "dnssec",
        "smtp/unix/inet_protocols": "all", "smtp_destination_concurrency_limit": "3",
        "smtp_destination_rate_delay": "2s",
        "maximal_queue_lifetime": "5d", "maximal_backoff_time": "30m", "delay_warning_time": "6h",
    }  # fmt: skip
    assert {name: values.get(name) for name in wanted} == wanted
    assert "relayhost" not in values


@pytest.mark.engines
def test_a_relay_gets_everything_under_its_tls_policy(rendered, tmp_path: Path) -> None:
    keys = {"mode": "relay", "relay_host": "relais.fr", "relay_port": 465, "relay_user": "moi"}
    values = rendered(REMOTE, **keys, relay_password_file="mot", ipv6=False)
    wanted = {
        "relayhost": "[relais.fr]:465", "smtp_tls_wrappermode": "yes", "smtp_tls_security_level": "secure",
        "smtp_sasl_auth_enable": "yes", "smtp/unix/inet_protocols": "ipv4",
    }  # fmt: skip
    assert {name: values.get(name) for name in wanted} == wanted


def test_the_password_of_a_relay_is_readable_by_root_alone_and_goes_with_it(tmp_path: Path) -> None:
    relayed = config(
        tmp_path, mode="relay", relay_host="relais.fr", relay_user="moi", relay_password_file="mot"
    )
    with pytest.raises(EngineRefused):
        outgoing.write_credentials(relayed, tmp_path)
    (tmp_path / "mot").write_text("secret\n")
    outgoing.write_credentials(relayed, tmp_path)
    file = tmp_path / "relay_credentials"
    assert file.read_text() == "[relais.fr]:587 moi:secret\n"
    assert file.stat().st_mode & 0o777 == 0o600
    outgoing.write_credentials(config(tmp_path, mode="direct"), tmp_path)
    assert not file.exists()


@pytest.mark.engines
@pytest.mark.parametrize(
    ("forwards", "mode", "rewrites"),
    [(True, "direct", True), (False, "direct", False), (True, "demonstration", False)],
)
def test_return_paths_are_undone_where_mail_is_sent_on_to_other_domains(
    rendered,
    forwards: bool,
    mode: str,
    rewrites: bool,
) -> None:
    values = rendered(LOCAL, mode=mode, forward_outside=forwards)
    assert ("recipient_canonical_maps" in values) is rewrites
    if rewrites:
        assert values["recipient_canonical_maps"].endswith("tcp:127.0.0.1:8028 }")
        assert values["recipient_canonical_classes"] == "envelope_recipient"


def tables(servers: tuple[str, ...], **keys: Any) -> list[str]:
    """The last words of the tables that are asked about a domain's TLS, in their order."""
    return [table.rpartition(":")[2] for table in outgoing.delivery(config(**keys), servers).tls_policies]


def test_keys_in_dns_are_asked_for_before_policies_and_only_where_dns_is_validated() -> None:
    assert tables(LOCAL, mode="direct") == ["dane", "postfix"]
    assert tables(REMOTE, mode="direct") == ["postfix"]


@pytest.mark.parametrize(
    "keys",
    [
        {"mode": "direct", "mta_sts": False},
        {"mode": "relay", "relay_host": "relais.fr"},
        {"mode": "demonstration"},
    ],
    ids=lambda keys: keys["mode"],
)
def test_policies_of_others_are_not_followed_where_we_do_not_write_to_their_servers(
    keys: dict[str, object],
) -> None:
    assert tables(LOCAL, **keys) == []


def test_without_the_daemon_no_policy_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(outgoing_services, "POLICY_DAEMON", tmp_path / "absent")
    assert tables(LOCAL, mode="direct") == []
