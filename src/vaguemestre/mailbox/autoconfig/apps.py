from django.apps import AppConfig


class AutoconfigConfig(AppConfig):
    name = "vaguemestre.mailbox.autoconfig"
    label = "autoconfig"
    default_auto_field = "django.db.models.BigAutoField"
