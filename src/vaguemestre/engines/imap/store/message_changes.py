"""Changing messages: `mailstore.ports.Marks`. Never tried twice, since a first try may have been heard."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import batched

from vaguemestre.engines.imap.protocol import headers, mailbox_names, parse
from vaguemestre.engines.imap.store.session import PATIENCE_BYTES, Session, check_name, folded, meant
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.post.mailstore.ports import MessageGone
from vaguemestre.post.mailstore.values import MessageRef

_FLAG = re.compile(r"\\?[A-Za-z0-9$_.,&+-]{1,60}", re.ASCII)
_MOST_AT_ONCE = 2_000  # UIDs in a command: a line of IMAP may not be endless


class Marking(Session):
    def flag(self, refs: Sequence[MessageRef], add: Collection[str], remove: Collection[str]) -> None:
        _check_flags((*add, *remove))
        for uids in self._each_box(refs):
            for sign, flags in ((b"+", add), (b"-", remove)):
                if flags:
                    listed = " ".join(sorted(flags)).encode("ascii")
                    self.run(b"UID STORE", folded(uids), b"%bFLAGS.SILENT (%b)" % (sign, listed))

    def move(self, refs: Sequence[MessageRef], to: str) -> tuple[MessageRef, ...]:
        check_name(to)
        moved: dict[MessageRef, MessageRef] = {}
        for uids in self._each_box(refs):
            folder, validity, _ = self.now_selected()
            with meant(folder=to):
                lines = self.run(
                    b"UID MOVE", folded(uids), mailbox_names.to_wire(to), patience=PATIENCE_BYTES
                )
            if (copied := parse.code(lines, b"COPYUID")) is not None:
                there, before, after = copied.split(b" ", 2)
                for old, new in zip(parse.uid_set(before), parse.uid_set(after), strict=False):
                    moved[MessageRef(folder, validity, old)] = MessageRef(to, int(there), new)
        if not moved:
            self.must_exist(to)
        return tuple(moved[ref] for ref in dict.fromkeys(refs) if ref in moved)

    def expunge(self, refs: Sequence[MessageRef]) -> None:
        for uids in self._each_box(refs):
            self.run(b"UID STORE", folded(uids), b"+FLAGS.SILENT (\\Deleted)", patience=PATIENCE_BYTES)
            self.run(b"UID EXPUNGE", folded(uids), patience=PATIENCE_BYTES)

    def append(self, folder: str, content: bytes, flags: Collection[str], date: datetime) -> MessageRef:
        check_name(folder)
        _check_flags(flags)
        self.unselect()
        with meant(folder=folder):
            lines = self.lease.connection.send_message(
                b"APPEND",
                mailbox_names.to_wire(folder),
                b"(%b)" % " ".join(sorted(flags)).encode("ascii"),
                headers.internal_date(date),
                content=content,
                patience=PATIENCE_BYTES,
            )
        validity, _, uid = (parse.code(lines, b"APPENDUID") or b"").partition(b" ")
        if not (validity.isdigit() and uid.isdigit()):
            raise EngineRefused("imap APPEND: no APPENDUID")
        return MessageRef(folder, int(validity), int(uid))

    def _each_box(self, refs: Sequence[MessageRef]) -> Iterator[list[int]]:
        """For each folder that is still the one meant: select it, give the UIDs, not too many at a time."""
        boxes: dict[tuple[str, int], set[int]] = defaultdict(set)
        for ref in refs:
            boxes[ref.folder, ref.uid_validity].add(ref.uid)
        for (folder, validity), uids in boxes.items():
            try:
                self.enter(MessageRef(folder, validity, 0))
            except MessageGone:
                continue
            yield from map(list, batched(sorted(uids), _MOST_AT_ONCE, strict=False))


def _check_flags(flags: Collection[str]) -> None:
    if not all(_FLAG.fullmatch(flag) for flag in flags):
        raise EngineRefused("imap: not a flag")
