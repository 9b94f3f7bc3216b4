"""What our processes may have done to mailboxes beside IMAP, by an agent that runs as the mail's own user.

House scripts, erasure of a closed mailbox, and a few commands of Dovecot's doveadm server.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import batched
from pathlib import Path
from typing import Any

from vaguemestre.desks.removals.values import Look, MailCopy, SoughtMail
from vaguemestre.engines import agent
from vaguemestre.engines.agent import Verb
from vaguemestre.engines.dovecot.copies.deleted_bound import DeletedBound
from vaguemestre.engines.dovecot.copies.deleted_recovery import DeletedRecovery
from vaguemestre.engines.dovecot.copies.quarantined import QuarantinedMail, found_mail
from vaguemestre.engines.dovecot.copies.redelivered import RedeliveredCopies
from vaguemestre.engines.dovecot.copies.removed_copies import RemovedCopies, sought_words
from vaguemestre.engines.dovecot.copies.unexamined import Judge, Scan, UnexaminedCopies, nothing
from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer, doveadm_socket
from vaguemestre.engines.dovecot.homes import mail_home, unexpected_mailbox
from vaguemestre.engines.dovecot.house_script import HouseScripts
from vaguemestre.engines.dovecot.mailbox_erasure import MailboxErasure
from vaguemestre.engines.dovecot.quota import QuotaUse
from vaguemestre.engines.home_alias import sockets
from vaguemestre.engines.instance import Place
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.post.quarantine.values import FoundMail, InfectedCopy

_GUIDS_PER_QUESTION = 100
_PATIENCE_SECONDS = 60.0
_EXAMINATION_SECONDS = 300.0  # a large message, in several folders
FILTER_VERBS = ("unjudged-text", "mark-examined")  # of a pod's agent, for the one beside the filter alone
_NO_USER = frozenset(("-NOUSER", "-67"))  # EX_NOUSER: a Dovecot in front of pods knows nobody
_NO_HOST = frozenset(("-NOHOST", "-68"))  # doveadm's EX_NOHOST: nobody is connected


def socket_path(instance: Place) -> Path:
    return sockets(instance) / "mail-agent" / "s"


def verbs(
    instance: Place,
    users: Collection[int],
    erasers: Collection[int],
    scan: Scan | None = None,
    judge: Judge = nothing,
) -> dict[str, Verb]:
    """What the agent does for those user ids. What takes mail away is for `erasers` only.

    `scan`: the virus check; `judge`: the filter. No asker may choose them: texts go there.
    """
    put_script, erase = HouseScripts(instance), MailboxErasure(instance)
    doveadm = DoveadmServer(doveadm_socket(instance))
    copies, quarantined = RemovedCopies(doveadm, instance), QuarantinedMail(doveadm)

    def checked(act: Callable[..., object]) -> Callable[..., object]:
        return lambda mailbox, *words: act(_checked(instance, mailbox), *words)

    return {
        "cut": Verb(checked(partial(_cut, doveadm)), users),
        "quota": Verb(checked(partial(_quota, doveadm)), users),
        "make": Verb(partial(_make, instance, doveadm), users),
        "put-script": Verb(put_script, users),
        "get-script": Verb(put_script.content, ()),
        "erase": Verb(erase, erasers),
        "find-copies": Verb(checked(copies.find), erasers),
        "look-for-copies": Verb(checked(copies.look), erasers),
        "state": Verb(checked(copies.state), erasers),
        "find-guids": Verb(checked(copies.find_guids), erasers),
        "remove-copies": Verb(checked(copies.remove), erasers),
        **_removed_verbs(copies, checked, erasers),
        "find-quarantined": Verb(checked(quarantined.find), erasers),
        "release-quarantined": Verb(checked(quarantined.release), erasers),
        "discard-quarantined": Verb(checked(quarantined.discard), erasers),
        **_late_verbs(UnexaminedCopies(doveadm, copies, scan, judge), checked, erasers),
        "drop-redelivered": Verb(checked(RedeliveredCopies(doveadm)), erasers),
        "bound-deleted": Verb(checked(DeletedBound(instance, doveadm)), erasers),
        "recover-deleted": Verb(checked(DeletedRecovery(doveadm)), erasers),
    }


def _removed_verbs(
    copies: RemovedCopies,
    checked: Callable[[Callable[..., object]], Callable[..., object]],
    erasers: Collection[int],
) -> dict[str, Verb]:
    """Verbs that act on removed copies."""
    return {
        "list-removed": Verb(checked(copies.list_removed), erasers),
        "restore-copies": Verb(checked(copies.restore), erasers),
        "restore-guids": Verb(checked(copies.restore_guids), erasers),
        "discard-copies": Verb(checked(copies.discard), erasers),
    }


def _late_verbs(
    unexamined: UnexaminedCopies,
    checked: Callable[[Callable[..., object]], Callable[..., object]],
    erasers: Collection[int],
) -> dict[str, Verb]:
    return {
        "examine-copies": Verb(checked(unexamined.examine), erasers),
        "quarantine-copies": Verb(checked(unexamined.quarantine), erasers),
        "unjudged-text": Verb(checked(unexamined.unjudged_text), ()),
        "mark-examined": Verb(checked(unexamined.mark_examined), ()),
    }


def verb_on(verb: str, pod: str) -> str:
    """What a front's agent calls the verb of a pod's."""
    return f"{verb}@{pod}"


def _cut(doveadm: DoveadmServer, mailbox: str) -> None:
    """Close every connection of that mailbox."""
    status, _ = doveadm.run("", "kick", mailbox)
    if status != "+" and status not in _NO_HOST:
        raise EngineRefused(f"doveadm kick {status}")


def _make(instance: Place, doveadm: DoveadmServer, *mailboxes: str) -> None:
    """Open the inbox of those that have no folder yet, one alone: Dovecot makes what is missing."""
    for mailbox in mailboxes:
        name = _checked(instance, mailbox)
        if mail_home(instance, name).exists():
            continue
        answer = doveadm.run(name, "fetch", "--", "uid", "mailbox", "INBOX", "uid", "1")
        if answer.status not in _NO_USER:
            answer.cells_of("fetch")


def _quota(doveadm: DoveadmServer, mailbox: str) -> list[int]:
    """Bytes used, and bytes allowed (0 = no limit)."""
    status, cells = doveadm.run(mailbox, "quota get")
    if status != "+":
        raise EngineRefused(f"doveadm quota {status}")
    cells = [cell for cell in cells if cell]
    rows = [cells[start : start + 5] for start in range(0, len(cells), 5)]  # name, type, value, limit, %
    storage = next((row for row in rows if row[1] == "STORAGE"), None)
    if storage is None:
        raise EngineDown("doveadm quota: pas de réponse")
    return [int(storage[2]) * 1024, int(storage[3]) * 1024 if storage[3].isdigit() else 0]


def _checked(instance: Place, mailbox: str) -> str:
    """A name that `kick` cannot read as a mask or an option. Raises EngineRefused."""
    mail_home(instance, mailbox)
    if any(char in mailbox for char in "*?\t\n") or mailbox.startswith("-"):
        raise unexpected_mailbox(mailbox)
    return mailbox


def _copies(rows: Sequence[Sequence[str]]) -> list[MailCopy]:
    return [MailCopy(folder, int(uid), guid, frozenset(flags.split())) for folder, uid, guid, flags in rows]


class MailAgent:
    """Asks the agent: implements `provisioning.ports.Connections`, and what other rooms ask of mailboxes.

    `pod_of`: where a mailbox lives; the agent of this machine passes what is asked on to that pod's.
    """

    def __init__(self, instance: Place, pod_of: Callable[[str], str] | None = None) -> None:
        self._socket, self._pod_of = socket_path(instance), pod_of

    def _ask(self, verb: str, mailbox: str, *words: str, patience: float = _PATIENCE_SECONDS) -> Any:
        verb = verb_on(verb, self._pod_of(mailbox)) if self._pod_of else verb
        return agent.ask(self._socket, verb, mailbox, *words, patience=patience)

    def cut(self, mailbox: str) -> None:
        self._ask("cut", mailbox)

    def make(self, mailboxes: Sequence[str]) -> None:
        """Implements `provisioning.ports.MailHomes`."""
        if self._pod_of is None:
            agent.ask(self._socket, "make", *mailboxes)
            return
        for mailbox in mailboxes:
            self._ask("make", mailbox)

    def quota(self, mailbox: str) -> QuotaUse:
        used, limit = self._ask("quota", mailbox)
        return QuotaUse(used_bytes=used, limit_bytes=limit)

    def put_house_script(self, mailbox: str, content: str) -> None:
        """Implements `sorting.ports.PutHouseScript`."""
        self._ask("put-script", mailbox, content)

    def erase(self, mailbox: str) -> None:
        """Implements `lifecycle.ports.EraseMail`."""
        self._ask("erase", mailbox)

    def drop_redelivered(self, recipient: str, message_id: str, outlived: str = "") -> int:
        """Implements `trace.ports.DropRedelivered`."""
        return int(self._ask("drop-redelivered", recipient, message_id, outlived))

    def bound_deleted(self, mailbox: str, limit_bytes: int) -> int:
        """Implements `webmail.ports.BoundDeleted`."""
        return int(self._ask("bound-deleted", mailbox, str(limit_bytes)))

    def recover_deleted(self, mailbox: str, folder: str) -> int:
        """Implements `helpdesk.ports.RecoverDeleted`."""
        return int(self._ask("recover-deleted", mailbox, folder))

    def find_quarantined(self, mailbox: str) -> list[FoundMail]:
        """Implements `quarantine.ports.QuarantinedMail`, with the two methods below."""
        rows = self._ask("find-quarantined", mailbox)
        return [found_mail(*row) for row in rows]

    def release_quarantined(self, mailbox: str, guids: Sequence[str]) -> None:
        self._ask("release-quarantined", mailbox, *guids)

    def discard_quarantined(self, mailbox: str, guids: Sequence[str]) -> None:
        self._ask("discard-quarantined", mailbox, *guids)

    def examine_copies(self, mailbox: str, queue_id: str, at: int) -> list[InfectedCopy]:
        """Implements `quarantine.ports.LateExamination`, with the method below."""
        sought = SoughtMail(frozenset((queue_id,)), ((queue_id, at),), (), frozenset(), "")
        rows = self._ask("examine-copies", mailbox, sought_words(sought), patience=_EXAMINATION_SECONDS)
        return [InfectedCopy(folder, int(uid), found_mail(uid, *words)) for folder, uid, *words in rows]

    def quarantine_copies(self, mailbox: str, uids: Mapping[str, Sequence[int]]) -> None:
        for folder, numbers in uids.items():
            self._ask("quarantine-copies", mailbox, folder, *map(str, numbers))

    def find_copies(self, mailbox: str, sought: SoughtMail) -> list[MailCopy]:
        """Implements `removals.ports.MailCopies`, with the eight methods below."""
        return _copies(self._ask("find-copies", mailbox, sought_words(sought)))

    def look(self, mailbox: str, sought: SoughtMail) -> Look:
        state, rows = self._ask("look-for-copies", mailbox, sought_words(sought))
        return Look(str(state), _copies(rows))

    def state(self, mailbox: str) -> str:
        return str(self._ask("state", mailbox))

    def find_guids(self, mailbox: str, guids: Collection[str]) -> list[MailCopy]:
        batches = batched(guids, _GUIDS_PER_QUESTION)
        return [copy for batch in batches for copy in _copies(self._ask("find-guids", mailbox, *batch))]

    def remove_copies(self, mailbox: str, uids: Mapping[str, Sequence[int]]) -> int:
        return sum(
            int(self._ask("remove-copies", mailbox, folder, *map(str, numbers)))
            for folder, numbers in uids.items()
        )

    def list_removed(self, mailbox: str) -> list[tuple[int, str]]:
        return [(int(uid), guid) for uid, guid in self._ask("list-removed", mailbox)]

    def restore_copies(self, mailbox: str, uids: Mapping[str, Sequence[int]]) -> None:
        for folder, numbers in uids.items():
            self._ask("restore-copies", mailbox, folder, *map(str, numbers))

    def restore_guids(self, mailbox: str, guids: Mapping[str, Sequence[str]]) -> None:
        for folder, names in guids.items():
            for batch in batched(names, _GUIDS_PER_QUESTION):
                self._ask("restore-guids", mailbox, folder, *batch)

    def discard_copies(self, mailbox: str, uids: Sequence[int]) -> None:
        self._ask("discard-copies", mailbox, *map(str, uids))
