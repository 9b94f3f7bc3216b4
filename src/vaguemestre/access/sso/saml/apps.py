from django.apps import AppConfig


class SsoSamlConfig(AppConfig):
    name = "vaguemestre.access.sso.saml"
    label = "sso_saml"
    default_auto_field = "django.db.models.BigAutoField"
