"""Changes to messages: `mailstore.ports.Marks`.

On a kept connection that proves dead, what comes before a change (selecting its folder, announcing a message)
is run once more on another one. The change is not: the first try may have been carried out.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import batched

from vaguemestre.engines.imap.protocol import answers, headers, mailbox_names
from vaguemestre.engines.imap.protocol.line_stream import DeadBeforeMessage
from vaguemestre.engines.imap.store.session import (
    CONTENT_PATIENCE_SECONDS,
    Session,
    check_name,
    sequence_set,
    translated_refusals,
)
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.post.mailstore.ports import MessageGone
from vaguemestre.post.mailstore.values import MessageRef

_FLAG = re.compile(r"\\?[A-Za-z0-9$_.,&+-]{1,60}", re.ASCII)
_BATCH = 2_000  # UIDs in a command: servers bound the length of a line


class MessageChanges(Session):
    def flag(self, refs: Sequence[MessageRef], add: Collection[str], remove: Collection[str]) -> None:
        _check_flags((*add, *remove))
        for uids in self._each_folder(refs):
            for sign, flags in ((b"+", add), (b"-", remove)):
                if flags:
                    names = " ".join(sorted(flags)).encode("ascii")
                    self.run(b"UID STORE", sequence_set(uids), b"%bFLAGS.SILENT (%b)" % (sign, names))

    def move(self, refs: Sequence[MessageRef], to: str) -> tuple[MessageRef, ...]:
        check_name(to)
        moved: dict[MessageRef, MessageRef] = {}
        for uids in self._each_folder(refs):
            folder, validity, _ = self.current_folder()
            with translated_refusals(folder=to):
                lines = self.run(
                    b"UID MOVE",
                    sequence_set(uids),
                    mailbox_names.to_wire(to),
                    patience=CONTENT_PATIENCE_SECONDS,
                )
            if (copy_uid := answers.response_code(lines, b"COPYUID")) is not None:
                new_validity, before, after = copy_uid.split(b" ", 2)
                for old, new in zip(answers.uid_set(before), answers.uid_set(after), strict=False):
                    moved[MessageRef(folder, validity, old)] = MessageRef(to, int(new_validity), new)
        if not moved:
            self.check_exists(to)
        return tuple(moved[ref] for ref in dict.fromkeys(refs) if ref in moved)

    def expunge(self, refs: Sequence[MessageRef]) -> None:
        for uids in self._each_folder(refs):
            self.run(
                b"UID STORE",
                sequence_set(uids),
                b"+FLAGS.SILENT (\\Deleted)",
                patience=CONTENT_PATIENCE_SECONDS,
            )
            self.run(b"UID EXPUNGE", sequence_set(uids), patience=CONTENT_PATIENCE_SECONDS)

    def append(self, folder: str, content: bytes, flags: Collection[str], date: datetime) -> MessageRef:
        check_name(folder)
        _check_flags(flags)
        arguments = (
            b"APPEND",
            mailbox_names.to_wire(folder),
            b"(%b)" % " ".join(sorted(flags)).encode("ascii"),
            headers.internal_date(date),
        )
        self.retry_if_dead(self.unselect)
        with translated_refusals(folder=folder):
            lines = self.retry_if_dead(
                lambda: self.lease.connection.send_message(
                    *arguments, content=content, patience=CONTENT_PATIENCE_SECONDS
                ),
                DeadBeforeMessage,
            )
        validity, _, uid = (answers.response_code(lines, b"APPENDUID") or b"").partition(b" ")
        if not (validity.isdigit() and uid.isdigit()):
            raise EngineRefused(
                "imap APPEND: Dovecot n’a pas dit où est le message ; laissez UIDPLUS parmi ses capacités"
            )
        return MessageRef(folder, int(validity), int(uid))

    def _each_folder(self, refs: Sequence[MessageRef]) -> Iterator[list[int]]:
        """Select each folder that was not made anew, and yield its UIDs in batches."""
        folders: dict[tuple[str, int], set[int]] = defaultdict(set)
        for ref in refs:
            folders[ref.folder, ref.uid_validity].add(ref.uid)
        for (folder, validity), uids in folders.items():
            try:
                self.enter(MessageRef(folder, validity, 0))
            except MessageGone:
                continue
            yield from map(list, batched(sorted(uids), _BATCH, strict=False))


def _check_flags(flags: Collection[str]) -> None:
    if not all(_FLAG.fullmatch(flag) for flag in flags):
        raise EngineRefused("imap: ce n’est pas un drapeau")
