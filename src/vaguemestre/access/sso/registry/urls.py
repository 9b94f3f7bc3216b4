"""Paths of the registry."""

from django.urls import path

from vaguemestre.access.sso.registry.views import applications, consent

app_name = "registry"
urlpatterns = [
    path("applications/accord", consent.agree, name="agree"),
    path("applications/<slug:client_id>/logo", consent.show_logo, name="logo"),
    path("administration/applications/", applications.list_all, name="list"),
    path("administration/applications/nouvelle", applications.add, name="add"),
    path("administration/applications/<slug:client_id>", applications.show, name="show"),
    path("administration/applications/<slug:client_id>/modifier", applications.change, name="change"),
    path(
        "administration/applications/<slug:client_id>/secret", applications.renew_secret, name="renew-secret"
    ),
    path("administration/applications/<slug:client_id>/logo", applications.set_logo, name="set-logo"),
    path("administration/applications/<slug:client_id>/retirer", applications.remove, name="remove"),
    path("administration/applications/<slug:client_id>/apercu", applications.preview, name="preview"),
    path("administration/applications/<slug:client_id>/essai", applications.test, name="test"),
    path("au-revoir", consent.goodbye, name="goodbye"),
    path("au-revoir/etat", consent.show_closed, name="closed"),
]
