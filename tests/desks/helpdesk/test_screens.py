"""The desk's pages: who may come, what is shown, what each act does, and what owners are told."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.browsers import signed_in
from tests.access.signin.letters import letters_due
from tests.access.signin.people import NOON, PASSWORD, account, add_application
from tests.answers import PageAnswer, as_typed
from tests.foundation.ui.confirmation import confirmed
from tests.rows import make

from vaguemestre.access.assistant.models import IssuedCode
from vaguemestre.access.signin.models import Attempts, BrowserSession
from vaguemestre.access.signin.ports import deliver_notice
from vaguemestre.desks.helpdesk.events import DeletedMessagesWanted
from vaguemestre.desks.helpdesk.ports import recover_deleted
from vaguemestre.desks.helpdesk.rules.actions import DIRECT_ACTIONS, MAX_ACTIONS_A_DAY
from vaguemestre.desks.helpdesk.values import DeskAction
from vaguemestre.foundation.jobs import ports as jobs
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.text.french_dates import day_fr
from vaguemestre.mailbox.sorting.queries import current_absence
from vaguemestre.people.credentials.models import Account, OneTimeDevice, RecoveryContact
from vaguemestre.people.credentials.queries import app_passwords_of
from vaguemestre.people.credentials.services import add_app_password, matches_hash, release_mailboxes
from vaguemestre.people.directory.models import MailAddress, NameWord, Structure
from vaguemestre.people.lifecycle import handlers as lifecycle_handlers
from vaguemestre.people.lifecycle.services import declare_event
from vaguemestre.people.lifecycle.values import EventKind, LifecycleDelays
from vaguemestre.people.provisioning.ports import connections, mail_directory
from vaguemestre.people.provisioning.values import ExpectedMailbox
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.schools.sharing.models import Box
from vaguemestre.site.wiring.subscriptions import SUBSCRIPTIONS

NUMEN = "20E9501234ABC"
HOME = "nicolas@maison.example"
NEW = "sept nuages sur un toit"
REASON = "Appel du 25, rappelé au numéro connu"

pytestmark = pytest.mark.django_db


class Engines:
    """What engines hold and were told: mailboxes put, connections cut, notices in inboxes."""

    def __init__(self) -> None:
        self.active: dict[str, bool] = {}
        self.cuts: list[str] = []
        self.notices: list[tuple[str, str]] = []
        self.is_away = False

    def put(self, expected: list[ExpectedMailbox]) -> set[str]:
        self.active.update({one.mailbox: one.active for one in expected})
        return {one.mailbox for one in expected if not one.active}

    def drop(self, mailboxes: list[str]) -> None: ...

    def refuse_tokens(self, token_sha256s: list[str]) -> None: ...

    def cut(self, mailbox: str) -> None:
        self.cuts.append(mailbox)

    def deliver(self, mailbox: str, content: bytes, message_id: str, at: datetime) -> None:
        if self.is_away:
            raise EngineDown("imap")
        self.notices.append((mailbox, content.decode()))


@pytest.fixture(autouse=True)
def engines() -> Iterator[Engines]:
    told = Engines()
    before = mail_directory.get(), connections.get(), deliver_notice.get(), jobs.subscriptions.get()
    mail_directory.replace(told)  # type: ignore[arg-type]
    connections.replace(told)
    deliver_notice.replace(told.deliver)
    heard = {
        kind: [h for h in handlers if ".sorting." not in h.__module__ and ".sso." not in h.__module__]
        for kind, handlers in SUBSCRIPTIONS.items()
    }
    jobs.subscriptions.replace({kind: tuple(handlers) for kind, handlers in heard.items()})
    yield told
    mail_directory.replace(before[0])
    connections.replace(before[1])
    deliver_notice.replace(before[2])
    jobs.subscriptions.replace(before[3])


@pytest.fixture
def lucie(client: Client) -> Account:
    """An operator, signed in."""
    made = account("lpoulain", role="helpdesk", first_name="Lucie", last_name="Poulain")
    signed_in(made, client)
    return made


@pytest.fixture
def nicolas() -> Account:
    return account(numen=NUMEN)


def give_contact(of: Account) -> None:
    long_ago = timezone.now() - timedelta(days=8)  # a compromise takes out those of seven days
    RecoveryContact.objects.create(
        account=of, address=HOME, code_until=NOON, confirmed_at=long_ago, usable_at=long_ago
    )


def act(client: Client, on: Account, what: str, reason: str = REASON) -> PageAnswer:
    where = f"/assistance/compte/{on.pk}/agir"
    return confirmed(client, where, {"action": what, "reason": reason})


@pytest.mark.parametrize("role", ["agent", "hr_officer"])
def test_the_desk_is_closed_to_others(client: Client, nicolas: Account, role: str) -> None:
    account("autre", role=role)
    client.post("/alogin", {"username": "autre", "secret": PASSWORD})
    assert client.get("/assistance/").status_code == 403
    assert client.get(f"/assistance/compte/{nicolas.pk}").status_code == 403
    assert act(client, nicolas, DeskAction.SUSPEND).status_code == 403
    assert 'href="/assistance/"' not in client.get("/").content.decode()
    nicolas.refresh_from_db()
    assert nicolas.state == "active"


def test_strangers_sign_in_first(client: Client, nicolas: Account) -> None:
    assert client.get("/assistance/")["Location"] == "/alogin?next=%2Fassistance%2F"
    assert act(client, nicolas, DeskAction.SUSPEND)["Location"].startswith("/alogin")


def test_the_desk_stands_among_the_applications_of_operators(client: Client, lucie: Account) -> None:
    assert 'href="/assistance/"' in client.get("/").content.decode()


@pytest.mark.parametrize(
    "typed", ["nmorel", " NMOREL ", "morel", "Morel Jean-Macé", "abbeville morel", "0800001A", "nmorel.{n}"]
)
def test_an_account_is_found(client: Client, lucie: Account, nicolas: Account, typed: str) -> None:
    address = nicolas.person.addresses.get().address
    for words in (typed.replace("nmorel.{n}", address),):
        page = client.get("/assistance/", {"q": words}).content.decode()
        assert f"/assistance/compte/{nicolas.pk}" in page


def test_a_name_misheard_shows_whose_name_is_nearly_so(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    for word in ("nicolas", "morel"):
        NameWord.objects.create(person=nicolas.person, word=word)
    page = client.get("/assistance/", {"q": "morell nikolas"}).content.decode()
    assert "Aucun compte" in page
    assert "faites épeler avant d’agir" in page
    assert f"/assistance/compte/{nicolas.pk}" in page
    for typed in ("zorel nicolas", "morell paul", "morell@x", "morell 0800001A"):
        assert (
            f"/assistance/compte/{nicolas.pk}"
            not in client.get("/assistance/", {"q": typed}).content.decode()
        )


def test_nobody_is_found_for_nothing(client: Client, lucie: Account, nicolas: Account) -> None:
    assert "Aucun compte" in client.get("/assistance/", {"q": "zzz"}).content.decode()
    assert "compte/" not in client.get("/assistance/", {"q": "  "}).content.decode()


def test_the_story_is_told_and_no_secret_is(client: Client, lucie: Account, nicolas: Account) -> None:
    for _ in range(6):
        Client().post("/alogin", {"username": "nmorel", "secret": "faux"})
    page = client.get(f"/assistance/compte/{nicolas.pk}").content.decode()
    assert "Connexion refusée" in page
    assert "prochain essai possible" in page
    for secret in (NUMEN, PASSWORD, nicolas.password, "03/09/1985"):
        assert secret not in page


def test_whoever_never_activated_is_sent_to_their_own_activation_not_to_a_head(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    only_way = "Sans contact vérifié, seul un code remis en main propre"
    active = client.get(f"/assistance/compte/{nicolas.pk}").content.decode()
    assert only_way in active
    assert active.index("Agir") < active.index("Connexions") < active.index("Taille de la boîte")
    pending = account("nouvelle", state="pending")
    sheet = client.get(f"/assistance/compte/{pending.pk}").content.decode()
    assert "Jamais activé : la personne l’active elle-même" in as_typed(sheet)
    assert 'href="/numen/"' in sheet
    assert only_way not in sheet


def test_the_ways_into_an_account_are_shown_and_those_of_administrators_are_not(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    page = client.get(f"/assistance/compte/{nicolas.pk}").content.decode()
    assert "Aucune par un navigateur" in page
    owner = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    owner.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    add_app_password(nicolas.pk, "Thunderbird", by="test", now=timezone.now())
    page = client.get(f"/assistance/compte/{nicolas.pk}").content.decode()
    assert "Firefox" in page.partition("Sessions ouvertes")[2].partition("</dd>")[0]
    assert ", jamais utilisé" in page.partition("Logiciels")[2].partition("</dd>")[0]
    assert "Thunderbird" not in page  # the name is its owner's words
    for key in BrowserSession.objects.values_list("pk", flat=True):
        assert key not in page
    chief = account("achef", role="administrator")
    assert "Sessions ouvertes" not in client.get(f"/assistance/compte/{chief.pk}").content.decode()


def test_lifting_lets_the_owner_in_at_once(client: Client, lucie: Account, nicolas: Account) -> None:
    for _ in range(7):
        Client().post("/alogin", {"username": "nmorel", "secret": "faux"})
    Attempts.objects.create(subject=f"browser:{nicolas.pk}:x", failures=9, last_at=timezone.now())
    good = {"username": "nmorel", "secret": PASSWORD}
    assert Client().post("/alogin", good).status_code == 202
    answer = act(client, nicolas, DeskAction.LIFT)
    assert answer["Location"].endswith("?fait=lifted")
    assert not Attempts.objects.filter(subject__regex=rf":{nicolas.pk}(:|$)").exists()
    assert Client().post("/alogin", good).status_code == 302


def test_lifting_opens_the_assistant_again(client: Client, lucie: Account) -> None:
    ines = account("ifares", state="pending", numen=NUMEN)
    for _ in range(6):
        Client().post("/assistant/", {"numen": NUMEN, "birth_date": "01/01/1970"})
    given = {"numen": NUMEN, "birth_date": "03/09/1985"}
    assert Client().post("/assistant/", given).status_code == 200
    act(client, ines, DeskAction.LIFT)
    assert Client().post("/assistant/", given)["Location"] == "/assistant/activer"


def test_suspending_shuts_everything_and_is_told_before(
    client: Client, lucie: Account, nicolas: Account, engines: Engines
) -> None:
    theirs = Client()
    theirs.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    act(client, nicolas, DeskAction.SUSPEND)
    nicolas.refresh_from_db()
    assert nicolas.state == "suspended"
    assert theirs.get("/parametres/securite").status_code == 302
    assert not BrowserSession.objects.filter(account=nicolas).exists()
    assert engines.active["nmorel@ac-amiens.test"] is False
    assert "nmorel@ac-amiens.test" in engines.cuts
    mailbox, letter = engines.notices[0]
    assert mailbox == "nmorel@ac-amiens.test"
    assert "a suspendu votre compte" in letter
    assert REASON in letter
    line = Entry.objects.get(action="helpdesk.suspended")
    assert (line.by, line.to) == (f"account:{lucie.pk}", f"account:{nicolas.pk}")
    assert line.details == {"reason": REASON}


def test_resuming_opens_it_again_with_the_same_password(
    client: Client, lucie: Account, nicolas: Account, engines: Engines
) -> None:
    act(client, nicolas, DeskAction.SUSPEND)
    act(client, nicolas, DeskAction.RESUME)
    assert Client().post("/alogin", {"username": "nmorel", "secret": PASSWORD}).status_code == 302
    assert "Votre compte est rouvert" in engines.notices[-1][1] or "a rouvert" in engines.notices[-1][1]
    assert engines.active["nmorel@ac-amiens.test"] is True


@pytest.mark.heavy
def test_a_compromise_takes_every_way_in_and_opens_the_way_back(
    client: Client, lucie: Account, nicolas: Account, engines: Engines
) -> None:
    add_application(nicolas)
    add_app_password(nicolas.pk, "Thunderbird", by="test", now=timezone.now())
    give_contact(nicolas)
    OutboxMessage.objects.create(
        account=nicolas, key="k", message_id="<k@x>", sender="s", recipients=["a@b.fr"], content=b"c",
        state="held", due_at=timezone.now(), created_at=timezone.now(),
    )  # fmt: skip
    theirs = Client()
    theirs.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    act(client, nicolas, DeskAction.COMPROMISED)
    nicolas.refresh_from_db()
    assert nicolas.state == "active"  # its mail still comes
    assert theirs.get("/").status_code == 302
    assert not app_passwords_of(nicolas.pk)
    assert not OneTimeDevice.objects.exists()
    assert not matches_hash(PASSWORD, nicolas.password)
    assert "nmorel@ac-amiens.test" in engines.cuts
    assert OutboxMessage.objects.get().state == "stopped"
    page = client.get(f"/assistance/compte/{nicolas.pk}").content.decode()
    for words in (
        "Rien n’ouvre ce compte",
        "Mis à l’abri",
        "n•••@maison.example",
        "Jeter les courriels retenus",
    ):
        assert words in page
    found = Client().post("/assistant/", {"numen": NUMEN, "birth_date": "03/09/1985"})
    assert found.status_code == 200  # no longer a first activation
    assert ("compromised", HOME) in [(kind, to) for _, kind, to, _ in letters_due()]
    owner = Client()
    owner.post("/assistant/secours", {"numen": NUMEN, "birth_date": "03/09/1985"})
    code = letters_due()[-1][3]
    owner.post("/assistant/secours/code", {"code": code})
    new = {"new_password": NEW, "confirmation": NEW}
    assert owner.post("/assistant/secours/mot-de-passe", new)["Location"] == "/alogin?nouveau=1"
    assert Client().post("/alogin", {"username": "nmorel", "secret": NEW})["Location"] == "/"
    sheet = f"/assistance/compte/{nicolas.pk}"
    shown = client.get(sheet).content.decode()
    assert 'value="released"' not in shown
    assert "ne peut rien envoyer" in shown
    refused = client.post(f"{sheet}/agir", {"action": "released", "reason": REASON})
    assert "ne peut rien envoyer" in refused.content.decode()
    assert OutboxMessage.objects.get().state == "stopped", "it would be refused a second later"
    release_mailboxes(timezone.now(), by="system", now=timezone.now())
    act(client, nicolas, DeskAction.LET_GO)
    assert OutboxMessage.objects.get().state == "held"


def test_after_a_compromise_mail_stays_shut_two_days_and_applications_do_not(
    client: Client, lucie: Account, nicolas: Account, engines: Engines
) -> None:
    act(client, nicolas, DeskAction.COMPROMISED)
    nicolas.refresh_from_db()
    assert (nicolas.state, nicolas.mailbox_state) == ("active", "held")
    assert engines.active["nmorel@ac-amiens.test"] is False
    sheet = client.get(f"/assistance/compte/{nicolas.pk}").content.decode()
    assert "bloquée jusqu’au" in sheet
    assert "Rien ici ne l’ouvre plus tôt" in sheet
    assert "poser une notification d’absence" in sheet
    nicolas.set_password(NEW)
    nicolas.save(update_fields=("password",))
    owner = Client()
    assert owner.post("/alogin", {"username": "nmorel", "secret": NEW})["Location"] == "/"
    assert owner.get("/").status_code == 200
    shut = owner.get("/messagerie/")
    assert shut.status_code == 403
    assert "Votre boîte est bloquée" in shut.content.decode()
    assert not release_mailboxes(timezone.now() - timedelta(hours=48), by="system", now=timezone.now())
    Account.objects.filter(pk=nicolas.pk).update(mailbox_since=timezone.now() - timedelta(hours=49))
    lifecycle_handlers.run_lifecycle_round()
    nicolas.refresh_from_db()
    assert nicolas.mailbox_state == "open"
    assert "bloquée jusqu’au" not in client.get(f"/assistance/compte/{nicolas.pk}").content.decode()


def test_deleted_messages_go_back_to_their_owner_who_is_told_and_the_desk_sees_none(
    client: Client, lucie: Account, nicolas: Account, engines: Engines
) -> None:
    before, back = recover_deleted.get(), list[tuple[str, str]]()
    recover_deleted.replace(lambda mailbox, folder: back.append((mailbox, folder)) or 3)
    try:
        page = client.post(
            f"/assistance/compte/{nicolas.pk}/agir", {"action": DeskAction.RECOVER, "reason": REASON}
        ).content.decode()
        assert "Ce qui va se passer" in page
        assert back == []
        assert act(client, nicolas, DeskAction.RECOVER)["Location"].endswith("?fait=messages-recovered")
        (job,) = DBTaskResult.objects.filter(args_kwargs__args__1__endswith=":DeletedMessagesWanted")
        assert run_now(DeletedMessagesWanted(**job.args_kwargs["args"][2]))
    finally:
        recover_deleted.replace(before)
    assert back == [("nmorel@ac-amiens.test", "Récupérés")]
    assert Entry.objects.get(action="helpdesk.messages-recovered").to == f"account:{nicolas.pk}"
    assert [mailbox for mailbox, _ in engines.notices] == ["nmorel@ac-amiens.test"]
    assert "messages supprimés rendus" in client.get(f"/assistance/compte/{nicolas.pk}").content.decode()


def test_a_code_leaves_for_the_verified_contact_and_nobody_sees_it(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    give_contact(nicolas)
    assert act(client, nicolas, DeskAction.SEND_CODE)["Location"].endswith("?fait=code-sent")
    owner, kind, address, code = letters_due()[-1]
    assert (owner, kind, address) == (nicolas.pk, "desk", HOME)
    page = client.get(f"/assistance/compte/{nicolas.pk}").content.decode()
    assert code not in page
    assert HOME not in page
    assert "Code en cours" in page
    given = {"name": "nmorel", "birth_date": "3 septembre 1985", "code": code.upper().replace("-", " ")}
    person = Client()
    assert person.post("/assistant/code", given)["Location"] == "/assistant/secours/mot-de-passe"
    new = {"new_password": NEW, "confirmation": NEW}
    assert person.post("/assistant/secours/mot-de-passe", new)["Location"] == "/alogin?nouveau=1"
    assert Client().post("/alogin", {"username": "nmorel", "secret": NEW})["Location"] == "/"
    assert Client().post("/assistant/code", given).status_code == 200  # it served


def test_a_code_needs_a_contact(client: Client, lucie: Account, nicolas: Account) -> None:
    assert act(client, nicolas, DeskAction.SEND_CODE).status_code == 200
    assert not IssuedCode.objects.exists()


@pytest.mark.parametrize("what", [DeskAction.HAND_OVER, DeskAction.GIVE_KEY, DeskAction.KEY_LOST, "inconnu"])
def test_what_asks_for_more_is_not_done_by_a_button(
    client: Client, lucie: Account, nicolas: Account, what: str
) -> None:
    assert act(client, nicolas, what).status_code == 200
    assert not Entry.objects.filter(action__startswith="helpdesk.").exists()


@pytest.mark.parametrize("what", DIRECT_ACTIONS)
@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_who_watches_the_others_is_out_of_reach(
    client: Client, lucie: Account, what: DeskAction, role: str
) -> None:
    watcher = account("gardien", role=role)
    page = act(client, watcher, what).content.decode()
    assert "celui d’un administrateur ou d’un auditeur ne se change ici" in page
    watcher.refresh_from_db()
    assert watcher.state == "active"
    assert not Entry.objects.filter(action__startswith="helpdesk.").exists()


def test_an_act_without_a_reason_is_not_done(
    client: Client, lucie: Account, nicolas: Account, engines: Engines
) -> None:
    for reason in ("", "   ", "ok", f"vu {NUMEN}"):
        assert act(client, nicolas, DeskAction.SUSPEND, reason).status_code == 200
    nicolas.refresh_from_db()
    assert nicolas.state == "active"
    assert engines.notices == []


def test_the_twenty_first_of_the_day_is_refused(client: Client, lucie: Account, nicolas: Account) -> None:
    for _ in range(MAX_ACTIONS_A_DAY[DeskAction.SUSPEND]):
        record("helpdesk.suspended", to="account:1", by=f"account:{lucie.pk}", at=timezone.now())
    page = act(client, nicolas, DeskAction.SUSPEND).content.decode()
    assert "20 fois aujourd’hui" in page
    nicolas.refresh_from_db()
    assert nicolas.state == "active"
    assert not Entry.objects.filter(action="helpdesk.suspended", to=f"account:{nicolas.pk}").exists()


def test_yesterday_does_not_count(client: Client, lucie: Account, nicolas: Account) -> None:
    for _ in range(MAX_ACTIONS_A_DAY[DeskAction.SUSPEND]):
        then = timezone.now() - timedelta(days=1, minutes=1)
        record("helpdesk.suspended", to="account:1", by=f"account:{lucie.pk}", at=then)
    assert act(client, nicolas, DeskAction.SUSPEND).status_code == 302


def test_an_absent_mail_store_does_not_hold_an_act_back(
    client: Client, lucie: Account, nicolas: Account, engines: Engines
) -> None:
    engines.is_away = True
    act(client, nicolas, DeskAction.SUSPEND)
    nicolas.refresh_from_db()
    assert nicolas.state == "suspended"


def test_an_unknown_account_is_not_there(client: Client, lucie: Account) -> None:
    assert client.get("/assistance/compte/999999").status_code == 404


@pytest.mark.heavy
def test_an_absence_is_set_for_somebody_and_its_words_are_nobody_s(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    where = f"/assistance/compte/{nicolas.pk}/absence"
    day = timezone.localdate()
    days = {"starts_on": f"{day:%d/%m/%Y}", "ends_on": (day + timedelta(days=30)).isoformat()}
    asked = {**days, "requested_by": "Mme Vasseur, principale", "internal_text": "Opéré du dos"}
    assert "Texte envoyé" in client.get(where).content.decode()
    nobody_asked = client.post(where, {**days, "requested_by": " "})
    assert "qui demande cette notification" in nobody_asked.content.decode()
    assert current_absence(nicolas.pk, timezone.now()) is None
    assert client.post(where, asked).status_code == 302
    held = current_absence(nicolas.pk, timezone.now())
    assert held is not None
    assert "ne peut vous répondre jusqu’au" in held.internal_text
    assert ("Opéré" in held.internal_text, held.external_text) == (False, "")
    entry = Entry.objects.get(action="sorting.absence-set-by-desk")
    assert (entry.by, "Mme Vasseur" in str(entry.details)) == (f"account:{lucie.pk}", True)
    sheet = client.get(f"/assistance/compte/{nicolas.pk}").content.decode()
    until = day_fr(day + timedelta(days=30))
    assert f"au {until} : ses correspondants reçoivent une réponse" in as_typed(sheet)
    assert "Opéré" not in sheet
    assert "court déjà" in client.get(where).content.decode()
    assert client.post(where, {"end": "1", "reason": ""}).status_code == 200
    assert current_absence(nicolas.pk, timezone.now()) is not None
    ended = client.post(where, {"end": "1", "reason": "Posée par erreur"})
    assert (ended.status_code, current_absence(nicolas.pk, timezone.now())) == (302, None)
    assert "est terminée" in client.get(ended["Location"]).content.decode()
    assert Entry.objects.get(action="sorting.absence-ended").details["reason"] == "Posée par erreur"
    again = client.post(where, {"end": "1", "reason": "Posée par erreur"})
    assert "ne court plus" in again.content.decode()
    own = client.post(f"/assistance/compte/{lucie.pk}/absence", asked)
    assert (own.status_code, current_absence(lucie.pk, timezone.now())) == (200, None)


def test_an_old_address_says_nothing_of_what_was_done(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    page = client.get(f"/assistance/compte/{nicolas.pk}?fait=compromised").content.decode()
    assert "est à l’abri :" not in page


def test_a_wait_lifted_opens_nothing_of_an_account_made_safe(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    Account.objects.filter(pk=nicolas.pk).update(password_barred_at=timezone.now())
    page = client.get(act(client, nicolas, DeskAction.LIFT)["Location"]).content.decode()
    assert "mais rien n’ouvre ce compte" in page
    assert "peut se connecter dès maintenant" not in page


def test_the_list_tells_whom_nothing_opens(client: Client, lucie: Account, nicolas: Account) -> None:
    Account.objects.filter(pk=nicolas.pk).update(password_barred_at=timezone.now())
    assert "Mis à l’abri" in client.get("/assistance/?q=nmorel").content.decode()


def test_a_shared_mailbox_is_nobodys_account(client: Client, lucie: Account) -> None:
    shared = account("ce.0809001z")
    Account.objects.filter(pk=shared.pk).update(person=None, password="!")
    make(Box, account=shared, title="Collège Jules Verne", kind="service", closed_at=None)
    page = client.get(f"/assistance/compte/{shared.pk}").content.decode()
    assert "C’est une boîte partagée" in page
    assert "Rien n’ouvre ce compte" not in page
    assert "Suspendre" not in page
    form = {"action": DeskAction.SUSPEND, "reason": REASON}
    assert client.post(f"/assistance/compte/{shared.pk}/agir", form).status_code in (404, 422, 200)
    shared.refresh_from_db()
    assert shared.state == "active"
    for page_of in ("absence", "cle", "remise"):
        assert client.get(f"/assistance/compte/{shared.pk}/{page_of}").status_code == 404


def test_what_lists_and_notices_send_is_no_business_of_the_desk(client: Client, lucie: Account) -> None:
    sender = account("ne-pas-repondre")
    Account.objects.filter(pk=sender.pk).update(person=None)
    listed = client.get("/assistance/?q=ne-pas-repondre").content.decode()
    assert f"/assistance/compte/{sender.pk}" not in listed
    for address in ("", "/courriels", "/messagerie"):
        assert client.get(f"/assistance/compte/{sender.pk}{address}").status_code == 404


AT = "nicolas.morel@ac-amiens.test"


@pytest.mark.parametrize(
    "typed", ["mor2", "mor2nic", "nicolas.mo", f"Nicolas <{AT}>", f"mailto:{AT}", f"mailto:{AT}?subject=x"]
)
def test_an_account_is_found_by_a_beginning_and_as_pasted(
    client: Client, lucie: Account, nicolas: Account, typed: str
) -> None:
    Account.objects.filter(pk=nicolas.pk).update(username="mor2nicolas")
    MailAddress.objects.filter(person=nicolas.person).update(address=AT)
    assert f"/assistance/compte/{nicolas.pk}" in client.get("/assistance/", {"q": typed}).text


def test_the_town_of_the_domain_is_not_everybodys(client: Client, lucie: Account, nicolas: Account) -> None:
    assert nicolas.person is not None
    other = account("kbenali", first_name="Karim", last_name="Amiens")
    Structure.objects.update(town="Albert", name="Collège Jean-Macé")
    page = client.get("/assistance/", {"q": "amiens"}).text
    assert f"/assistance/compte/{other.pk}" in page
    assert f"/assistance/compte/{nicolas.pk}" not in page


def test_what_the_service_suspended_the_desk_does_not_reopen(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    day, delays = timezone.localdate(), LifecycleDelays()
    declare_event(
        nicolas.pk, EventKind.SUSPENSION, day, delays, by="account:9", now=timezone.now(), today=day
    )
    page = client.get(f"/assistance/compte/{nicolas.pk}").content.decode()
    assert "par son service de gestion" in page
    assert 'value="resumed"' not in page
    assert "disciplinaire" not in page
    refused = act(client, nicolas, "resumed")
    assert "lui seul le rouvre, sur sa fiche" in refused.content.decode()
    nicolas.refresh_from_db()
    assert nicolas.state == "suspended"
