"""Sheets of the record of processing activities, with the durations of a configuration."""

from vaguemestre.desks.portal.values import ProcessingSheet, Retention
from vaguemestre.site.config import Config
from vaguemestre.site.register import ACTIVITIES
from vaguemestre.site.register.values import Activity


def sheets(config: Config) -> tuple[ProcessingSheet, ...]:
    """Every sheet, in the record's order."""
    return tuple(_sheet(activity, config) for activity in ACTIVITIES)


def sheet_text(sheet: ProcessingSheet, controller: str) -> str:
    """A sheet as Markdown, for the record that the data protection officer keeps (GDPR art. 30)."""
    lines = [
        f"# {sheet.purpose}",
        "",
        f"- Responsable du traitement : {controller}",
        f"- Finalité : {sheet.purpose}",
        f"- Base légale : {sheet.basis}",
        f"- Personnes concernées : {sheet.persons}",
        f"- Données : {sheet.data}",
        f"- Source : {sheet.source}",
        f"- Destinataires : {sheet.recipients} ; aucun transfert hors de l’Union européenne",
        f"- Sécurité : {sheet.security}",
        "",
        "## Durées",
        "",
        *(f"- {retention.category} : {retention.duration}." for retention in sheet.retentions),
    ]
    return "\n".join(lines) + "\n"


def _sheet(activity: Activity, config: Config) -> ProcessingSheet:
    return ProcessingSheet(
        key=activity.key,
        purpose=activity.purpose,
        basis=activity.basis,
        persons=activity.persons,
        data=activity.data,
        source=activity.source,
        recipients=activity.recipients,
        security=activity.security,
        retentions=tuple(
            Retention(category.name, category.duration(config).sentence) for category in activity.categories
        ),
    )
