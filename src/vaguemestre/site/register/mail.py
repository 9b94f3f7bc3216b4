"""Mail, files lent by a link, junk filter and reports."""

from datetime import timedelta

from vaguemestre.desks.removals import handlers as removals
from vaguemestre.foundation.kernel.text.sizes import MEGABYTE, in_words
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.mailbox.calendar import handlers as calendar
from vaguemestre.mailbox.compose import handlers as compose
from vaguemestre.mailbox.compose.services.retention import ABANDONED_AFTER
from vaguemestre.mailbox.contacts import handlers as contacts
from vaguemestre.mailbox.portability import handlers as portability
from vaguemestre.mailbox.sorting import handlers as sorting
from vaguemestre.mailbox.webmail import handlers as webmail
from vaguemestre.mailbox.webmail.services.bulks import RETENTION as BULKS_KEPT
from vaguemestre.people.lifecycle import handlers as lifecycle
from vaguemestre.post.filelinks import handlers as filelinks
from vaguemestre.post.outbox import handlers as outbox
from vaguemestre.post.quarantine import handlers as quarantine
from vaguemestre.post.quarantine.services.late_examination import KEPT as NOTES_KEPT
from vaguemestre.post.redirects import handlers as redirects
from vaguemestre.post.redirects.services import RETENTION as CLICKS_KEPT
from vaguemestre.post.reports import handlers as reports
from vaguemestre.post.trace import handlers as trace
from vaguemestre.site.config import Config
from vaguemestre.site.register.values import (
    ENCRYPTED_LINKS,
    PUBLIC_TASK,
    Activity,
    Category,
    Duration,
    after,
    set_days,
    span_fr,
    with_account,
)


def _mail(config: Config) -> Duration:
    return Duration(
        f"tant que vous les gardez, puis {counted(config.mail.deleted_days, 'jour')} parmi les messages "
        f"supprimés (ni brouillons ni indésirables ; {in_words(config.mail.deleted_mb * MEGABYTE)} par "
        "boîte, les plus anciens effacés d’abord) ; une boîte fermée est effacée "
        f"{config.lifecycle.purged} jours après le départ"
    )


def _steps(config: Config) -> Duration:
    months = config.mail.trace_months
    term = timedelta(days=31 * (months + 1))
    return Duration(f"{counted(months, 'mois', 'mois')} après celui de l’envoi", term)


def _lent(config: Config) -> Duration:
    days = config.files.most_days
    return Duration(f"le temps choisi, {days} jours au plus", timedelta(days=days))


def _while_backups_stay(config: Config) -> Duration:
    term = config.backup.longest_kept
    return Duration(f"{span_fr(term)} après leur effacement, le temps de la plus ancienne sauvegarde", term)


MAIL = Activity(
    key="messagerie",
    purpose="Messagerie",
    basis=PUBLIC_TASK,
    persons="agents de l’académie et leurs correspondants",
    data="courriels et pièces jointes, contacts, réglages, expéditeurs, destinataires et heures des envois ; "
    "empreintes à clé des objets, liens et pièces jointes, qui ne disent rien d’eux",
    source="l’agent et ses correspondants ; serveurs de courrier",
    recipients="l’agent seul pour ses courriels ; l’assistance pour leur chemin, jamais leur texte",
    security=f"{ENCRYPTED_LINKS} ; boîtes ouvertes par un jeton de session, sans mot de passe maître",
    categories=(
        Category("Courriels", (), _mail, (lifecycle.run_lifecycle_round,)),
        Category(
            "Contacts, identités, modèles, filtres, absences et réglages",
            (
                "contacts.Contact",
                "contacts.Membership",
                "contacts.BookWriter",
                "compose.Identity",
                "compose.StockText",
                "sorting.AbsenceRow",
                "sorting.ScriptRow",
                "sorting.FilterRow",
                "sorting.SpamRow",
                "sorting.PassRow",
                "calendar.Engagement",
                "webmail.ReminderRow",
                "reports.SenderImages",
                "outbox.KnownRecipient",
                "outbox.SenderState",
            ),
            with_account("tant que vous les gardez"),
            erasers=(
                contacts.forget_person,
                compose.forget_person,
                sorting.forget_person,
                calendar.forget_person,
                webmail.forget_person,
                reports.forget_person,
                outbox.forget_person,
            ),
        ),
        Category(
            "Suivi des envois (destinataires, heure, ce que chacun est devenu)",
            ("outbox.Submission", "outbox.RecipientStatus", "outbox.OutboxMessage"),
            set_days("retention.submissions_days", "après l’envoi"),
            (outbox.purge_old_submissions,),
            (outbox.forget_person,),
        ),
        Category(
            "Destinataires des publipostages",
            ("compose.Mailing", "compose.MailingCopy"),
            set_days("retention.submissions_days", "après l’envoi, 30 jours pour ceux d’une classe"),
            (compose.purge_old_mailings,),
            (compose.forget_person,),
        ),
        Category(
            "Textes commencés et laissés",
            ("compose.Composition", "compose.Enclosure", "compose.Slice"),
            after(ABANDONED_AFTER, "après la dernière frappe ; le brouillon reste dans la boîte"),
            (compose.purge_old_mailings,),
            (compose.forget_person,),
        ),
        Category(
            "Chemin de chaque courriel (expéditeur, destinataires, heures, réponses des serveurs)",
            ("trace.MessageStep",),
            _steps,
            (trace.purge_old_steps,),
        ),
        Category(
            "Empreintes de l’objet, des liens et des pièces jointes de chaque courriel, et avis du filtre",
            ("trace.MessageMark",),
            _steps,
            (trace.purge_old_steps,),
        ),
        Category(
            "Actions en nombre sur des courriels",
            ("webmail.BulkRow",),
            after(BULKS_KEPT, "le temps de les annuler"),
            (webmail.purge_old_bulks,),
            (webmail.forget_person,),
        ),
    ),
)

FILES = Activity(
    key="fichiers",
    purpose="Fichiers prêtés, apportés ou emportés",
    basis=PUBLIC_TASK,
    persons="agents, et ceux à qui ils donnent un lien",
    data="fichiers, noms des fichiers, nombre de téléchargements",
    source="l’agent",
    recipients="qui reçoit le lien",
    security=f"{ENCRYPTED_LINKS} ; liens imprévisibles, mot de passe possible, contrôle antivirus",
    categories=(
        Category(
            "Fichiers prêtés par un lien",
            ("filelinks.SharedFile",),
            _lent,
            (filelinks.purge_files,),
        ),
        Category(
            "Fichiers apportés ou à emporter (import, export)",
            (),
            after(portability.KEPT, "après la fin de l’opération"),
            (portability.forget_old_files,),
        ),
        Category(
            "Trace d’un import ou d’un export",
            ("portability.Move",),
            set_days("retention.moves_days", "après sa fin"),
            (portability.forget_old_files,),
            (portability.forget_person,),
        ),
    ),
)

FILTER = Activity(
    key="filtre",
    purpose="Filtre des indésirables et signalements",
    basis=PUBLIC_TASK,
    persons="agents et expéditeurs des courriels signalés",
    data="expéditeur, objet et en-têtes d’un courriel signalé, avis « indésirable » ou non, jamais son "
    "texte ; dans la mémoire du filtre, des empreintes : des courriels envoyés (7 jours), des courriels "
    "jugés (90 jours), des 200 000 dernières adresses gratuites qui ont écrit",
    source="l’agent qui signale",
    recipients="les administrateurs",
    security=ENCRYPTED_LINKS,
    categories=(
        Category(
            "Courriels signalés",
            ("reports.Report", "reports.Vote"),
            set_days("retention.reports_days", "après le signalement"),
            (reports.purge_old_reports,),
            (reports.forget_person,),
        ),
        Category(
            "Courriels en quarantaine (virus, lien dangereux, macros), avec leur verdict",
            ("quarantine.QuarantinedMessage",),
            set_days("retention.quarantine_days", "après l’arrivée"),
            (quarantine.purge_old_messages,),
            (quarantine.forget_person,),
        ),
        Category(
            "Courriels arrivés en l’absence de l’antivirus : identifiant dans la file",
            ("quarantine.UnexaminedMail",),
            after(NOTES_KEPT, "après l’arrivée"),
            (quarantine.purge_old_notes,),
        ),
        Category(
            "Clics sur les liens contrôlés : courriel, site et empreinte du lien",
            ("redirects.LinkClick",),
            after(CLICKS_KEPT, "après le clic"),
            (redirects.purge_old_clicks,),
            (redirects.forget_person,),
        ),
        Category(
            "Courriels dangereux retirés des boîtes",
            ("removals.Removal", "removals.RemovalBox", "removals.TakenCopy"),
            set_days("retention.removals_days", "après la dernière décision"),
            (removals.purge_old_removals,),
            (removals.forget_person,),
        ),
        Category(
            "Empreintes des courriels retirés puis effacés, qu’aucune sauvegarde ne ramène",
            ("removals.DiscardedCopy",),
            _while_backups_stay,
            (removals.purge_old_removals,),
            (removals.forget_person,),
        ),
        Category(
            "Droit de retirer des courriels",
            ("removals.SecurityOfficer",),
            with_account(),
            erasers=(removals.forget_person,),
        ),
    ),
)
