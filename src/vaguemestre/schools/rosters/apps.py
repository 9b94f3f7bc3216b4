from django.apps import AppConfig


class RostersConfig(AppConfig):
    name = "vaguemestre.schools.rosters"
    label = "rosters"
    default_auto_field = "django.db.models.BigAutoField"
