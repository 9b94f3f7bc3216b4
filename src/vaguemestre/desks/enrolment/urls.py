from django.urls import path

from vaguemestre.desks.enrolment.views import lives, match_candidates, people, queue, requests

app_name = "enrolment"
urlpatterns = [
    path("numen/", requests.start, name="start"),
    path("numen/demande", requests.ask, name="ask"),
    path("numen/suivi", requests.follow, name="follow"),
    path("numen/suivi/completer", requests.complete, name="complete"),
    path("gestion/", queue.show_queue, name="queue"),
    path("gestion/demandes/<int:request_id>", queue.show_request, name="request"),
    path("gestion/demandes/<int:request_id>/pieces/<int:proof_id>", queue.show_proof, name="proof"),
    path("gestion/demandes/<int:request_id>/<str:act>", queue.act_on, name="act"),
    path("gestion/ressemblances", match_candidates.list_match_candidates, name="match-candidates"),
    path("gestion/ressemblances/<int:candidate_id>", match_candidates.answer, name="match-candidate"),
    path("gestion/lettres", queue.print_letters, name="letters"),
    path("gestion/personnes", people.list_people, name="people"),
    path("gestion/personnes/<int:person_id>", people.show_person, name="person"),
    path("gestion/personnes/<int:person_id>/numen", people.show_numen, name="numen"),
    path("gestion/personnes/<int:person_id>/lettre", people.print_letter, name="letter"),
    path("gestion/personnes/<int:person_id>/corriger", people.correct, name="correct"),
    path("gestion/personnes/<int:person_id>/vie", lives.show, name="life"),
    path("gestion/personnes/<int:person_id>/declarer", lives.declare, name="declare"),
    path("gestion/personnes/<int:person_id>/retour", lives.come_back, name="come-back"),
    path("gestion/arrivee", people.receive, name="receive"),
]
