"""Paths of OpenID Connect."""

from django.urls import path

from vaguemestre.access.sso.oidc.views import authorize, client_import, logout, machines

app_name = "oidc"
urlpatterns = [
    path(".well-known/openid-configuration", machines.show_discovery, name="discovery"),
    path("administration/applications/importer/oidc", client_import.add, name="import"),
    path("oidc/keys", machines.show_keys, name="keys"),
    path("oidc/authorize", authorize.authorize, name="authorize"),
    path("oidc/reprise", authorize.resume, name="resume"),
    path("oidc/token", machines.token, name="token"),
    path("oidc/revoke", machines.revoke, name="revoke"),
    path("oidc/introspect", machines.introspect, name="introspect"),
    path("oidc/userinfo", machines.userinfo, name="userinfo"),
    path("oidc/logout", logout.sign_out, name="sign-out"),
    path("oidc/logout/confirmer", logout.confirm_sign_out, name="confirm-sign-out"),
]
