"""Apple's profile for one mail account (Configuration Profile Reference, com.apple.mail.managed)."""

import plistlib
import uuid

from vaguemestre.mailbox.autoconfig.values import Holder, Offer

_OURS = uuid.UUID("8f1f3b0e-6a52-5d0a-9c39-0d5b7c1b8a11")


def profile(offered: Offer, holder: Holder) -> bytes:
    """The profile, XML. The same person's next one replaces it (same identifiers)."""
    account: dict[str, object] = {
        "PayloadType": "com.apple.mail.managed",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{_identifier(offered)}.mail",
        "PayloadUUID": _uuid(offered, holder, "mail"),
        "PayloadDisplayName": f"Messagerie – {offered.name}",
        "EmailAccountType": "EmailTypeIMAP",
        "EmailAccountDescription": "Messagerie professionnelle",
        "IncomingMailServerHostName": offered.imap.host,
        "IncomingMailServerPortNumber": offered.imap.port,
        "IncomingMailServerUseSSL": True,
        "IncomingMailServerAuthentication": "EmailAuthPassword",
        "OutgoingMailServerHostName": offered.smtp.host,
        "OutgoingMailServerPortNumber": offered.smtp.port,
        "OutgoingMailServerUseSSL": True,
        "OutgoingMailServerAuthentication": "EmailAuthPassword",
        "OutgoingPasswordSameAsIncomingPassword": True,
        "PreventMove": False,
        "SMIMEEnabled": False,
    }
    account |= _of(holder)
    whole = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": _identifier(offered),
        "PayloadUUID": _uuid(offered, holder, "profile"),
        "PayloadDisplayName": f"Messagerie – {offered.name}",
        "PayloadDescription": "Ajoute votre messagerie professionnelle à l’application Mail.",
        "PayloadOrganization": offered.name,
        "PayloadRemovalDisallowed": False,
        "PayloadContent": [account],
    }
    return plistlib.dumps(whole)


def _of(holder: Holder) -> dict[str, object]:
    payload: dict[str, object] = {}
    if holder.address:
        payload["EmailAddress"] = holder.address
        payload["IncomingMailServerUsername"] = holder.address
        payload["OutgoingMailServerUsername"] = holder.address
    if holder.name:
        payload["EmailAccountName"] = holder.name
    if holder.password:
        payload["IncomingPassword"] = holder.password
    return payload


def _identifier(offered: Offer) -> str:
    return ".".join(reversed(offered.domain.split("."))) + ".vaguemestre"


def _uuid(offered: Offer, holder: Holder, part: str) -> str:
    return str(uuid.uuid5(_OURS, f"{offered.domain} {holder.address} {part}")).upper()
