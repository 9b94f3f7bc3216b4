"""Mail, where it lies, what is being written, what waits to leave or to come back."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage

from django.utils import timezone
from tests.access.signin.people import NOON, account
from tests.site.doorways import People
from tests.site.owned import Belonging, rows

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.mailbox.compose.models import Composition, Enclosure, Mailing, MailingCopy, Slice
from vaguemestre.mailbox.webmail.models import BulkRow, ReminderRow
from vaguemestre.people.credentials.models import AppPassword
from vaguemestre.post.filelinks.models import SharedFile
from vaguemestre.post.filelinks.queries import link_keys
from vaguemestre.post.filelinks.rules.links import sealed_token
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.post.outbox.models import OutboxMessage, RecipientStatus, Submission
from vaguemestre.schools.lists.models import LetterCopy, ListLetter, ListRole, MailingList
from vaguemestre.schools.sharing.models import Box, Member, Thread, ThreadMessage

OWN = frozenset({"victim"})
OPERATORS = frozenset({"helpdesk", "administrator"})
KEY = "f" * 32
INVITATION = """BEGIN:VCALENDAR\r
VERSION:2.0\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
UID:tue@exemple.fr\r
DTSTAMP:20261125T120000Z\r
DTSTART:20261126T120000Z\r
DTEND:20261126T130000Z\r
SUMMARY:Conseilquetu\r
ORGANIZER:mailto:o@exemple.fr\r
END:VEVENT\r
END:VCALENDAR\r
"""


def mail_and_writing(people: People) -> Iterator[Belonging]:
    yield from _letters(people)
    yield from _chosen(people)
    yield from _coming_back(people)
    yield from _being_written(people)
    yield from _leaving(people)
    yield from _of_a_box(people)
    yield from _of_a_list(people)


def _letter(words: str) -> bytes:
    """Part 1: text. Part 2: a file. Part 3: an invitation. Part 4: another such message, without a fourth."""

    def made(inside: EmailMessage | None) -> EmailMessage:
        one = EmailMessage()
        one["From"], one["To"], one["Subject"] = "x@exemple.fr", "v@ac-amiens.test", words
        one["Message-ID"] = f"<{words}{'' if inside else '-dedans'}@exemple.fr>"
        one["Date"] = "Wed, 25 Nov 2026 12:00:00 +0100"
        one["List-Unsubscribe"] = "<mailto:quitter@exemple.fr>"
        one["Disposition-Notification-To"] = "x@exemple.fr"
        one.set_content(f"Bonjour {words}\n")
        one.add_attachment(f"{words}".encode(), "text", "plain", filename=f"{words}.txt")
        one.add_attachment(INVITATION.encode(), "text", "calendar", filename="conseil.ics")
        if inside is not None:
            one.add_attachment(inside)
        return one

    return made(made(None)).as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _mail_of(box: MemoryMailbox) -> Callable[[], object]:
    """Where each message of a mailbox is, and its marks."""

    def state() -> object:
        return {
            name: {uid: kept.flags for uid, kept in folder.messages.items()}
            for name, folder in box._folders.items()
        }

    return state


def _places(ref: MessageRef) -> list[dict[str, object]]:
    """The message itself and the one it encloses, by its parts."""
    whole: dict[str, object] = {"folder": ref.folder, "uid_validity": ref.uid_validity, "uid": ref.uid}
    return [
        {**whole, "chain": "4", "number": "2", "kind": "invitation"},
        {**whole, "chain": "4", "number": "3", "kind": "invitation"},
    ]


_OF_A_PART = "save-part preview-part make-preview"
_OF_AN_INVITATION = "show-card answer-invitation free-time"
_OF_A_MESSAGE = """
    list-rows show-folder find-day open-message show-conversation report-message answer-receipt unsubscribe
    choose-showing show-body show-source show-header print-message save-message save-all-parts open-enclosed
"""


def _letters(people: People) -> Iterator[Belonging]:
    """By its folder and number in one's own mailbox, and in one's own by the address of a shared one."""
    box = people.boxes.box(people.victim.mailbox)
    ref = box.append("INBOX", _letter("Courrielquetu"), (), NOON)
    file, invitation = _places(ref)
    named = {"ref": f"{ref.folder}/{ref.uid_validity}/{ref.uid}", "answer": "accepter"}
    state = _mail_of(box)
    yield Belonging("webmail", file, "Courrielquetu", OWN, doors=_OF_A_MESSAGE, sent=named, state=state)
    yield Belonging("webmail", file, "Courrielquetu", OWN, doors=_OF_A_PART, state=state)
    yield Belonging(
        "webmail", invitation, "Conseilquetu", OWN, doors=_OF_AN_INVITATION, sent=named, state=state
    )
    for act in ("delete", "read", "archive"):
        yield Belonging(
            "webmail", {**file, "act": act}, "Courrielquetu", OWN, doors="act", sent=named, state=state
        )


def _chosen(people: People) -> Iterator[Belonging]:
    """Labels and searches kept, which have names and no number."""
    account = people.victim
    account.preferences = {
        "labels": {"kept": [{"keyword": "marquetue", "name": "Etiquettetue", "colour": "red"}]},
        "searches": {"kept": [{"name": "Recherchequetue", "asked": "x"}], "recent": []},
    }
    account.save(update_fields=("preferences",))
    state = rows(account)
    yield Belonging(
        "webmail", {}, "Etiquettetue", OWN,
        doors="change-label", sent={"mark": "marquetue", "remove": "1"}, state=state,
    )  # fmt: skip
    yield Belonging(
        "webmail", {}, "Recherchequetue", OWN,
        doors="change-search", sent={"remove": "Recherchequetue"}, state=state,
    )  # fmt: skip


def _coming_back(people: People) -> Iterator[Belonging]:
    account, now = people.victim, timezone.now()
    bulk = BulkRow.objects.create(
        account=account, act="delete", total=7, waiting=[["INBOX", 1, "1:7"]], due_at=now, created_at=now
    )
    yield Belonging("webmail", {"bulk_id": bulk.pk}, "", OWN, state=rows(bulk))
    reminder = ReminderRow.objects.create(
        account=account, kind="answer", folder="Sent", uid_validity=1, uid=1, subject="Rappelquetu",
        due_at=now + timedelta(days=2), created_at=now,
    )  # fmt: skip
    yield Belonging(
        "webmail", {}, "Rappelquetu", OWN,
        doors="cancel-reminders", sent={"reminder": reminder.pk}, state=rows(reminder),
    )  # fmt: skip


def _being_written(people: People) -> Iterator[Belonging]:
    account = people.victim
    written = Composition.objects.create(
        account=account, key=KEY, mode="new", subject="Brouillonquetu", html="<p>Brouillonquetu</p>",
        draft_message_id="<tue@ac-amiens.test>", created_at=NOON, updated_at=timezone.now(),
    )  # fmt: skip
    enclosure = Enclosure.objects.create(
        composition=written, name="Piecequetue.txt", kind="text/plain", size=11
    )
    Slice.objects.create(enclosure=enclosure, offset=0, content=b"Piecequetue", size=11)
    deposit = SharedFile.objects.create(
        account=account, token_sha256="u" * 64,
        sealed_token=sealed_token("u" * 43, account.pk, link_keys()),
        name="Lienquetu.pdf", kind="application/pdf", size=9, received=3,
        expires_on=timezone.now().date() + timedelta(days=9), verdict="clean", created_at=NOON,
    )  # fmt: skip
    written.shared_files.add(deposit)
    mailing = Mailing.objects.create(
        account=account, composition=written, key=KEY, series="e" * 32, state="running", created_at=NOON
    )
    MailingCopy.objects.create(mailing=mailing, number=1, address="copiequetue@exemple.fr")
    ids = {"key": KEY, "enclosure_id": enclosure.pk, "file_id": deposit.pk}
    state = rows(written, enclosure, deposit, mailing)
    doors = """
        add-enclosure add-link add-slice as-text attach-message-files cancel compose discard fork hand-over
        link-slice link-terms mailing mailing-state remove-enclosure remove-link save send show-enclosure
        reopen-mailing start-mailing stop-mailing sending-state
    """
    for words in ("Brouillonquetu", "Piecequetue", "Lienquetu"):
        yield Belonging("compose", ids, words, OWN, doors=doors, state=state)


def _leaving(people: People) -> Iterator[Belonging]:
    account, now = people.victim, timezone.now()
    day = timezone.localdate() + timedelta(days=9)
    waiting = OutboxMessage.objects.create(
        account=account, key=f"{'a' * 32}.1", message_id="<programme@ac-amiens.test>", sender="v@x",
        recipients=["d@exemple.fr"], subject="Programmetue", content=b"x", state="held",
        due_at=now + timedelta(days=3), created_at=now,
    )  # fmt: skip
    yield Belonging(
        "tracking", {}, "Programmetue", OWN, asked={"q": ""},
        doors="reschedule", sent={"key": waiting.key, "day": f"{day:%d/%m/%Y}", "hour": "08:00"},
        state=rows(waiting),
    )  # fmt: skip
    yield Belonging("compose", {"key": "a" * 32}, "", OWN, doors="cancel", state=rows(waiting))
    held = Submission.objects.create(
        account=account, queue_id="Q1", message_id="<retenu@ac-amiens.test>", sender="v@x", counted=1,
        subject="Retenuquetu", recipients=["destinatairetue@exemple.fr"], hold="held",
        hold_code="outbox.burst", at=now,
    )  # fmt: skip
    RecipientStatus.objects.create(
        submission=held, recipient="destinatairetue@exemple.fr", state="delayed", at=now
    )
    yield Belonging(
        "tracking", {}, "Retenuquetu", OWN,
        doors="release discard", sent={"message": held.pk}, state=rows(held),
    )  # fmt: skip
    yield Belonging("tracking", {}, "destinatairetue", OWN, asked={"id": held.message_id})
    yield Belonging(
        "tracking", {"account_id": account.pk}, "", OPERATORS,
        sent={"action": "discard", "reason": "Test"}, state=rows(held),
    )  # fmt: skip


def _of_a_box(people: People) -> Iterator[Belonging]:
    """Mail of a mailbox of several people, by the addresses that begin with it; who takes care of it."""
    shared = account("boite.secrete")
    box = Box.objects.create(
        account=shared, academy_id=people.academy_id, kind="project", address="boite.secrete@ac-amiens.test",
        title="Boîte secrète", opened_at=NOON,
    )  # fmt: skip
    Member.objects.create(
        box=box, account=people.victim, right="manage", is_owner=True, source="hand", starts_at=NOON,
        added_by="test",
    )  # fmt: skip
    mail = people.boxes.box(shared.mailbox)
    ref = mail.append("INBOX", _letter("Communquetu"), (), NOON)
    file, _ = _places(ref)
    within = f"/boites/{box.pk}"
    named = {"ref": f"{ref.folder}/{ref.uid_validity}/{ref.uid}"}
    yield Belonging(
        "webmail", file, "Communquetu", OWN,
        doors=_OF_A_MESSAGE, within=within, sent=named, state=_mail_of(mail),
    )  # fmt: skip
    yield Belonging(
        "webmail", {**file, "act": "delete"}, "Communquetu", OWN,
        doors="act", within=within, sent=named, state=_mail_of(mail),
    )  # fmt: skip
    vacant = Box.objects.create(
        account=account("boite.vacante"), academy_id=people.academy_id, kind="project",
        address="boite.vacante@ac-amiens.test", title="Vacantequetue", opened_at=NOON,
    )  # fmt: skip
    yield Belonging(
        "sharing", {"box_id": vacant.pk}, "Vacantequetue", frozenset({"administrator"}),
        doors="name-owner", sent={"address": "personne@ac-amiens.test"}, state=_members_of(vacant),
    )  # fmt: skip
    owned = Box.objects.create(
        account=account("boite.nommee"), academy_id=people.academy_id, kind="project",
        address="boite.nommee@ac-amiens.test", title="Nommeequetue", opened_at=NOON,
    )  # fmt: skip
    Member.objects.create(
        box=owned, account=people.victim, right="manage", is_owner=True, source="hand",
        starts_at=timezone.now(), added_by="test",
    )  # fmt: skip
    yield Belonging(
        "sharing", {"box_id": owned.pk, "account_id": people.victim.pk}, "", frozenset({"administrator"}),
        doors="take-back-owner", sent={"reason": "Erreur d’adresse"}, state=_members_of(owned),
    )  # fmt: skip
    thread = Thread.objects.create(box=box, root="<fil@exemple.fr>")
    ThreadMessage.objects.create(thread=thread, message_id="<fil@exemple.fr>")
    for what in ("prendre", "classer"):
        yield Belonging(
            "sharing", {"box_id": box.pk, "what": what}, "", OWN,
            doors="change-thread collaboration", sent={"message_id": "<fil@exemple.fr>",
            "root": "<fil@exemple.fr>"},
            state=rows(thread),
        )  # fmt: skip
    key = AppPassword.objects.create(
        account=shared, holder=people.victim, name="Clefdeboitetue", token_sha256="2" * 64, created_at=NOON
    )
    ids = {"box_id": box.pk, "number": key.pk}
    yield Belonging(
        "sharing", ids, "Clefdeboitetue", OWN, doors="revoke-app-password show-box", state=rows(key)
    )


def _members_of(box: Box) -> Callable[[], object]:
    def state() -> object:
        return sorted(Member.objects.filter(box=box).values_list("account_id", flat=True))

    return state


def _of_a_list(people: People) -> Iterator[Belonging]:
    """A letter of a list, as it lies in the list's mailbox; and of a list somebody only receives."""
    row = MailingList.objects.create(
        account=account("liste.lettres"), address="liste.lettres@ac-amiens.test", title="Lettres",
        description="", kind="manual", created_at=NOON,
    )  # fmt: skip
    ListRole.objects.create(list=row, account=people.victim, role="owner")
    mail = people.boxes.box(row.account.mailbox)
    ref = mail.append("INBOX", _letter("Corpsquetu"), (), NOON)
    letter = ListLetter.objects.create(
        list=row, uid_validity=ref.uid_validity, uid=ref.uid, subject="Corpsquetu", size=1, received_at=NOON,
        state="sent", sender="x@exemple.fr",
    )  # fmt: skip
    LetterCopy.objects.create(letter=letter, number=0, address="recu@exemple.fr", person=people.victim.person)
    by_rule = MailingList.objects.create(
        account=account("liste.regle"), address="liste.regle@ac-amiens.test", title="Reglequetue",
        description="", kind="rule", rule={"any": [], "besides": []}, created_at=NOON,
    )  # fmt: skip
    ListRole.objects.create(list=by_rule, account=people.victim, role="owner")
    yield Belonging("lists", {"list_id": by_rule.pk}, "Reglequetue", OWN, doors="rule", state=rows(by_rule))
    ids = {"list_id": row.pk, "public_id": letter.public_id, "number": "2"}
    yield Belonging(
        "lists", ids, "Corpsquetu", OWN, doors="part body letter copies why", state=rows(letter, row)
    )
