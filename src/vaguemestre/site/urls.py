"""URL table: which room serves which path.

The mail reader is asked the most and stands first; it leaves alone the steps under its own that are others'.
"""

from django.urls import URLPattern, URLResolver, include, path

from vaguemestre.site import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("messagerie/", include("vaguemestre.mailbox.webmail.urls")),
    path("", include("vaguemestre.mailbox.compose.urls")),
    path("", include("vaguemestre.post.tracking.urls")),
    path("messagerie/fichiers/", include("vaguemestre.post.filelinks.urls")),
    path("listes/", include("vaguemestre.schools.lists.urls")),
    path("boites/", include("vaguemestre.schools.sharing.urls")),
    path("", include("vaguemestre.schools.rosters.urls")),
    path("contacts/", include("vaguemestre.mailbox.contacts.urls")),
    path("annuaire/", include("vaguemestre.desks.phonebook.urls")),
    path("annuaire/", include("vaguemestre.desks.schoolstaff.urls")),
    path("", include("vaguemestre.access.signin.urls")),
    path("assistant/", include("vaguemestre.access.assistant.urls")),
    path("", include("vaguemestre.desks.helpdesk.urls")),
    path("", include("vaguemestre.mailbox.sorting.urls")),
    path("", include("vaguemestre.mailbox.autoconfig.urls")),
    path("", include("vaguemestre.mailbox.portability.urls")),
    path("", include("vaguemestre.access.sso.registry.urls")),
    path("", include("vaguemestre.desks.enrolment.urls")),
    path("", include("vaguemestre.access.sso.oidc.urls")),
    path("cas/", include("vaguemestre.access.sso.cas.urls")),
    path("", include("vaguemestre.access.sso.saml.urls")),
    path("", include("vaguemestre.access.sso.headers.urls")),
    path("administration/", include("vaguemestre.desks.backoffice.urls")),
    path("administration/", include("vaguemestre.desks.breaches.urls")),
    path("administration/", include("vaguemestre.desks.bulk.urls")),
    path("administration/", include("vaguemestre.desks.firstday.urls")),
    path("administration/", include("vaguemestre.desks.inventory.urls")),
    path("administration/", include("vaguemestre.desks.operations.urls")),
    path("administration/", include("vaguemestre.desks.domainreports.urls")),
    path("administration/", include("vaguemestre.desks.removals.urls")),
    path("", include("vaguemestre.post.quarantine.urls")),
    path("lien/", include("vaguemestre.post.redirects.urls")),
    path("", include("vaguemestre.desks.staffsearch.urls")),
    path("", include("vaguemestre.desks.portal.urls")),
    path(".well-known/carddav", views.find_carddav, name="carddav"),
    path("sante/", views.show_health, name="health"),
    path("sante/session", views.check_session, name="session"),
    path("sante/ping", views.ping, name="ping"),
]

handler500 = "vaguemestre.site.views.server_error"
