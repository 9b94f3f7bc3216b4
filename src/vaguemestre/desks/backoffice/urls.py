"""URLs of the administration."""

from django.urls import path

from vaguemestre.desks.backoffice.views import (
    activation,
    feed_upload,
    feeds,
    home,
    jobs,
    journal,
    paragraphs,
    people,
    places,
    services,
    settings,
)
from vaguemestre.desks.backoffice.views.service_classes import agreements as class_changes
from vaguemestre.desks.backoffice.views.service_classes import pages as service_classes

app_name = "backoffice"
urlpatterns = [
    path("", home.show_home, name="home"),
    path("academies", places.list_academies, name="academies"),
    path("academies/<int:academy_id>", places.rename, name="academy"),
    path("services", services.list_all, name="services"),
    path("services/<int:service_id>", services.show, name="service"),
    path("services/<int:service_id>/gestionnaires", services.change_officers, name="officers"),
    path("classes-de-service", service_classes.list_classes, name="service-classes"),
    path("classes-de-service/nouvelle", service_classes.make_class, name="new-service-class"),
    path("classes-de-service/<int:class_id>", service_classes.change, name="service-class"),
    path("classes-de-service/<int:class_id>/supprimer", service_classes.delete, name="delete-service-class"),
    path("classes-de-service/attente/<int:number>", class_changes.decide_waiting, name="waiting-class"),
    path("personnes/<int:person_id>/classe", people.give_service_class, name="person-class"),
    path("etablissements", places.list_structures, name="structures"),
    path("etablissements/nouveau", places.open_structure, name="open-structure"),
    path("etablissements/<int:structure_id>", places.change_structure, name="structure"),
    path("personnes", people.list_all, name="people"),
    path("personnes/<int:person_id>", people.show, name="person"),
    path("personnes/<int:person_id>/role", people.change_role, name="role"),
    path("flux", feeds.list_all, name="feeds"),
    path("flux/deposer", feed_upload.upload, name="feed-upload"),
    path("flux/<int:feed_id>", feeds.show, name="feed"),
    path("flux/<int:feed_id>/refus.csv", feeds.refused_file, name="feed-refused"),
    path("flux/<int:feed_id>/lignes.csv", feeds.changed_file, name="feed-changed"),
    path("flux/<int:feed_id>/decider", feeds.decide, name="feed-decide"),
    path("flux/doutes", feeds.list_match_candidates, name="match-candidates"),
    path("flux/doutes/<int:candidate_id>", feeds.answer, name="match-candidate"),
    path("jamais-actives", activation.list_schools, name="never-activated"),
    path("jamais-actives/<int:structure_id>", activation.show_school, name="never-activated-school"),
    path(
        "jamais-actives/<int:structure_id>/liste.csv",
        activation.download_school,
        name="never-activated-file",
    ),
    path("textes", paragraphs.list_kinds, name="paragraphs"),
    path("textes/<int:academy_id>/<slug:kind>", paragraphs.edit, name="paragraph"),
    path("journal", journal.show, name="journal"),
    path("journal.csv", journal.download, name="journal-file"),
    path("travaux", jobs.list_failed, name="jobs"),
    path("travaux/<uuid:job_id>/relancer", jobs.run_again, name="job-again"),
    path("travaux/<uuid:job_id>/abandonner", jobs.give_up, name="job-give-up"),
    path("reglages", settings.show, name="settings"),
]
