"""Private mail brought from elsewhere is hidden from delegates, as what is delivered here."""

from tests.mailbox.portability.test_import import NOW, archive, letter

from vaguemestre.engines.memory.transfer_store import MemoryStore
from vaguemestre.mailbox.portability.rules import mbox
from vaguemestre.mailbox.portability.services import import_messages
from vaguemestre.mailbox.portability.values import Tally


def test_imported_private_mail_bears_the_mark_of_what_is_delivered() -> None:
    store = MemoryStore()
    private = b"Sensitivity: Company-Confidential\r\n" + letter(1)
    box = b"".join(mbox.mbox_bytes(content, frozenset({"\\Seen"}), NOW) for content in (private, letter(2)))
    import_messages(store, archive(("", box, True)), Tally(), now=NOW)
    assert [message.flags for message in store.folders["INBOX"]] == [{"\\Seen", "$Private"}, {"\\Seen"}]
