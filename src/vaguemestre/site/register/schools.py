"""Shared mailboxes and delegation, distribution lists, classes of pupils."""

from vaguemestre.schools.lists import handlers as lists
from vaguemestre.schools.rosters import handlers as rosters
from vaguemestre.schools.rosters.services.retention import STAGED_FOR
from vaguemestre.schools.sharing import handlers as sharing
from vaguemestre.schools.sharing.services.collaboration import SIGN_INS_KEPT
from vaguemestre.site.config import Config
from vaguemestre.site.register.values import (
    ENCRYPTED_LINKS,
    PUBLIC_TASK,
    Activity,
    Category,
    Duration,
    after,
    set_days,
    with_account,
)


def _roster(_config: Config) -> Duration:
    return Duration("jusqu’au 31 août de l’année scolaire")


SHARED_BOXES = Activity(
    key="boites-partagees",
    purpose="Boîtes partagées et délégations",
    basis=PUBLIC_TASK,
    persons="agents membres d’une boîte partagée",
    data="membres et droits, notes, attributions, qui a ouvert, classé ou répondu",
    source="les membres et les responsables de la boîte",
    recipients="les membres de la boîte",
    security=f"{ENCRYPTED_LINKS} ; droits par membre, retirés à la fin de la fonction",
    categories=(
        Category(
            "Membres d’une boîte partagée",
            ("sharing.Member",),
            with_account("le temps de la fonction"),
            erasers=(sharing.forget_person,),
        ),
        Category(
            "Notes, attributions et réponses d’une boîte partagée",
            (
                "sharing.Box",
                "sharing.Thread",
                "sharing.ThreadMessage",
                "sharing.Note",
                "sharing.SentMessage",
                "sharing.CollisionWarning",
            ),
            lambda _config: Duration("le temps de la boîte : c’est son histoire"),
        ),
        Category(
            "Activité des boîtes partagées",
            ("sharing.BoxActivity",),
            set_days("retention.box_activity_days", "après l’acte"),
            (sharing.run_daily,),
        ),
        Category(
            "Présence et connexions dans une boîte partagée",
            ("sharing.ClientSignIn", "sharing.Presence"),
            after(SIGN_INS_KEPT, "au plus"),
            (sharing.run_daily,),
            (sharing.forget_person,),
        ),
        Category(
            "Demandes de boîte",
            ("sharing.BoxRequest",),
            set_days("retention.help_requests_days", "après la décision"),
            (sharing.run_daily,),
            (sharing.forget_person,),
        ),
    ),
)

LISTS = Activity(
    key="listes",
    purpose="Listes de diffusion",
    basis=PUBLIC_TASK,
    persons="agents abonnés, expéditeurs",
    data="abonnements, rôles, courriels de la liste, destinataires de chaque copie",
    source="fonction de l’agent, gestionnaire de la liste",
    recipients="les gestionnaires de la liste ; les abonnés pour l’archive",
    security=ENCRYPTED_LINKS,
    categories=(
        Category(
            "Abonnements et rôles",
            ("lists.Subscriber", "lists.ListRole"),
            with_account("le temps de la fonction ou de l’abonnement"),
            (lists.end_with_posts,),
            erasers=(lists.forget_person,),
        ),
        Category(
            "Courriels d’une liste (expéditeur, objet, décision)",
            ("lists.ListLetter",),
            lambda _config: Duration("le temps de la liste : c’est son archive"),
            erasers=(lists.forget_person,),
        ),
        Category(
            "Copies envoyées à chaque abonné",
            ("lists.LetterCopy", "lists.Batch"),
            set_days("retention.submissions_days", "après l’envoi"),
            (lists.purge_old_copies,),
            (lists.forget_person,),
        ),
    ),
)

CLASSES = Activity(
    key="classes",
    purpose="Classes et familles (ENT)",
    basis=PUBLIC_TASK,
    persons="élèves (mineurs), responsables légaux, enseignants ; une analyse d’impact est à prévoir",
    data="nom, prénom, classe, groupes, adresse de l’ENT, lien entre élève et responsables",
    source="ENT ou fichier de l’établissement",
    recipients="les enseignants de ces élèves et la direction de l’établissement",
    security=f"{ENCRYPTED_LINKS} ; fichiers reçus chiffrés, aucun élève dans le journal",
    categories=(
        Category(
            "Élèves et responsables",
            (
                "rosters.RosterRow",
                "rosters.GroupRow",
                "rosters.RelativeRow",
                "rosters.PupilRow",
                "rosters.TeacherRow",
            ),
            _roster,
            (rosters.purge_rosters,),
        ),
        Category(
            "Fichiers de classes reçus",
            ("rosters.StagedRow",),
            after(STAGED_FOR, "après l’envoi, s’ils ne sont pas appliqués"),
            (rosters.purge_rosters,),
            (rosters.forget_person,),
        ),
        Category(
            "Droits d’écrire aux classes, lien avec l’ENT",
            ("rosters.AllowedRow", "rosters.EntLinkRow"),
            with_account("le temps de la fonction"),
            erasers=(rosters.forget_person,),
        ),
        Category(
            "Adresse d’où l’on écrit aux classes, tirée au hasard",
            ("rosters.GatewayRow",),
            lambda _config: Duration("jamais redonnée, et donc gardée"),
        ),
    ),
)
