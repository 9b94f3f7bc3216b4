"""Which room answers where.

The mail reader is asked the most and stands first; it leaves alone the steps under its own that are others'.
"""

from django.urls import URLPattern, URLResolver, include, path

from vaguemestre.site import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("messagerie/", include("vaguemestre.webmail.urls")),
    path("", include("vaguemestre.writing.urls")),
    path("", include("vaguemestre.dispatch.urls")),
    path("messagerie/fichiers/", include("vaguemestre.deposits.urls")),
    path("listes/", include("vaguemestre.lists.urls")),
    path("boites/", include("vaguemestre.sharing.urls")),
    path("", include("vaguemestre.classes.urls")),
    path("contacts/", include("vaguemestre.contacts.urls")),
    path("annuaire/", include("vaguemestre.phonebook.urls")),
    path("", include("vaguemestre.signin.urls")),
    path("assistant/", include("vaguemestre.assistant.urls")),
    path("", include("vaguemestre.helpdesk.urls")),
    path("", include("vaguemestre.sorting.urls")),
    path("", include("vaguemestre.devices.urls")),
    path("", include("vaguemestre.moving.urls")),
    path("", include("vaguemestre.sso.registry.urls")),
    path("", include("vaguemestre.enrolment.urls")),
    path("", include("vaguemestre.sso.oidc.urls")),
    path("cas/", include("vaguemestre.sso.cas.urls")),
    path("", include("vaguemestre.sso.saml.urls")),
    path("", include("vaguemestre.sso.headers.urls")),
    path("administration/", include("vaguemestre.backoffice.urls")),
    path("", include("vaguemestre.portal.urls")),
    path(".well-known/carddav", views.find_carddav, name="carddav"),
    path("sante/", views.show_health, name="health"),
    path("sante/session", views.check_session, name="session"),
    path("sante/ping", views.ping, name="ping"),
]

handler500 = "vaguemestre.site.views.server_error"
