"""What a member scheduled in a mailbox they lost: the notice says where its text is."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone
from tests.access.signin.people import account
from tests.post.quarantine.test_services import events_of
from tests.schools.sharing.conftest import School

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.compose.handlers import restore_refused_draft
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.outbox.events import MessageRefused
from vaguemestre.schools.sharing.models import Member
from vaguemestre.schools.sharing.services import change_member
from vaguemestre.schools.sharing.values import MembershipTerms, Right


def test_its_text_is_said_to_be_in_the_drafts_of_that_mailbox(
    school: School, mails: MemoryMailboxes, of: Callable[[Account], Client]
) -> None:
    sylvie = account("slecointe", first_name="Sylvie", last_name="Lecointe")
    school.share(sylvie, Right.SEND)
    day = paris_day(timezone.now()) + timedelta(days=1)
    typed = {
        "subject": "Sortie", "html": "<p>Bonjour</p>", "to": "papa@famille.example",
        "revision": "0", "later": f"{day:%d/%m/%Y} 9:00",
    }  # fmt: skip
    place = f"{school.path}messagerie/ecrire/{new_key()}/"
    of(sylvie).post(f"{place}envoyer/", typed, headers={"Accept": "application/json"})
    member = Member.objects.get(account=sylvie)
    terms = MembershipTerms(Right.SORT, paris_day(timezone.now()))
    change_member(school.box.pk, member.pk, terms, by="x", now=timezone.now())
    (refused,) = events_of(MessageRefused)
    restore_refused_draft(refused)
    (told,) = [event for event in events_of(AccountTouched) if event.act == "message-refused"]
    assert told.account_id == sylvie.pk
    assert f"dans les « Brouillons » de la boîte « {school.box.title} »" in told.detail
    assert "renvoyez-le" not in told.detail
