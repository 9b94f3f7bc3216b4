"""Mail of the demonstration's mailboxes, and its loading."""

from collections.abc import Callable, Collection
from datetime import datetime
from itertools import accumulate

from vaguemestre.demo.cast import CAST, SEED, STAFF
from vaguemestre.demo.cast_accounts import accounts_of_cast
from vaguemestre.demo.imap_loader import load
from vaguemestre.demo.ledger import Ledger
from vaguemestre.demo.letters import Writer, messages, sealed
from vaguemestre.demo.people import Progress
from vaguemestre.mailbox.contacts.queries import contacts_of
from vaguemestre.mailbox.contacts.services import save_contact
from vaguemestre.mailbox.contacts.values import ContactCard
from vaguemestre.people.credentials.queries import presented
from vaguemestre.people.directory.queries import academy_of_domain
from vaguemestre.site import secrets
from vaguemestre.site.config import Config

_COUNTS = {"teacher": 1200, "colleague": 150, "head": 120, "secretary": 100}
_FEW = 30
_TITLES = {
    "teacher": "Professeure de lettres modernes",
    "colleague": "Professeur d’histoire-géographie",
    "head": "Principal du collège Jules Verne",
    "secretary": "Secrétariat de direction",
    "otp": "Directrice de l’école Les Tilleuls",
    "hr_dpe": "Division des personnels enseignants",
    "hr_dpate": "Division des personnels administratifs",
    "hr_deep": "Division des établissements privés",
    "hr_dsden": "Direction des services départementaux de la Somme",
    "helpdesk": "Assistance informatique",
    "administrator": "Direction des systèmes d’information",
}
_WRITING_TO_ALL = ("colleague", "head", "secretary", "hr_dpe")


def load_mail(
    config: Config, ledger: Ledger, progress: Progress, now: datetime, roles: Collection[str] = ()
) -> None:
    """Load the mailboxes of those roles, or of the whole cast. Resumes an interrupted load."""
    until = datetime.fromisoformat(ledger.remember("mail until", now.replace(microsecond=0).isoformat()))
    writers = _writers(config)
    key = secrets.read(config.secrets_dir, "seal_key").encode("ascii")
    counts = {part.role: _COUNTS.get(part.role, _FEW) for part in CAST if not part.is_pending}
    numbers = {role: number for number, role in enumerate(counts)}
    missing = [role for role in roles or counts if not ledger.is_done(f"mail of {role}")]
    total = sum(counts[role] for role in missing)
    before = dict(zip(missing, accumulate((counts[role] for role in missing), initial=0), strict=False))
    for role in missing:
        begun, finished = f"mail of {role} begun", f"mail of {role}"
        others = [writer for other, writer in writers.items() if other != role and _writes_to(other)]
        is_again = ledger.is_done(begun)
        ledger.mark_done(begun)
        load(
            (config.mail.host, config.ports.imap),
            writers[role].address,
            ledger.secrets_of(role)["app_password"],
            sealed(messages(SEED * 100 + numbers[role], counts[role], writers[role], others, until), key),
            may_be_there=is_again,
            progress=_from(before[role], total, progress),
        )
        ledger.mark_done(finished)
    _fill_address_book(config, writers)


def _from(done: int, total: int, progress: Progress) -> Callable[[int], None]:
    def more(count: int) -> None:
        nonlocal done
        done += count
        progress("Courriels de démonstration", done / total)

    return more


def _writes_to(role: str) -> bool:
    return role in _WRITING_TO_ALL or role.startswith("staff")


def _writers(config: Config) -> dict[str, Writer]:
    """The cast and the staff of the college, as they sign."""
    academy = academy_of_domain(config.academy.domain)
    roles = {part.dossier: part.role for part in (*CAST, *STAFF)}
    writers = {}
    for dossier, (account_id, _) in accounts_of_cast(academy.pk, list(roles)).items():
        account, role = presented(account_id), roles[dossier]
        if account:
            writers[role] = Writer(
                account.name, account.address, _TONES.get(role, "colleague"), _TITLES.get(role, "")
            )
    return {role: writers[role] for role in roles.values() if role in writers}


def _fill_address_book(config: Config, writers: dict[str, Writer]) -> None:
    """Add the teacher's contacts; existing ones are left unchanged."""
    academy = academy_of_domain(config.academy.domain)
    account_id, _ = accounts_of_cast(academy.pk, [CAST[0].dossier])[CAST[0].dossier]
    cards = [ContactCard(w.name, w.address, note=w.title) for role, w in writers.items() if role != "teacher"]
    present = {contact.address for contact in contacts_of(account_id)}
    for card in (*cards, *_FROM_OUTSIDE):
        if card.address not in present:
            save_contact(account_id, card)


_TONES = {"head": "office", "secretary": "office", "hr_dpe": "office", "hr_dpate": "office"}
_FROM_OUTSIDE = (
    ContactCard("Maison de la culture, réservations", "scolaires@maison-culture.example", "03 22 00 00 01"),
    ContactCard(
        "Cars Picardie Voyages", "devis@cars-picardie.example", "03 22 00 00 02", "Sorties scolaires"
    ),
    ContactCard("Karim Benali", "karim.benali@famille.example", note="Parent délégué, 4e B"),
)
