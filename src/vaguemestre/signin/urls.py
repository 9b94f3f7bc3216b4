"""Paths of the sign-in."""

from django.urls import path

from vaguemestre.signin.views import security
from vaguemestre.signin.views import signing as views

app_name = "signin"
urlpatterns = [
    path("alogin", views.sign_in, name="sign-in"),
    path("alogin/code", views.give_code, name="give-code"),
    path("deconnexion", views.sign_out, name="sign-out"),
    path("parametres/securite", security.show_security, name="security"),
    path("parametres/securite/mot-de-passe", security.change_password, name="change-password"),
    path("parametres/securite/force", security.judge, name="judge-password"),
    path("parametres/securite/autres-sessions", security.end_others, name="end-others"),
]
