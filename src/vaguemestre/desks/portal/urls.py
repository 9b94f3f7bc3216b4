"""Paths of the portal."""

from django.urls import path

from vaguemestre.desks.portal.views import announcements, home, programs, public

app_name = "portal"
urlpatterns = [
    path("", home.show_home, name="home"),
    path("accueil/messagerie", home.show_mail, name="mail"),
    path("accueil/favoris", home.star, name="star"),
    path("administration/annonces", announcements.list_all, name="announcements"),
    path("administration/annonces/nouvelle", announcements.write, name="new-announcement"),
    path("administration/annonces/<int:number>", announcements.write, name="announcement"),
    path(
        "administration/annonces/<int:number>/retirer", announcements.withdraw, name="withdraw-announcement"
    ),
    path("parametres/", home.show_settings, name="settings"),
    path("parametres/affichage", home.set_display, name="display"),
    path("parametres/appareils", programs.list_programs, name="programs"),
    path("parametres/appareils/nouveau", programs.add_program, name="add-program"),
    path("parametres/appareils/<int:number>/revoquer", programs.revoke_program, name="revoke-program"),
    path("aide", public.show_help, name="help"),
    path("accessibilite", public.show_accessibility, name="accessibility"),
    path("donnees-personnelles", public.show_privacy, name="privacy"),
    path("charte", public.show_charter, name="charter"),
    path("charte/accepter", home.agree_to_charter, name="agree"),
    path(".well-known/change-password", home.change_password_address, name="change-password"),
]
