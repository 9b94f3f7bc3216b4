from django.apps import AppConfig


class StaffSearchConfig(AppConfig):
    name = "vaguemestre.desks.staffsearch"
    label = "staffsearch"
    default_auto_field = "django.db.models.BigAutoField"
