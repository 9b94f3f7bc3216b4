"""URLs of the portal."""

from django.urls import path

from vaguemestre.desks.portal.views import announcements, app_passwords, home, mail_lines, public, settings

app_name = "portal"
urlpatterns = [
    path("", home.show_home, name="home"),
    path("accueil/messagerie", home.show_mail, name="mail"),
    path("accueil/place", home.show_usage, name="usage"),
    path("accueil/premiere-visite", home.close_first_visit, name="close-first-visit"),
    path("accueil/favoris", home.set_favourite, name="favourite"),
    path("accueil/bandeaux", mail_lines.show_lines, name="lines"),
    path("accueil/annonce/<int:number>/lue", announcements.mark_read, name="mark-announcement-read"),
    path("administration/annonces", announcements.list_announcements, name="announcements"),
    path("administration/annonces/nouvelle", announcements.edit_announcement, name="new-announcement"),
    path("administration/annonces/<int:number>", announcements.edit_announcement, name="announcement"),
    path(
        "administration/annonces/<int:number>/retirer",
        announcements.withdraw_announcement,
        name="withdraw-announcement",
    ),
    path("parametres/", settings.show_settings, name="settings"),
    path("parametres/affichage", settings.set_display, name="display"),
    path("parametres/appareils", app_passwords.list_app_passwords, name="app-passwords"),
    path("parametres/appareils/nouveau", app_passwords.create_app_password, name="create-app-password"),
    path(
        "parametres/appareils/<int:number>/revoquer",
        app_passwords.revoke_app_password,
        name="revoke-app-password",
    ),
    path("aide", public.show_help, name="help"),
    path("accessibilite", public.show_accessibility, name="accessibility"),
    path("donnees-personnelles", public.show_privacy, name="privacy"),
    path("charte", public.show_charter, name="charter"),
    path("charte/accepter", home.accept_charter, name="accept-charter"),
    path(".well-known/change-password", home.redirect_to_change_password, name="change-password"),
]
