"""What one person has in each room, marked with words nobody else has.

A room that keeps something of people adds a line here, or in the files beside (`belonging_keys.py`: what
opens an account; `belonging_mail.py`: mail, written and waiting; `belonging_places.py`: what offices keep).
"""

import io
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from PIL import Image
from tests.access.signin.people import NOON, account
from tests.desks.enrolment.officers import filed
from tests.site.belonging_keys import keys_and_sessions
from tests.site.belonging_mail import mail_and_writing
from tests.site.belonging_places import offices_and_places
from tests.site.doors import READERS, SIGNED
from tests.site.doorways import People
from tests.site.owned import Belonging, rows

from vaguemestre.desks.enrolment.models import NumenRequest
from vaguemestre.desks.helpdesk.models import AnswerText, RequestRow
from vaguemestre.mailbox.compose.models import Identity, StockText
from vaguemestre.mailbox.contacts.models import Contact, Membership
from vaguemestre.mailbox.contacts.rules.cards import normalize_card
from vaguemestre.mailbox.contacts.rules.photos import thumbnail
from vaguemestre.mailbox.contacts.services import save_contact
from vaguemestre.mailbox.contacts.values import ContactCard
from vaguemestre.mailbox.portability.models import Move
from vaguemestre.mailbox.sorting.models import AbsenceRow, FilterRow
from vaguemestre.mailbox.sorting.values import Outcome
from vaguemestre.people.directory.models import MailAddress, NameWord, NumenRow, Person, Structure
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.rules.numen_vault import digest, seal, seal_bytes
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.intake.models import Feed, MatchCandidate
from vaguemestre.post.filelinks.models import SharedFile
from vaguemestre.post.filelinks.queries import link_keys
from vaguemestre.post.filelinks.rules.links import sealed_token
from vaguemestre.schools.lists.models import LetterCopy, ListLetter, ListRole, MailingList, Subscriber
from vaguemestre.schools.rosters.models import AllowedRow, GroupRow, PupilRow, RelativeRow, RosterRow
from vaguemestre.schools.sharing.models import Box, BoxActivity, BoxRequest, Member

NUMEN = "20E0377777QZX"


def belongings(people: People) -> Iterator[Belonging]:
    yield from _of_the_person(people)
    yield from _of_the_account(people)
    yield from _settings_and_files(people)
    yield from _of_several_people(people)
    yield from keys_and_sessions(people)
    yield from mail_and_writing(people)
    yield from offices_and_places(people)


def _of_the_person(people: People) -> Iterator[Belonging]:
    person = people.victim.person
    assert person is not None
    person.refresh_from_db()
    public_id = UUID("11111111-2222-4333-8444-555555555555")
    Person.objects.filter(pk=person.pk).update(
        public_id=public_id, dossier="Dossierquetu", birth_name="Naissancetue", usage_name="Canari",
        unlisted=True, phone="0677777777", sorted_as="canari cyprien",
    )  # fmt: skip
    NameWord.objects.create(person=person, word="canari")
    MailAddress.objects.filter(person=person).update(address="adressetue@ac-amiens.test")
    keys, numen = numen_keys.get(), parse_numen(NUMEN)
    NumenRow.objects.create(
        person=person,
        ciphertext=seal(numen, keys),
        digest=digest(numen, keys),
        layout=numen.layout,
        since=NOON,
    )
    officers = frozenset({"officer_dpate"})
    ids = {"person_id": person.pk, "public_id": public_id}
    yield Belonging("enrolment", ids, "Dossierquetu", officers, state=rows(person))
    yield Belonging("enrolment", ids, "Naissancetue", officers)
    yield Belonging(
        "backoffice", ids, "Dossierquetu", frozenset({"administrator"}),
        sent={"role": "helpdesk"}, state=rows(person, people.victim),
    )  # fmt: skip
    yield Belonging("backoffice", ids, "Naissancetue", frozenset())
    yield Belonging("phonebook", ids, "adressetue", frozenset({"victim"}), state=rows(person))
    listed = account("annuairien", last_name="Annuairequetu").person
    assert listed is not None
    Person.objects.filter(pk=listed.pk).update(public_id=UUID("11111111-2222-4333-8444-666666666666"))
    card = {"public_id": UUID("11111111-2222-4333-8444-666666666666")}
    everybody = frozenset((*SIGNED, "victim"))
    yield Belonging("phonebook", card, "Annuairequetu", everybody, doors="card", state=rows(listed))
    for room in ("enrolment", "backoffice", "phonebook", "helpdesk"):
        yield Belonging(room, {**ids, "account_id": people.victim.pk}, NUMEN, frozenset())
    request, _ = filed(people.academy_id, birth_name="Demandequetue")
    NumenRequest.objects.filter(pk=request.pk).update(service=person.service)
    proof = request.proofs.get()
    for act in ("prendre", "refuser", "creer", "remis"):
        of_request = {"request_id": request.pk, "proof_id": proof.pk, "act": act}
        yield Belonging("enrolment", of_request, "Demandequetue", officers, state=rows(request, proof))


def _of_the_account(people: People) -> Iterator[Belonging]:
    account, own = people.victim, frozenset({"victim"})
    picture = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(picture, "PNG")
    photo = thumbnail(picture.getvalue())
    kept = save_contact(account.pk, normalize_card(ContactCard("Contactquetu", "c@exemple.fr", photo=photo)))
    contact = Contact.objects.get(pk=kept)
    yield from _of_the_book(contact, own)
    identity = Identity.objects.create(account=account, address="a@ac-amiens.test", name="Identitetue")
    yield Belonging("compose", {"identity_id": identity.pk}, "Identitetue", own, state=rows(identity))
    text = StockText.objects.create(account=account, title="Textequetu", html="<p>x</p>", updated_at=NOON)
    yield Belonging("compose", {"text_id": text.pk}, "Textequetu", own, state=rows(text))
    asked = RequestRow.objects.create(
        token_sha256="0" * 64, account=account, kind="autre", name="X", text="Appelquetu", made_at=NOON
    )
    yield Belonging(
        "helpdesk",
        {"request_id": asked.pk},
        "Appelquetu",
        frozenset({"helpdesk", "administrator"}),
        state=rows(asked),
    )
    ready = AnswerText.objects.create(
        domain="ac-amiens.test", title="Reponsequetue", text="x", updated_at=NOON
    )
    ids = {"text_id": ready.pk}
    yield Belonging(
        "helpdesk", ids, "Reponsequetue", frozenset({"helpdesk", "administrator"}), state=rows(ready)
    )


def _of_the_book(contact: Contact, own: frozenset[str]) -> Iterator[Belonging]:
    """A card and a group, by their address or named in a form of one's own book."""
    group = Contact.objects.create(account=contact.account, name="Groupequetu", is_group=True)
    inside = Membership.objects.create(group=group, contact=contact)

    def groups_of_it() -> object:
        return sorted(Membership.objects.filter(contact=contact).values_list("group_id", flat=True))

    def state() -> object:
        return rows(contact, group, inside)(), groups_of_it()

    ids = {"contact_id": contact.pk, "group_id": group.pk}
    sent = {"name": "Groupe d’ailleurs", "member": contact.pk, "group": group.pk, "contact": contact.pk}
    yield Belonging("contacts", ids, "Contactquetu", own, sent=sent, state=state)
    yield Belonging("contacts", ids, "Groupequetu", own, sent=sent, state=state)
    yield Belonging(
        "contacts", ids, "Contactquetu", own, doors="add-group duplicates", sent=sent, state=state
    )


def _settings_and_files(people: People) -> Iterator[Belonging]:
    account, own = people.victim, frozenset({"victim"})
    sorting = FilterRow.objects.create(
        account=account, name="Filtrequetu", position=1, outcome=asdict(Outcome(move_to="CA")),
        conditions=[{"aspect": "subject", "relation": "contains", "text": "CA"}],
    )  # fmt: skip
    for act in ("activer", "supprimer", "monter"):
        ids = {"filter_id": sorting.pk, "act": act}
        yield Belonging("sorting", ids, "Filtrequetu", own, state=rows(sorting))
    away = AbsenceRow.objects.create(
        account=account, starts_on=NOON.date(), ends_on=NOON.date(), internal_text="Absencequetu"
    )
    yield Belonging(
        "sorting", {}, "Absencequetu", own,
        doors="absence end", asked={"absence": away.place}, sent={"absence": away.place}, state=rows(away),
    )  # fmt: skip
    deposit = SharedFile.objects.create(
        account=account, token_sha256="t" * 64,
        sealed_token=sealed_token("t" * 43, account.pk, link_keys()),
        name="Depotquetu.pdf", kind="application/pdf", size=3, received=3,
        expires_on=timezone.now().date() + timedelta(days=9), verdict="clean", created_at=NOON,
    )  # fmt: skip
    yield Belonging("filelinks", {"file_id": deposit.pk}, "Depotquetu", own, state=rows(deposit))
    stored = settings.CONFIG.moves_dir / "archivequetue"
    stored.parent.mkdir(parents=True, exist_ok=True)
    stored.write_bytes(b"Contenuquetu")
    move = Move.objects.create(
        account=account,
        kind="export",
        state="done",
        name="Archivequetue.zip",
        begun_at=NOON,
        stored=stored.name,
    )
    yield Belonging(
        "portability", {"move_id": move.pk}, "Contenuquetu", own, doors="download", state=rows(move)
    )
    for act in ("arreter", "reprendre"):
        yield Belonging(
            "portability", {"move_id": move.pk, "act": act}, "Archivequetue", own, state=rows(move)
        )
    feed = Feed.objects.create(academy_id=people.academy_id, file_name="f.csv", by="cli", started_at=NOON)
    candidate = MatchCandidate.objects.create(
        academy_id=people.academy_id, dossier="Doutequetu", person=people.victim.person, reason="même date",
        feed=feed, first_line=2, sealed=seal_bytes(b"D9", numen_keys.get(), b"feed line"), seen_at=NOON,
    )  # fmt: skip
    for room, readers in (("enrolment", "officer_dpate"), ("backoffice", "administrator")):
        yield Belonging(
            room, {"candidate_id": candidate.pk}, "Doutequetu", frozenset({readers}),
            sent={"answer": "autre"}, state=rows(candidate),
        )  # fmt: skip


def _of_several_people(people: People) -> Iterator[Belonging]:
    """A school's mailbox, its classes, a list: of those who are in them, whatever one's role elsewhere."""
    own = frozenset({"victim"})
    school = Structure.objects.create(
        uai="0809999Z", academy_id=people.academy_id, name="Collège d’à côté", town="Abbeville"
    )
    box = Box.objects.create(
        account=account("ce.0809999z"), academy_id=people.academy_id, kind="school",
        address="ce.0809999Z@ac-amiens.test", title="Partagequetu", structure=school, opened_at=NOON,
    )  # fmt: skip
    member = Member.objects.create(
        box=box, account=people.victim, right="manage", is_owner=True, source="post", starts_at=NOON,
        added_by="test",
    )  # fmt: skip
    BoxActivity.objects.create(box=box, account=people.victim, action="open", place="Actequetu", at=NOON)
    ids = {"box_id": box.pk, "member_id": member.pk}
    yield Belonging("sharing", ids, "Partagequetu", own, state=rows(box, member))
    yield Belonging("sharing", ids, "Actequetu", own)
    yield Belonging("inventory", {}, "Partagequetu", READERS)
    yield Belonging("inventory", {}, "Actequetu", frozenset())
    asked = BoxRequest.objects.create(
        academy_id=people.academy_id, kind="project", local="projet", title="Projetquetu", asked_at=NOON,
        asked_by=people.victim,
    )  # fmt: skip
    yield Belonging(
        "sharing", {"request_id": asked.pk}, "Projetquetu", own | {"administrator"}, state=rows(asked)
    )
    writer = account("ecrivante", last_name="Ecritquetue")
    allowed = AllowedRow.objects.create(structure=school, person=writer.person)
    yield Belonging(
        "rosters", {"uai": school.uai}, "Ecritquetue", own,
        sent={"remove": writer.person_id}, state=rows(allowed),
    )  # fmt: skip
    yield from _of_a_class(school, own)
    row = MailingList.objects.create(
        account=account("liste.secrete"), address="liste.secrete@ac-amiens.test", title="Listequetue",
        description="", kind="manual", created_at=NOON,
    )  # fmt: skip
    keeper = ListRole.objects.create(list=row, account=people.victim, role="owner")
    letter = ListLetter.objects.create(
        list=row, uid_validity=1, uid=1, subject="Lettrequetue", size=1, received_at=NOON, state="held",
        sender="x@exemple.fr",
    )  # fmt: skip
    subscriber = Subscriber.objects.create(list=row, address="abonnequetu@exemple.fr", since=NOON)
    of_list = {"list_id": row.pk, "public_id": letter.public_id}
    state = rows(row, keeper, letter, subscriber)
    for words in ("Listequetue", "Lettrequetue", "abonnequetu"):
        yield Belonging(
            "lists", of_list, words, own, sent={"member": subscriber.pk, "action": "drop"}, state=state
        )
    passed = ListLetter.objects.create(
        list=row, uid_validity=1, uid=2, subject="Passequetue", size=1, received_at=NOON, state="sent",
        sender="x@exemple.fr",
    )  # fmt: skip
    LetterCopy.objects.create(letter=passed, number=0, address="recuquetu@exemple.fr")
    yield Belonging("inventory", {}, "Listequetue", READERS)
    for words in ("Lettrequetue", "Passequetue", "abonnequetu", "recuquetu"):
        yield Belonging("inventory", {}, words, frozenset())
    for words in ("Passequetue", "recuquetu"):
        yield Belonging("lists", {**of_list, "public_id": passed.public_id}, words, own)
    yield from _lent(people, own)


def _of_a_class(school: Structure, own: frozenset[str]) -> Iterator[Belonging]:
    """A class is told to whom may write to it; no child's name, nor a parent's, to anybody on any page."""
    roster = RosterRow.objects.create(structure=school, purge_on=date(2099, 7, 31), updated_at=NOON)
    group = GroupRow.objects.create(roster=roster, kind="class", name="Classequetue")
    pupil = PupilRow.objects.create(
        roster=roster, key="1", first_name="Lou", last_name="Elevequetu", address="elevequetu@ent.exemple.fr"
    )
    parent = RelativeRow.objects.create(
        roster=roster,
        key="2",
        first_name="Sam",
        last_name="Parentquetu",
        address="parentquetu@ent.exemple.fr",
    )
    pupil.groups.add(group)
    pupil.relatives.add(parent)
    yield Belonging("rosters", {"uai": school.uai}, "Classequetue", own)
    for room in (
        "rosters",
        "compose",
        "contacts",
        "phonebook",
        "lists",
        "backoffice",
        "helpdesk",
        "tracking",
    ):
        for words in ("levequetu", "arentquetu"):
            yield Belonging(room, {"uai": school.uai}, words, frozenset())


def _lent(people: People, own: frozenset[str]) -> Iterator[Belonging]:
    """Somebody's own mailbox, lent: what was done there is told to its owner."""
    lent = Box.objects.create(
        account=people.victim, academy_id=people.academy_id, kind="person", address="v@ac-amiens.test",
        title="Boîte de la victime", opened_at=NOON,
    )  # fmt: skip
    colleague = account("remplacante", last_name="Pretquetue")
    loan = Member.objects.create(
        box=lent, account=colleague, right="read", source="hand", starts_at=NOON, added_by="test"
    )
    BoxActivity.objects.create(box=lent, account=colleague, action="open", place="Lieuquetu", at=NOON)
    for words in ("Pretquetue", "Lieuquetu"):
        yield Belonging("sharing", {"box_id": lent.pk, "member_id": loan.pk}, words, own, state=rows(loan))
