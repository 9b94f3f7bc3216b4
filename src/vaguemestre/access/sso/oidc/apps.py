from django.apps import AppConfig


class SsoOidcConfig(AppConfig):
    name = "vaguemestre.access.sso.oidc"
    label = "sso_oidc"
    default_auto_field = "django.db.models.BigAutoField"
