"""Each record of the zone is one line of `check --live`, named as mail administrators name it."""

from pathlib import Path

import pytest

from vaguemestre.mailbox.autoconfig.rules.mail_records import PublicKey, mail_records, mta_sts_policy
from vaguemestre.mailbox.autoconfig.rules.offers import offer
from vaguemestre.mailbox.autoconfig.rules.records import Checked, Record, State, expected_records
from vaguemestre.mailbox.autoconfig.services.zone import AddressName
from vaguemestre.processes.production.machine.hosts import hosts_with_address
from vaguemestre.processes.production.running_check import zone_verdicts as verdicts
from vaguemestre.site.config import Config
from vaguemestre.site.config.web import WebSection

DOMAIN = "ac-exemple.fr"
SITE = f"messagerie.{DOMAIN}"
KEY = PublicKey(f"r1._domainkey.{DOMAIN}", "v=DKIM1; k=rsa; p=AAAA")
OFFER = offer(
    public_url=f"https://{SITE}", domain=DOMAIN, name="", imaps=993, submissions=465, managesieve=4190
)
POLICY = mta_sts_policy(DOMAIN, "testing")
RECORDS = (
    *expected_records(OFFER, site=SITE, site_port=443),
    *mail_records(DOMAIN, site=SITE, keys=[KEY], key_digest="ab" * 32, policy=POLICY),
)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("MX", DOMAIN),
        ("SPF (TXT)", DOMAIN),
        ("DKIM (TXT)", KEY.name),
        ("DMARC (TXT)", f"_dmarc.{DOMAIN}"),
        ("MTA-STS (TXT)", f"_mta-sts.{DOMAIN}"),
        ("MTA-STS (CNAME)", f"mta-sts.{DOMAIN}"),
        ("TLS-RPT (TXT)", f"_smtp._tls.{DOMAIN}"),
        ("DANE (TLSA)", f"_25._tcp.mail.{DOMAIN}"),
        ("SRV", f"_imaps._tcp.{DOMAIN}"),
        ("CNAME", f"autoconfig.{DOMAIN}"),
    ],
)
def test_each_kind_of_record_has_its_line(kind: str, name: str) -> None:
    names = [verdicts.judge_record(Checked(record, State.MISSING)).name for record in RECORDS]
    assert names.count(f"DNS {kind} {name}") == 1


MX = Record(DOMAIN, "MX", f"10 mail.{DOMAIN}.", "")


@pytest.mark.parametrize(
    ("state", "answers", "line"),
    [
        (State.RIGHT, (), f"bien   DNS MX {DOMAIN} : juste"),
        (State.MISSING, (), f"ROUGE  DNS MX {DOMAIN} : manque → ajoutez {MX.line}"),
        (
            State.OTHER,
            ("5 ailleurs.",),
            f"ROUGE  DNS MX {DOMAIN} : autre chose y est (5 ailleurs.) → remplacez par {MX.line}",
        ),
        (
            State.SILENT,
            (),
            f"ROUGE  DNS MX {DOMAIN} : le DNS ne répond pas → vérifiez unbound sur cette machine",
        ),
    ],
)
def test_a_red_record_says_what_to_put_in_the_zone(state: State, answers: tuple[str, ...], line: str) -> None:
    assert verdicts.judge_record(Checked(MX, state, answers)).line() == line


def test_without_a_key_signatures_are_red() -> None:
    assert verdicts.judge_signatures(RECORDS).is_well
    assert not verdicts.judge_signatures([MX]).is_well


def test_an_address_without_our_name_is_red() -> None:
    right = AddressName("192.0.2.1", (f"mail.{DOMAIN}",), is_right=True)
    assert verdicts.judge_address_name(f"mail.{DOMAIN}", right).is_well
    other = verdicts.judge_address_name(f"mail.{DOMAIN}", AddressName("192.0.2.1", (), is_right=False))
    assert other.line() == (
        f"ROUGE  DNS PTR 192.0.2.1 : aucun nom → demandez à votre hébergeur le nom mail.{DOMAIN}"
    )


def test_a_resolver_that_nobody_answers_is_told_where_else_to_ask() -> None:
    assert verdicts.judge_resolver(is_answered=True).is_well
    silent = verdicts.judge_resolver(is_answered=False)
    assert not silent.is_well
    assert "forwarders" in silent.remedy


def test_the_names_that_lead_here_by_an_address_are_those_of_the_pages_files_and_mail(tmp_path: Path) -> None:
    config = Config(home=tmp_path, web=WebSection(public_url=f"https://{SITE}"))
    assert hosts_with_address(config) == ("mail.ac-amiens.test", SITE, f"fichiers.{SITE}")
