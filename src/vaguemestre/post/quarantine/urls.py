"""/messagerie/quarantaine/, /administration/quarantaine."""

from django.urls import path

from vaguemestre.post.quarantine import views

app_name = "quarantine"
urlpatterns = [
    path("messagerie/quarantaine/", views.list_own, name="own"),
    path("messagerie/quarantaine/<int:number>/remettre", views.release_own, name="release"),
    path("administration/quarantaine", views.search_verdicts, name="verdicts"),
    path(
        "administration/quarantaine/<int:number>/remettre", views.release_for_owner, name="release-for-owner"
    ),
]
