"""The lists of the demonstration: the teachers of a school, a council by hand, heads of schools by a rule."""

from datetime import datetime

from vaguemestre.demo.cast import CAST, COLLEGE, STAFF
from vaguemestre.demo.cast_accounts import accounts_of_cast
from vaguemestre.people.credentials.queries import identified
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.queries import academy_of_domain, primary_address
from vaguemestre.post.outbox.values import Recipient
from vaguemestre.schools.lists import queries, services
from vaguemestre.schools.lists.rules.list_address import local_part
from vaguemestre.schools.lists.services.administration import Creator, ListSettings, NewList
from vaguemestre.schools.lists.values import Criteria, Files, Kind, ReplyTo, Role, Rule, Writers
from vaguemestre.site.config import Config

BY = "system"
_TEACHERS = NewList(
    "Professeurs du collège Jules Verne",
    "professeurs",
    Kind.RULE,
    "Informations de la direction aux professeurs du collège.",
    COLLEGE.uai,
)
_COUNCIL = NewList(
    "Conseil pédagogique",
    "conseil-pedagogique",
    Kind.MANUAL,
    "Les membres du conseil pédagogique ; chaque message est relu avant d’être diffusé.",
    COLLEGE.uai,
)
_HEADS = NewList(
    "Directeurs d’école de l’Oise",
    "directeurs-ecoles-60",
    Kind.RULE,
    "Notes du service départemental aux directrices et directeurs d’école.",
)
_BIOLOGY = NewList(
    "Professeurs de SVT, collèges de la Somme",
    "svt-colleges-80",
    Kind.RULE,
    "Informations aux professeurs de sciences de la vie et de la Terre.",
)


def create_lists(config: Config, now: datetime) -> None:
    """Create the demonstration's lists; skips lists that exist."""
    domain = config.academy.domain
    academy = academy_of_domain(domain)
    dossiers = {part.role: part.dossier for part in (*CAST, *STAFF)}
    accounts = accounts_of_cast(academy.pk, list(dossiers.values()))
    people = {role: accounts[dossier][0] for role, dossier in dossiers.items() if dossier in accounts}
    if (list_id := _create_list(people["head"], AccountRole.AGENT, _TEACHERS, domain, now)) is not None:
        rule = Rule((Criteria(functions=("ENS", "DOC")),))
        services.change_rule(list_id, people["head"], rule, by=BY, now=now)
        _change_settings(list_id, people["head"], _TEACHERS, Writers.MEMBERS, now)
    if (list_id := _create_list(people["head"], AccountRole.AGENT, _COUNCIL, domain, now)) is not None:
        secretary = _address(people["secretary"])
        services.set_role(list_id, people["head"], secretary, Role.MODERATOR, by=BY, now=now)
        members = ("head", "teacher", "colleague", "staff-1", "staff-3", "staff-6")
        subscribed = [Recipient("", _address(people[role])) for role in members if role in people]
        services.subscribe(list_id, people["head"], subscribed, domain, by=BY, now=now)
        _change_settings(list_id, people["head"], _COUNCIL, Writers.MEMBERS, now, is_moderated=True)
    if (list_id := _create_list(people["hr_dsden"], AccountRole.HR_OFFICER, _HEADS, domain, now)) is not None:
        rule = Rule((Criteria(functions=("DIR",), kinds=("Ecole",), departments=("060",)),))
        services.change_rule(list_id, people["hr_dsden"], rule, by=BY, now=now)
    if (list_id := _create_list(people["hr_dpe"], AccountRole.HR_OFFICER, _BIOLOGY, domain, now)) is not None:
        rule = Rule(
            (Criteria(functions=("ENS",), disciplines=("L1600",), kinds=("Collège",), departments=("080",)),)
        )
        services.change_rule(list_id, people["hr_dpe"], rule, by=BY, now=now)


def _create_list(
    account_id: int, role: AccountRole, sample: NewList, domain: str, now: datetime
) -> int | None:
    if queries.find_list_by_address(f"{local_part(sample.name, sample.within)}@{domain}"):
        return None
    maker = Creator(account_id, identified(account_id).person_id or 0, role)
    return services.create_list(maker, sample, domain, by=BY, now=now)


def _change_settings(
    list_id: int,
    account_id: int,
    sample: NewList,
    writers: Writers,
    now: datetime,
    *,
    is_moderated: bool = False,
) -> None:
    chosen = ListSettings(
        title=sample.title,
        description=sample.description,
        writers=writers,
        is_moderated=is_moderated,
        refuses_others=False,
        reply_to=ReplyTo.AUTHOR,
        files=Files.KEEP,
        has_archive=True,
        may_join=False,
    )
    services.change_settings(list_id, account_id, chosen, by=BY, now=now)


def _address(account_id: int) -> str:
    return primary_address(identified(account_id).person_id or 0) or ""
