from django.urls import path

from vaguemestre.desks.enrolment.views import (
    applicant_work,
    due_dates,
    lifecycle,
    match_candidates,
    people,
    people_files,
    queue,
    requests,
)

app_name = "enrolment"
urlpatterns = [
    path("numen/", requests.start, name="start"),
    path("numen/demande", requests.submit_request, name="submit-request"),
    path("numen/suivi", requests.track_request, name="track-request"),
    path("numen/suivi/completer", requests.complete_request, name="complete-request"),
    path("gestion/", queue.show_queue, name="queue"),
    path("gestion/demandes/<int:request_id>", queue.show_request, name="request"),
    path("gestion/demandes/<int:request_id>/pieces/<int:proof_id>", queue.show_proof, name="proof"),
    path("gestion/demandes/<int:request_id>/exercice", applicant_work.correct_work, name="correct-work"),
    path("gestion/demandes/<int:request_id>/<str:act>", queue.decide_request, name="decide-request"),
    path("gestion/ressemblances", match_candidates.list_match_candidates, name="match-candidates"),
    path("gestion/ressemblances/<int:candidate_id>", match_candidates.answer, name="match-candidate"),
    path("gestion/lettres", queue.print_letters, name="letters"),
    path("gestion/personnes", people.list_people, name="people"),
    path("gestion/personnes/liste.csv", people_files.export_people, name="people-file"),
    path("gestion/personnes/lettres", people_files.print_letters, name="people-letters"),
    path("gestion/personnes/<int:person_id>", people.show_person, name="person"),
    path("gestion/personnes/<int:person_id>/numen", people.show_numen, name="numen"),
    path("gestion/personnes/<int:person_id>/lettre", people.print_letter, name="letter"),
    path("gestion/personnes/<int:person_id>/corriger", people.correct_person, name="correct"),
    path("gestion/personnes/<int:person_id>/vie", lifecycle.show_lifecycle, name="lifecycle"),
    path("gestion/personnes/<int:person_id>/declarer", lifecycle.declare, name="declare"),
    path("gestion/personnes/<int:person_id>/retour", lifecycle.declare_return, name="declare-return"),
    path("gestion/a-venir", due_dates.list_upcoming, name="upcoming"),
    path("gestion/arrivee", people.register_arrival, name="register-arrival"),
]
