from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "vaguemestre.desks.enrolment"
    label = "enrolment"
    default_auto_field = "django.db.models.BigAutoField"
