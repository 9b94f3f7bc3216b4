"""Paths of the header mode."""

from django.urls import path

from vaguemestre.access.sso.headers import views

app_name = "headers"
urlpatterns = [
    path("acces/verifier", views.check, name="check"),
    path("acces/depart", views.depart, name="depart"),
    path("acces/entrer", views.enter, name="enter"),
    path("acces/reprise", views.resume, name="resume"),
    path("acces/retour", views.come_back, name="come-back"),
    path("acces/sortir", views.go_away, name="go-away"),
]
