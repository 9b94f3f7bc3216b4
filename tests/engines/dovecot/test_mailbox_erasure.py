"""What is held of a mailbox nobody has any more, erased; and nothing else."""

from pathlib import Path

import pytest

from vaguemestre.engines.dovecot.mailbox_erasure import MailboxErasure
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.site.config import load


def test_the_mailbox_is_erased_twice_is_once_and_its_neighbours_stay(tmp_path: Path) -> None:
    for name in ("mdurand", "mdurand1"):
        folder = tmp_path / "mail" / "ac-amiens.test" / name / "mail"
        folder.mkdir(parents=True)
        (folder / "dbox").write_text("mail")
    erase = MailboxErasure(load(tmp_path))
    for _ in range(2):
        erase("mdurand@ac-amiens.test")
    assert [one.name for one in (tmp_path / "mail" / "ac-amiens.test").iterdir()] == ["mdurand1"]


@pytest.mark.parametrize(
    "name", ["", "..@ac-amiens.test", ".@..", "mdurand", "../x@ac-amiens.test", "a/b@c.test"]
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "mail").mkdir()
    with pytest.raises(EngineRefused):
        MailboxErasure(load(tmp_path))(name)
