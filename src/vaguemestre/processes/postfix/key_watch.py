"""Watch of DKIM keys: nothing leaves for the outside before it can be signed."""

from collections.abc import Callable

from vaguemestre.people.provisioning.ports import MailDirectory
from vaguemestre.post.outbox.values import SubmissionRequest
from vaguemestre.site.config import Config


class KeyWatch:
    """Whether a message would leave for the outside before our DKIM key is published and in use."""

    def __init__(
        self, config: Config, directory: MailDirectory, has_active_key: Callable[[str], bool]
    ) -> None:
        self._leaves, self._domain = config.mail.outgoing.leaves, config.academy.domain.lower()
        self._directory, self._has_active_key = directory, has_active_key

    def __call__(self, submission: SubmissionRequest) -> bool:
        if not self._leaves:
            return False
        domains = {address.rpartition("@")[2].lower() for address in submission.recipients} - {self._domain}
        if all(self._directory.is_ours(domain) for domain in domains):
            return False
        return not self._has_active_key(submission.sender.rpartition("@")[2].lower() or self._domain)
