"""Signing of links, and what is remembered of clicks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing

from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.web_hosts import host_of, with_slashes
from vaguemestre.post.redirects.models import LinkClick
from vaguemestre.post.redirects.rules.listed_names import link_digest
from vaguemestre.post.redirects.values import CheckedLink

RETENTION = timedelta(days=30)
_SALT = "redirects.link"


@dataclass(frozen=True)
class LinkSigner:
    """Gives our address of each link of a message, for one account. `prefix`: of these addresses."""

    account_id: int
    message_id: str
    prefix: str

    def __call__(self, address: str) -> str:
        payload = [address, self.account_id, self.message_id]
        return self.prefix + signing.dumps(payload, salt=_SALT, compress=True)


def checked_link(signed: str) -> CheckedLink:
    """Verify one of our addresses, good as long as our key. Raises Refusal `redirects.unknown`."""
    try:
        address, account_id, message_id = signing.loads(signed, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise Refusal("redirects.unknown") from error
    return CheckedLink(with_slashes(str(address)), int(account_id), str(message_id))


def record_click(link: CheckedLink, *, was_listed: bool, now: datetime) -> None:
    """Remember a click of the person whom the text was shown to, for 30 days."""
    LinkClick.objects.create(
        account_id=link.account_id,
        message_id=link.message_id[:255],
        host=host_of(link.address)[:253],
        link_sha256=link_digest(link.address),
        was_listed=was_listed,
        clicked_at=now,
    )


def delete_old_clicks(now: datetime) -> None:
    """Delete a batch of clicks past their time."""
    delete_batch(LinkClick.objects.filter(clicked_at__lt=now - RETENTION))


def forget_person(account_id: int) -> None:
    """Delete the clicks of an account (GDPR art. 17)."""
    LinkClick.objects.filter(account_id=account_id).delete()
