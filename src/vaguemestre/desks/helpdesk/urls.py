"""URLs of the help desk, of confirmers and of help requests."""

from django.urls import path

from vaguemestre.desks.helpdesk.views import (
    absences,
    accounts,
    answer_texts,
    hand_overs,
    keys,
    requests,
    statistics,
)

app_name = "helpdesk"
urlpatterns = [
    path("assistance/", accounts.search, name="search"),
    path("assistance/compte/<int:account_id>", accounts.show_account, name="account"),
    path("assistance/compte/<int:account_id>/agir", accounts.perform_action, name="perform-action"),
    path("assistance/compte/<int:account_id>/messagerie", accounts.show_mail, name="mail"),
    path("assistance/compte/<int:account_id>/remise", hand_overs.request_hand_over, name="request-hand-over"),
    path("assistance/compte/<int:account_id>/absence", absences.set_absence, name="absence"),
    path("assistance/compte/<int:account_id>/cle", keys.show_key, name="key"),
    path("assistance/compte/<int:account_id>/cle/perdue", keys.declare_key_lost, name="declare-key-lost"),
    path(
        "assistance/compte/<int:account_id>/cle/<int:device_id>/recu", keys.show_receipt, name="key-receipt"
    ),
    path("assistance/cles", keys.stock, name="stock"),
    path("assistance/demandes", requests.list_requests, name="requests"),
    path("assistance/demandes/<int:request_id>", requests.show_request, name="request"),
    path("assistance/statistiques", statistics.show_statistics, name="statistics"),
    path("assistance/statistiques.csv", statistics.download_statistics, name="statistics-file"),
    path("assistance/reponses", answer_texts.list_answer_texts, name="answer-texts"),
    path("assistance/reponses/nouvelle", answer_texts.edit_answer_text, name="new-answer-text"),
    path("assistance/reponses/<int:text_id>", answer_texts.edit_answer_text, name="answer-text"),
    path(
        "assistance/reponses/<int:text_id>/supprimer",
        answer_texts.delete_answer_text,
        name="delete-answer-text",
    ),
    path("assistance/remises", hand_overs.list_hand_overs, name="hand-overs"),
    path("assistance/remises/<int:hand_over_id>", hand_overs.confirm, name="hand-over"),
    path("assistance/remises/<int:hand_over_id>/refuser", hand_overs.refuse, name="refuse-hand-over"),
    path("aide/demande", requests.submit_request, name="submit-request"),
    path("aide/demande/<str:token>", requests.track_request, name="track-request"),
]
