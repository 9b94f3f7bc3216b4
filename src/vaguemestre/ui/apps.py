from django.apps import AppConfig

from vaguemestre.ui.plurals import count_in_french


class UiConfig(AppConfig):
    name = "vaguemestre.ui"
    label = "ui"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        count_in_french()
