from django.apps import AppConfig


class ParagraphsConfig(AppConfig):
    name = "vaguemestre.people.paragraphs"
    label = "paragraphs"
    default_auto_field = "django.db.models.BigAutoField"
