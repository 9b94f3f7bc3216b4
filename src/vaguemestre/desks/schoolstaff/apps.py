from django.apps import AppConfig


class SchoolStaffConfig(AppConfig):
    name = "vaguemestre.desks.schoolstaff"
    label = "schoolstaff"
    default_auto_field = "django.db.models.BigAutoField"
