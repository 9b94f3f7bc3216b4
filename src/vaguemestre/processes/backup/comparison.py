"""Whether a restored mailbox, or database, is the one that was backed up. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from vaguemestre.engines.dovecot.mailbox_files import MessageCopy

type Place = tuple[str, int]  # folder, UID


class Differences(NamedTuple):
    """The result of a drill: how many messages were compared, and a sentence for each difference."""

    compared: int
    sentences: tuple[str, ...]

    def __add__(self, other: "Differences") -> "Differences":  # type: ignore[override]
        return Differences(self.compared + other.compared, self.sentences + other.sentences)


def compare_messages(
    mailbox: str,
    before: Iterable[MessageCopy],
    restored: Iterable[MessageCopy],
    after: Iterable[MessageCopy],
) -> Differences:
    """Compare a restored mailbox with the live one just before and just after the backup.

    A message present at both moments must be restored with its UID, size, GUID, and flags between the two.
    One that came or went in between may be restored or not. Any other message is a difference.
    """
    former, latter, copy = _by_place(before), _by_place(after), _by_place(restored)
    sentences = []
    for place in sorted(former.keys() & latter.keys()):
        restored_message = copy.get(place)
        if restored_message is None:
            sentences.append(f"{mailbox} : {_where(place)} manque.")
        elif restored_message not in (former[place], latter[place]) and not _is_between(
            restored_message, former[place], latter[place]
        ):
            sentences.append(f"{mailbox} : {_where(place)} n’est plus le même.")
    for place in sorted(copy.keys() - former.keys() - latter.keys()):
        sentences.append(f"{mailbox} : {_where(place)} n’y était pas.")
    return Differences(len(former.keys() & latter.keys()), tuple(sentences))


def compare_rows(
    before: Mapping[str, int], restored: Mapping[str, int], after: Mapping[str, int]
) -> tuple[str, ...]:
    """A sentence for each table whose number of rows is not between those of the two moments."""
    sentences = []
    for table in sorted(before.keys() & after.keys()):
        low, high = sorted((before[table], after[table]))
        count = restored.get(table)
        if count is None:
            sentences.append(f"base : la table {table} manque.")
        elif not low <= count <= high:
            sentences.append(f"base : la table {table} a {count} lignes au lieu de {low}.")
    return tuple(sentences)


def _by_place(messages: Iterable[MessageCopy]) -> dict[Place, MessageCopy]:
    return {(message.folder, message.uid): message for message in messages}


def _is_between(copy: MessageCopy, former: MessageCopy, latter: MessageCopy) -> bool:
    """Whether it is the same message, with the flags of both moments and no flag of neither."""
    same = copy._replace(flags=former.flags) == former
    return same and former.flags & latter.flags <= copy.flags <= former.flags | latter.flags


def _where(place: Place) -> str:
    return f"le message {place[1]} de « {place[0]} »"
