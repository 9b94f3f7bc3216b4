"""/messagerie/envois/…, /parametres/envoi, /assistance/retenus/…"""

from django.urls import path

from vaguemestre.dispatch import views

app_name = "dispatch"
urlpatterns = [
    path("messagerie/envois/", views.list_sent, name="sent"),
    path("messagerie/envois/suivi/", views.show_trail, name="trail"),
    path("messagerie/envois/bandeau/", views.show_banner, name="banner"),
    path("messagerie/envois/heures/", views.tell_hours, name="hours"),
    path("messagerie/envois/heure/", views.reschedule, name="reschedule"),
    path("messagerie/envois/retenus/", views.list_held, name="held"),
    path("messagerie/envois/retenus/envoyer/", views.release, name="release"),
    path("messagerie/envois/retenus/jeter/", views.discard, name="discard"),
    path("parametres/envoi", views.set_sending, name="sending"),
    path("assistance/retenus/", views.list_held_of_all, name="held-of-all"),
    path("assistance/retenus/<int:account_id>/", views.end_held_of, name="end-held-of"),
]
