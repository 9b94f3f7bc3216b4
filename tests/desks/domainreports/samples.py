"""Reports of the shapes of RFC 7489 appendix C and RFC 8460 appendix B, packed as reporters pack them."""

import gzip
import io
import json
import zipfile
from datetime import datetime, timedelta
from email.message import EmailMessage

DOMAIN = "ac-amiens.test"


def record(
    address: str,
    count: int,
    *,
    dkim: str = "pass",
    spf: str = "pass",
    signer: str = DOMAIN,
    return_domain: str = DOMAIN,
    reason: str = "",
) -> str:
    why = f"<reason><type>{reason}</type><comment>relayé</comment></reason>" if reason else ""
    return f"""
  <record>
    <row>
      <source_ip>{address}</source_ip><count>{count}</count>
      <policy_evaluated><disposition>none</disposition><dkim>{dkim}</dkim><spf>{spf}</spf>{why}</policy_evaluated>
    </row>
    <identifiers><envelope_from>{return_domain}</envelope_from><header_from>{DOMAIN}</header_from></identifiers>
    <auth_results>
      <dkim><domain>{signer}</domain><result>{"pass" if signer else "fail"}</result></dkim>
      <spf><domain>{return_domain}</domain><scope>mfrom</scope><result>pass</result></spf>
    </auth_results>
  </record>"""


OURS = record("192.0.2.25", 900)
SURVEYS = record(
    "198.51.100.7", 120, dkim="fail", spf="fail", signer="enquetes.example", return_domain="enquetes.example"
)
NOBODY = record("203.0.113.66", 40, dkim="fail", spf="fail", signer="", return_domain="")


def dmarc_xml(
    *records: str,
    begins_at: datetime,
    organisation: str = "Messagerie Exemple",
    report_id: str = "1357908642",
    domain: str = DOMAIN,
    policy: str = "quarantine",
    prefix: str = '<?xml version="1.0" encoding="UTF-8" ?>',
) -> bytes:
    begin = int(begins_at.timestamp())
    return f"""{prefix}
<feedback>
  <version>1.0</version>
  <report_metadata>
    <org_name>{organisation}</org_name><email>dmarc@messagerie.example</email>
    <report_id>{report_id}</report_id>
    <date_range><begin>{begin}</begin><end>{begin + 86399}</end></date_range>
  </report_metadata>
  <policy_published>
    <domain>{domain}</domain><adkim>r</adkim><aspf>r</aspf><p>{policy}</p><sp>none</sp><pct>100</pct>
  </policy_published>{"".join(records)}
</feedback>""".encode()


def tls_json(*, begins_at: datetime, domain: str = DOMAIN) -> bytes:
    """Two policies, as in the appendix: one that fails for two reasons, one without a failure."""
    ends_at = begins_at + timedelta(seconds=86399)
    return json.dumps(
        {
            "organization-name": "Postes de Démonstration",
            "date-range": {
                "start-datetime": begins_at.isoformat().replace("+00:00", "Z"),
                "end-datetime": ends_at.isoformat().replace("+00:00", "Z"),
            },
            "contact-info": "sts-reporting@postes.example",
            "report-id": "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
            "policies": [
                {
                    "policy": {
                        "policy-type": "sts",
                        "policy-string": ["version: STSv1", "mode: testing", f"mx: mail.{domain}"],
                        "policy-domain": domain,
                        "mx-host": [f"mail.{domain}"],
                    },
                    "summary": {"total-successful-session-count": 5326, "total-failure-session-count": 303},
                    "failure-details": [
                        {
                            "result-type": "certificate-expired",
                            "sending-mta-ip": "2001:db8:abcd:12::1",
                            "receiving-mx-hostname": f"mail.{domain}",
                            "failed-session-count": 100,
                        },
                        {
                            "result-type": "starttls-not-supported",
                            "sending-mta-ip": "2001:db8:abcd:13::1",
                            "receiving-mx-hostname": f"mail.{domain}",
                            "receiving-ip": "203.0.113.56",
                            "failed-session-count": 203,
                            "additional-information": "https://reports.example/report_info",
                        },
                    ],
                },
                {
                    "policy": {"policy-type": "tlsa", "policy-domain": domain},
                    "summary": {"total-successful-session-count": 12, "total-failure-session-count": 0},
                },
            ],
        }
    ).encode()


def zipped(content: bytes, name: str = "messagerie.example!ac-amiens.test!1!2.xml") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def mail(file: bytes, *, kind: str = "zip", sender: str = "dmarc@messagerie.example") -> bytes:
    """A message that brings a report, as reporters write it."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = f"rapports-automatiques@{DOMAIN}"
    message["Subject"] = f"Report Domain: {DOMAIN} Submitter: messagerie.example Report-ID: 1357908642"
    message["Message-ID"] = "<rapport@messagerie.example>"
    message.set_content("This is an aggregate report.")
    subtypes = {"zip": "zip", "gzip": "gzip", "tls": "tlsrpt+gzip"}
    message.add_attachment(file, maintype="application", subtype=subtypes[kind], filename="rapport")
    return message.as_bytes()


def tls_mail(content: bytes) -> bytes:
    return mail(gzip.compress(content), kind="tls", sender="tls@postes.example")
