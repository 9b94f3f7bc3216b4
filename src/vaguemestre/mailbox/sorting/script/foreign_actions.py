"""Actions of other programs' rules as a filter's outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from vaguemestre.foundation.kernel.text.keywords import keyword, name_of
from vaguemestre.mailbox.sorting.rules.filters import TRASH
from vaguemestre.mailbox.sorting.script.foreign_tests import Untranslatable, split_arguments
from vaguemestre.mailbox.sorting.script.syntax import Command
from vaguemestre.mailbox.sorting.values import Outcome

_USUAL_FOLDERS = {
    "trash": TRASH, "corbeille": TRASH, "deleted items": TRASH, "éléments supprimés": TRASH,
    "junk": "Junk", "spam": "Junk", "indésirables": "Junk", "pourriel": "Junk",
    "courrier indésirable": "Junk",
    "inbox": "INBOX",
}  # fmt: skip
_ZIMBRA_FLAGS = {"read": "\\Seen", "flagged": "\\Flagged"}


def translate_block(block: Sequence[Command]) -> Outcome:
    """Outcome equivalent to the block of a rule. Raises Untranslatable."""
    stops = bool(block) and block[-1] == Command("stop")
    actions = _Actions(Outcome(stops=stops))
    for command in block[:-1] if stops else block:
        actions.add(command)
    outcome = actions.outcome()
    if outcome in (Outcome(), Outcome(stops=False)):
        raise Untranslatable
    return outcome


@dataclass
class _Actions:
    """Effect of the commands of a block, one after the other."""

    marks: Outcome  # everything but the folders
    folders: list[str] = field(default_factory=list)
    has_keep: bool = False
    cancels_implicit_keep: bool = False  # filed or redirected without `:copy` (RFC 5228 §2.10.2)

    def add(self, command: Command) -> None:
        """Add the effect of a command. Raises Untranslatable."""
        tags, values = split_arguments(command.arguments)
        text = values[0] if len(values) == 1 and isinstance(values[0], str) else ""
        if command.name == "keep" and not command.arguments:
            self.has_keep = True
        elif not text or command.test or command.block:
            raise Untranslatable
        elif command.name == "fileinto" and tags <= {"copy", "create"}:
            self.folders.append(_folder(text))
            self.cancels_implicit_keep = self.cancels_implicit_keep or "copy" not in tags
        elif command.name == "redirect" and tags <= {"copy"} and not self.marks.forward_to:
            self.marks = replace(self.marks, forward_to=text)
            self.cancels_implicit_keep = self.cancels_implicit_keep or "copy" not in tags
        else:
            self._mark(command.name, tags, text)

    def _mark(self, name: str, tags: set[str], text: str) -> None:
        """Add a flag or label; `addflag` only marks what is filed after it, Zimbra's `flag` and `tag` all."""
        if tags or name not in ("addflag", "flag", "tag") or (name == "addflag" and self.folders):
            raise Untranslatable
        self.marks = _marked(self.marks, name, text)

    def outcome(self) -> Outcome:
        """Outcome of all the commands added. Raises Untranslatable."""
        stays = self.has_keep or not self.cancels_implicit_keep
        match self.folders:
            case [] if stays:
                return self.marks
            case [folder] if stays:
                return replace(self.marks, copy_to=folder)
            case [folder] if not stays:
                return _moved(self.marks, folder)
            case [copy_folder, folder] if not stays and copy_folder != folder:
                return _moved(replace(self.marks, copy_to=copy_folder), folder)
            case _:
                raise Untranslatable


def _moved(outcome: Outcome, folder: str) -> Outcome:
    return replace(outcome, discards=True) if folder == TRASH else replace(outcome, move_to=folder)


def _marked(outcome: Outcome, command: str, text: str) -> Outcome:
    flag = _ZIMBRA_FLAGS.get(text.lower(), "") if command == "flag" else text
    if command != "tag" and flag == "\\Seen":
        return replace(outcome, is_read=True)
    if command != "tag" and flag == "\\Flagged":
        return replace(outcome, is_flagged=True)
    label = flag if command == "tag" else name_of(flag)
    if (
        outcome.label
        or not label
        or flag.startswith(("\\", "$"))
        or (command == "addflag" and keyword(label) != flag)
    ):
        raise Untranslatable
    return replace(outcome, label=label)


def _folder(name: str) -> str:
    """Our name of the folder: « / » between levels, no INBOX prefix, usual folders by their role."""
    plain = name.strip("/")
    for prefix in ("INBOX.", "INBOX/"):
        if plain.upper().startswith(prefix):
            plain = plain[len(prefix) :]
            plain = plain.replace(".", "/") if prefix.endswith(".") else plain
    return _USUAL_FOLDERS.get(plain.lower(), plain)
