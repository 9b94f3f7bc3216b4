"""Paths of the registry."""

from django.urls import path

from vaguemestre.access.sso.registry.views import administering, going

app_name = "registry"
urlpatterns = [
    path("applications/accord", going.agree, name="agree"),
    path("applications/<slug:client_id>/logo", going.show_logo, name="logo"),
    path("administration/applications/", administering.list_all, name="list"),
    path("administration/applications/nouvelle", administering.add, name="add"),
    path("administration/applications/<slug:client_id>", administering.show, name="show"),
    path("administration/applications/<slug:client_id>/modifier", administering.change, name="change"),
    path(
        "administration/applications/<slug:client_id>/secret", administering.renew_secret, name="renew-secret"
    ),
    path("administration/applications/<slug:client_id>/logo", administering.set_logo, name="set-logo"),
    path("administration/applications/<slug:client_id>/retirer", administering.remove, name="remove"),
    path("administration/applications/<slug:client_id>/apercu", administering.preview, name="preview"),
    path("administration/applications/<slug:client_id>/essai", administering.test, name="test"),
    path("au-revoir", going.goodbye, name="goodbye"),
    path("au-revoir/etat", going.show_closed, name="closed"),
]
