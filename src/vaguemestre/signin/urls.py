"""Paths of the sign-in."""

from django.urls import path

from vaguemestre.signin import views

app_name = "signin"
urlpatterns = [
    path("alogin", views.sign_in, name="sign-in"),
    path("alogin/code", views.give_code, name="give-code"),
    path("deconnexion", views.sign_out, name="sign-out"),
]
