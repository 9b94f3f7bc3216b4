"""/messagerie/envois/…, /parametres/envoi, /assistance/retenus/…"""

from django.urls import include, path

from vaguemestre.post.tracking import views

app_name = "tracking"
_SENT = [
    path("", views.list_sent, name="sent"),
    path("ou/", views.find_own, name="where"),
    path("suivi/", views.show_status, name="status"),
    path("heures/", views.show_quiet_hours, name="hours"),
    path("heure/", views.reschedule, name="reschedule"),
    path("retenus/", views.list_held, name="held"),
    path("retenus/envoyer/", views.release, name="release"),
    path("retenus/jeter/", views.discard, name="discard"),
]
urlpatterns = [
    path("messagerie/envois/", include(_SENT)),
    path("parametres/envoi", views.edit_preferences, name="sending"),
    path("administration/messages", views.search_messages, name="messages"),
    path("assistance/compte/<int:account_id>/courriels", views.search_of_account, name="account-messages"),
    path("assistance/retenus/", views.list_all_held, name="all-held"),
    path("assistance/retenus/<int:account_id>/", views.decide_held, name="decide-held"),
]
